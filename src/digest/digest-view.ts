import type { Block, Event, Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import type { Sender } from "../domain/subscriber.ts";
import type { Template, Theme } from "../domain/template.ts";
import { calendarUrl } from "./calendar.ts";
import { formatDate } from "./format-times.ts";
import { isolate } from "./isolate.ts";
import type { SlotMarkers } from "./slot-markers.ts";
import { viewBlocks, type BlockView } from "./view-blocks.ts";
import { createOutline, viewPlainText } from "./view-prose.ts";
import { wordsFor } from "./words/words.ts";

/**
 * All that a template can see. Every field is always there (`null` where the author wrote nothing), because templates run
 * in Handlebars' strict mode: a misspelt name is an error with file and line, never an empty place in a mail.
 */
export interface DigestView {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  /** "left" and "right" where text runs left to right, the other way round where it doesn't. */
  readonly start: "left" | "right";
  readonly end: "left" | "right";
  /** Latin letters: only there do capitals and letter-spacing make sense. */
  readonly latin: boolean;
  readonly theme: Theme;
  readonly subject: string;
  readonly preheader: string;
  readonly title: string;
  readonly edition: string | null;
  readonly date: string;
  readonly sender: {
    readonly listName: string;
    readonly fromName: string;
    readonly postalAddress: readonly string[];
  };
  readonly words: {
    readonly viewInBrowser: string;
    readonly why: string;
    readonly preferences: string;
    readonly unsubscribe: string;
    readonly sentBy: string;
  };
  readonly links: { readonly view: string; readonly preferences: string; readonly unsubscribe: string };
  readonly blocks: readonly BlockView[];
}

export interface DigestViewInputs {
  readonly issue: Issue;
  readonly template: Template;
  readonly sender: Sender;
  readonly pictures: Pictures;
  readonly publicUrl: string;
  readonly digestId: string;
  /** The issue's blocks that this variant shows. */
  readonly blocks: readonly Block[];
  readonly markers: SlotMarkers;
}

/** Languages that are not written in Latin, Greek or Cyrillic letters, among those the templates have words for. */
const uncasedLanguages = new Set(["ar", "ja", "zh", "ko", "he", "fa", "ur", "hi", "th"]);

export function viewDigest(inputs: DigestViewInputs): DigestView {
  const { issue, sender, markers } = inputs;
  const { lang, direction } = issue;
  const words = wordsFor(lang);
  const link = (name: string) => markers.mark(`link.${name}`, null);
  const apart = (text: string) => isolate(text, direction);
  const context = {
    markers,
    pictures: inputs.pictures,
    outline: createOutline(),
    lang,
    apart,
    editionDate: issue.date,
    calendarUrl: (event: Event) => calendarUrl(inputs.publicUrl, inputs.digestId, event.index),
  };
  return {
    lang,
    dir: direction,
    start: direction === "ltr" ? "left" : "right",
    end: direction === "ltr" ? "right" : "left",
    latin: !uncasedLanguages.has(lang.toLowerCase().split("-")[0] as string),
    theme: inputs.template.theme,
    subject: viewPlainText(issue.subject, markers),
    preheader: viewPlainText(issue.preheader, markers),
    title: viewPlainText(issue.title, markers),
    edition: issue.edition === undefined ? null : apart(issue.edition),
    date: formatDate(issue.date, lang),
    sender: {
      listName: apart(sender.listName),
      fromName: apart(sender.fromName),
      postalAddress: sender.postalAddress.map(apart),
    },
    words: {
      viewInBrowser: words.viewInBrowser,
      why: words.why(apart(sender.listName), apart(markers.mark("subscriber.address", null))),
      preferences: words.preferences,
      unsubscribe: words.unsubscribe,
      sentBy: words.sentBy(apart(sender.fromName)),
    },
    links: { view: link("view"), preferences: link("preferences"), unsubscribe: link("unsubscribe") },
    blocks: viewBlocks(inputs.blocks, context),
  };
}

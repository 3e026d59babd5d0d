import type { Digest, DigestEvent, DigestVariant } from "../domain/digest.ts";
import type { Block, Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import type { SlottedText } from "../domain/slotted-text.ts";
import type { Sender } from "../domain/subscriber.ts";
import type { Template } from "../domain/template.ts";
import { assert } from "../lib/assert.ts";
import { chooseVariantKeys, findAudiences, selectBlocks } from "./block-audiences.ts";
import { createBoundary } from "./boundary.ts";
import { formatCalendar } from "./calendar.ts";
import { compileMjml, refuseMjml } from "./compile-mjml.ts";
import { createDigestId } from "./digest-id.ts";
import { viewDigest, type DigestView } from "./digest-view.ts";
import { encodePart } from "./encode-part.ts";
import { splitHtml } from "./html-slots.ts";
import { createLineTrace } from "./line-trace.ts";
import { minifyHtml } from "./minify-html.ts";
import { renderTemplate } from "./render-template.ts";
import { createSlotMarkers, type SlotMarkers } from "./slot-markers.ts";
import { createSlotHelpers } from "./slot-helpers.ts";
import { createTextHelpers } from "./text-helpers.ts";
import { tidyText } from "./tidy-text.ts";

export interface CompileInputs {
  readonly issue: Issue;
  readonly template: Template;
  readonly sender: Sender;
  /** Every picture and chart of the issue, resolved. */
  readonly pictures: Pictures;
  /** Where our own pages are reached, without a slash at its end; calendar links are made of it. */
  readonly publicUrl: string;
  /** The variants to compile; by default every combination of the issue's audiences. */
  readonly variantKeys?: readonly string[];
}

/**
 * Puts an Issue through a Template: Handlebars once and MJML once for every variant, never for a recipient. What differs
 * between recipients is left open as slots. Pure: the same inputs give the same Digest.
 * @throws InputError when the template can't be used (with its file and line) or there are too many variants
 */
export async function compileDigest(inputs: CompileInputs): Promise<Digest> {
  const { issue, sender } = inputs;
  const id = createDigestId(inputs);
  const audiences = findAudiences(issue.blocks);
  const keys = chooseVariantKeys(audiences.length, inputs.variantKeys);
  const variants = new Map<string, DigestVariant>();
  for (const key of keys) {
    const blocks = selectBlocks(issue.blocks, audiences, key);
    variants.set(key, await compileVariant(inputs, id, key, blocks));
  }
  return {
    id,
    issueSlug: issue.slug,
    listSlug: sender.listSlug,
    lang: issue.lang,
    audiences,
    events: findEvents(issue, sender),
    sender: {
      fromName: sender.fromName,
      fromAddress: sender.fromAddress,
      replyTo: sender.replyTo,
      listName: sender.listName,
      listId: sender.listId,
    },
    variants,
  };
}

async function compileVariant(
  inputs: CompileInputs,
  digestId: string,
  key: string,
  blocks: readonly Block[],
): Promise<DigestVariant> {
  const { issue, template, sender } = inputs;
  const markers = createSlotMarkers(
    JSON.stringify([issue, template.layout, template.text, [...template.partials], sender]),
  );
  const view = viewDigest({ ...inputs, digestId, blocks, markers });
  const html = await compileHtml(template, view, markers);
  const text = compileText(template, view, markers);
  const subject = markers.split(view.subject, () => "header");
  return {
    key,
    subject,
    boundary: createBoundary(`${digestId} ${key}`),
    text: encodePart(text, "text/plain; charset=utf-8"),
    html: encodePart(html, "text/html; charset=utf-8"),
  };
}

async function compileHtml(template: Template, view: DigestView, markers: SlotMarkers): Promise<SlottedText> {
  const helpers = createSlotHelpers(markers);
  const mjml = renderTemplate(template, view, helpers, { part: "layout" });
  const result = await compileMjml(mjml);
  if (result.html === null) {
    // Only now is it worth running the template again with its lines noted.
    const trace = createLineTrace();
    trace.strip(renderTemplate(template, view, helpers, { part: "layout", trace }));
    refuseMjml(result.findings, trace.placeOf);
  }
  const html = minifyHtml(result.html);
  // MJML writes the title twice, so there may be more markers than were put in, but never fewer.
  assert(markers.count(html) >= markers.count(mjml), "Every slot of the template's output is in the finished HTML.");
  return splitHtml(html, markers);
}

function compileText(template: Template, view: DigestView, markers: SlotMarkers): SlottedText {
  const helpers = { ...createSlotHelpers(markers), ...createTextHelpers(view, markers) };
  const text = tidyText(renderTemplate(template, view, helpers, { part: "text" }));
  return markers.split(text, () => "text");
}

function findEvents(issue: Issue, sender: Sender): readonly DigestEvent[] {
  const events = issue.blocks.flatMap((block) =>
    block.type === "events" ? block.groups.flatMap((group) => group.events) : [],
  );
  return events.map((event, position) => {
    assert(event.index === position, "Events are numbered through the whole issue.");
    const { start, zone } = event;
    const calendar = formatCalendar(event, { issue, listId: sender.listId });
    return { instantMs: start.instantMs, zone, wholeDay: start.time === undefined, calendar };
  });
}

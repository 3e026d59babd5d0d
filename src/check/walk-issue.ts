import type { Action, Block, Inline, Issue, Picture, PlainText, Prose, SlotRun } from "../domain/issue.ts";
import type { Place } from "../lib/errors.ts";
import { locateBlock, type Locate } from "./locate.ts";

/** A link with its words, as it stands in an issue. */
export interface FoundLink {
  readonly href: string;
  readonly words: string;
  readonly place: Place;
}

/** Everything in an issue that rules look at, found in one walk. Places are as exact as `locate` makes them. */
export interface IssueParts {
  readonly links: readonly FoundLink[];
  readonly pictures: readonly { readonly picture: Picture; readonly place: Place }[];
  readonly slots: readonly { readonly slot: SlotRun; readonly place: Place }[];
  /** `after` is the level of the heading before it in the same text; 1 for the first, which stands under the block's title. */
  readonly headings: readonly { readonly level: number; readonly after: number; readonly place: Place }[];
}

export function walkIssue(issue: Issue, locate: Locate = locateBlock): IssueParts {
  const links: FoundLink[] = [];
  const pictures: { picture: Picture; place: Place }[] = [];
  const slots: { slot: SlotRun; place: Place }[] = [];
  const headings: { level: number; after: number; place: Place }[] = [];
  const start: Place = { file: issue.file, line: 1, column: 1 };

  const addSlot = (slot: SlotRun, place: Place): void => {
    slots.push({ slot, place: locate(`{{${slot.name}`, place) });
  };
  const plain = (text: PlainText | undefined, place: Place): void => {
    for (const run of text ?? []) if (run.type === "slot") addSlot(run, place);
  };
  const action = (found: Action | undefined, place: Place): void => {
    if (found) links.push({ href: found.href, words: found.text, place: locate(found.href, place) });
  };
  const picture = (found: Picture | undefined, place: Place): void => {
    if (!found) return;
    pictures.push({ picture: found, place: locate(found.src, place) });
    inlines(found.caption ?? [], place);
  };
  const inlines = (runs: readonly Inline[], place: Place): void => {
    for (const run of runs) {
      if (run.type === "slot") addSlot(run, place);
      if (run.type === "link")
        links.push({ href: run.href, words: wordsOf(run.children), place: locate(run.href, place) });
      if ("children" in run) inlines(run.children, place);
    }
  };
  const prose = (parts: readonly Prose[], place: Place): void => {
    let after = 1;
    for (const part of parts) {
      if (part.type === "heading") {
        headings.push({ level: part.level, after, place: locate(wordsOf(part.children), place) });
        after = part.level;
      }
      if (part.type === "picture") picture(part.picture, place);
      if (part.type === "list") for (const item of part.items) prose(item, place);
      if (part.type === "quotation") prose(part.children, place);
      if (part.type === "paragraph" || part.type === "heading") inlines(part.children, place);
    }
  };
  const block = (found: Block): void => {
    const { place } = found;
    if ("title" in found) plain(found.title, place);
    if ("body" in found) prose(found.body, place);
    switch (found.type) {
      case "article":
        picture(found.picture, place);
        action(found.action, place);
        break;
      case "events":
        prose(found.intro, place);
        for (const group of found.groups)
          for (const event of group.events) {
            plain(event.title, place);
            prose(event.body, place);
            action(event.action, place);
          }
        break;
      case "data":
      case "button":
        action(found.action, place);
        break;
      case "quotation":
        inlines(found.text, place);
        break;
      case "links":
        for (const item of found.items) {
          links.push({ href: item.href, words: textOf(item.title), place: locate(item.href, place) });
          plain(item.title, place);
          prose(item.body, place);
        }
        break;
      case "picture":
        picture(found.picture, place);
        break;
      case "text":
      case "divider":
      case "signoff":
        break;
    }
  };
  for (const text of [issue.subject, issue.preheader, issue.title]) plain(text, start);
  for (const found of issue.blocks) block(found);
  return { links, pictures, slots, headings };
}

/** Plain text with fallbacks in its slots. */
export function textOf(text: PlainText): string {
  return text.map((run) => (run.type === "text" ? run.text : (run.fallback ?? ""))).join("");
}

function wordsOf(runs: readonly Inline[]): string {
  return runs
    .map((run) => {
      if (run.type === "text" || run.type === "code") return run.text;
      if (run.type === "slot") return run.fallback ?? "";
      return "children" in run ? wordsOf(run.children) : " ";
    })
    .join("");
}

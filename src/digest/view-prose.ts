import type { Action, Inline, Picture, PlainText, Prose } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import { parseSlots } from "../domain/slots.ts";
import { assert } from "../lib/assert.ts";
import type { SlotMarkers } from "./slot-markers.ts";

/** What a template sees of running text: every field is there, `null` where the author wrote nothing. */
export type InlineView =
  | { readonly type: "text" | "code"; readonly text: string }
  | { readonly type: "strong" | "emphasis"; readonly children: readonly InlineView[] }
  | { readonly type: "break" }
  | { readonly type: "link"; readonly href: string; readonly children: readonly InlineView[] };

export type ProseView = ProsePosition &
  (
    | { readonly type: "paragraph"; readonly children: readonly InlineView[] }
    | {
        readonly type: "heading";
        readonly level: number;
        readonly size: 2 | 3;
        readonly children: readonly InlineView[];
      }
    | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly (readonly ProseView[])[] }
    | { readonly type: "quotation"; readonly children: readonly ProseView[]; readonly by: string | null }
    | { readonly type: "code"; readonly text: string; readonly language: string | null }
    | { readonly type: "picture"; readonly picture: PictureView }
    | { readonly type: "rule" }
  );

interface ProsePosition {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Inside a list, where what belongs together stands closer. */
  readonly inList: boolean;
}

type WithoutPosition<T> = T extends unknown ? Omit<T, keyof ProsePosition> : never;

export interface ActionView {
  readonly text: string;
  readonly href: string;
}

export interface PictureView {
  readonly url: string;
  readonly width: number;
  readonly height: number | null;
  readonly transparent: boolean;
  readonly alt: string;
  readonly caption: readonly InlineView[] | null;
  readonly href: string | null;
}

/** Gives headings their levels in the order they appear: one h1, and no level is ever skipped. */
export interface Outline {
  /** @param wanted the level as the content means it, from 2 */
  level(wanted: number): number;
}

export function createOutline(): Outline {
  // The masthead's title is the h1.
  let last = 1;
  return {
    level(wanted) {
      last = Math.min(wanted, last + 1, 6);
      return last;
    },
  };
}

/** What every part of the view is made with. */
export interface ViewContext {
  readonly markers: SlotMarkers;
  readonly pictures: Pictures;
  readonly outline: Outline;
  readonly lang: string;
  /** Keeps a piece of another direction together where the mail runs right to left. */
  readonly apart: (text: string) => string;
}

export function viewPlainText(text: PlainText, markers: SlotMarkers): string {
  return text.map((run) => (run.type === "text" ? run.text : markers.mark(run.name, run.fallback))).join("");
}

/** A link's address; the slots in its path or query become markers. */
export function viewHref(href: string, markers: SlotMarkers): string {
  return viewPlainText(parseSlots(href), markers);
}

export function viewInline(children: readonly Inline[], markers: SlotMarkers): readonly InlineView[] {
  return children.map((inline): InlineView => {
    switch (inline.type) {
      case "slot":
        return { type: "text", text: markers.mark(inline.name, inline.fallback) };
      case "strong":
      case "emphasis":
        return { type: inline.type, children: viewInline(inline.children, markers) };
      case "link":
        return { type: "link", href: viewHref(inline.href, markers), children: viewInline(inline.children, markers) };
      default:
        return inline;
    }
  });
}

/** @param below the level of the heading that this text stands under */
export function viewProse(
  body: readonly Prose[],
  below: number,
  context: ViewContext,
  inList = false,
): readonly ProseView[] {
  return body.map((prose, index): ProseView => {
    const position = { isFirst: index === 0, isLast: index === body.length - 1, inList };
    return { ...position, ...viewOne(prose, below, context) };
  });
}

function viewOne(prose: Prose, below: number, context: ViewContext): WithoutPosition<ProseView> {
  const { markers, outline } = context;
  switch (prose.type) {
    case "paragraph":
      return { type: "paragraph", children: viewInline(prose.children, markers) };
    case "heading": {
      const level = outline.level(below + prose.level - 1);
      return { type: "heading", level, size: prose.level, children: viewInline(prose.children, markers) };
    }
    case "list":
      return {
        type: "list",
        ordered: prose.ordered,
        items: prose.items.map((item) => viewProse(item, below, context, true)),
      };
    case "quotation":
      return { type: "quotation", children: viewProse(prose.children, below, context), by: prose.by ?? null };
    case "code":
      return { type: "code", text: prose.text, language: prose.language ?? null };
    case "picture":
      return { type: "picture", picture: viewPicture(prose.picture, context) };
    case "rule":
      return { type: "rule" };
  }
}

export function viewAction(action: Action | undefined, markers: SlotMarkers): ActionView | null {
  return action ? { text: action.text, href: viewHref(action.href, markers) } : null;
}

export function viewPicture(picture: Picture, context: ViewContext): PictureView {
  const resolved = context.pictures.bySource.get(picture.src);
  assert(resolved, `The picture ${picture.src} was resolved before the issue was compiled.`);
  const { url, width, height, transparent } = resolved;
  const href = picture.href === undefined ? null : viewHref(picture.href, context.markers);
  const caption = picture.caption ? viewInline(picture.caption, context.markers) : null;
  return { url, width, height, transparent, alt: picture.alt, caption, href };
}

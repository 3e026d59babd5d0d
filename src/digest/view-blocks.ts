import type { Block, DataBlock, Event, EventGroup, TextBlock } from "../domain/issue.ts";
import { viewEvent, type EventView } from "./view-events.ts";
import { viewTable, type TableView } from "./view-table.ts";
import {
  viewAction,
  viewHref,
  viewInline,
  viewPicture,
  viewPlainText,
  viewProse,
  type ActionView,
  type InlineView,
  type PictureView,
  type ProseView,
  type ViewContext,
} from "./view-prose.ts";
import { wordsFor } from "./words/words.ts";

/** Where a block stands, so that a template can give the first and the last one a different look. */
interface BlockPosition {
  readonly index: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

interface TitleView {
  readonly title: string | null;
  /** The heading's level in the whole mail; meaningless without a title. */
  readonly level: number;
}

/** What a template's partial `block-<type>` sees. */
export type BlockView = BlockPosition &
  (
    | ({
        readonly type: "text";
        /** A few opening sentences without a title, which a template may set larger. */
        readonly isLead: boolean;
        readonly body: readonly ProseView[];
      } & TitleView)
    | ({
        readonly type: "article";
        readonly picture: PictureView | null;
        readonly body: readonly ProseView[];
        readonly action: ActionView | null;
      } & TitleView)
    | ({
        readonly type: "events";
        readonly intro: readonly ProseView[];
        readonly groups: readonly EventGroupView[];
      } & TitleView)
    | ({
        readonly type: "data";
        readonly body: readonly ProseView[];
        readonly chart: PictureView | null;
        readonly table: TableView;
        readonly summary: string;
        /** "Unit: tokens" */
        readonly unit: string | null;
        readonly note: string | null;
        readonly action: ActionView | null;
      } & TitleView)
    | { readonly type: "quotation"; readonly text: readonly InlineView[]; readonly by: string | null }
    | ({ readonly type: "links"; readonly items: readonly LinkView[] } & TitleView)
    | { readonly type: "picture"; readonly picture: PictureView }
    | { readonly type: "button"; readonly action: ActionView }
    | { readonly type: "divider" }
    | { readonly type: "signoff"; readonly body: readonly ProseView[]; readonly from: string }
  );

export interface EventGroupView {
  readonly place: string;
  readonly note: string | null;
  readonly level: number;
  readonly events: readonly EventView[];
}

export interface LinkView {
  readonly title: string;
  readonly href: string;
  readonly source: string | null;
  readonly body: readonly ProseView[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export interface BlockContext extends ViewContext {
  readonly editionDate: string;
  readonly calendarUrl: (event: Event) => string;
}

export function viewBlocks(blocks: readonly Block[], context: BlockContext): readonly BlockView[] {
  return blocks.map((block, index): BlockView => {
    const position = { index, isFirst: index === 0, isLast: index === blocks.length - 1 };
    return { ...position, ...viewBlock(block, position.isFirst, context) };
  });
}

type WithoutPosition<T> = T extends unknown ? Omit<T, keyof BlockPosition> : never;

function viewBlock(block: Block, isFirst: boolean, context: BlockContext): WithoutPosition<BlockView> {
  const { markers, outline } = context;
  const head = (): TitleView => {
    if (!("title" in block) || block.title === undefined) return { title: null, level: 2 };
    return { title: viewPlainText(block.title, markers), level: outline.level(2) };
  };
  // A heading inside the text stands below the block's title where there is one, else in its place.
  const below = "title" in block && block.title !== undefined ? 2 : 1;
  switch (block.type) {
    case "text":
      return { type: "text", ...head(), isLead: isFirst && isLead(block), body: viewProse(block.body, below, context) };
    case "article": {
      const picture = block.picture ? viewPicture(block.picture, context) : null;
      const body = { ...head(), body: viewProse(block.body, below, context) };
      return { type: "article", ...body, picture, action: viewAction(block.action, context.markers) };
    }
    case "events": {
      const intro = { ...head(), intro: viewProse(block.intro, below, context) };
      return { type: "events", ...intro, groups: block.groups.map((group) => viewGroup(group, below, context)) };
    }
    case "data":
      return viewData(block, head(), context);
    case "quotation":
      return { type: "quotation", text: viewInline(block.text, markers), by: block.by ?? null };
    case "links":
      return {
        type: "links",
        ...head(),
        items: block.items.map((item, index) => ({
          title: viewPlainText(item.title, markers),
          href: viewHref(item.href, markers),
          source: item.source === undefined ? null : context.apart(item.source),
          body: viewProse(item.body, below, context),
          isFirst: index === 0,
          isLast: index === block.items.length - 1,
        })),
      };
    case "picture":
      return { type: "picture", picture: viewPicture(block.picture, context) };
    case "button":
      return { type: "button", action: viewAction(block.action, markers) as ActionView };
    case "divider":
      return { type: "divider" };
    case "signoff":
      return { type: "signoff", body: viewProse(block.body, below, context), from: block.from };
  }
}

/** A whole letter in one block is no opening; three paragraphs are. */
function isLead(block: TextBlock): boolean {
  return block.title === undefined && block.body.length <= 3 && block.body.every(({ type }) => type === "paragraph");
}

function viewData(block: DataBlock, head: TitleView, context: BlockContext): WithoutPosition<BlockView> {
  const resolved = context.pictures.charts.get(block);
  const chart = resolved ? { ...resolved, alt: block.summary, caption: null, href: null } : null;
  return {
    type: "data",
    ...head,
    body: viewProse(block.body, 2, context),
    chart,
    table: viewTable(block, context.lang),
    summary: block.summary,
    unit: block.unit === undefined ? null : wordsFor(context.lang).unit(block.unit),
    note: block.note ?? null,
    action: viewAction(block.action, context.markers),
  };
}

function viewGroup(group: EventGroup, below: number, context: BlockContext): EventGroupView {
  const level = context.outline.level(below + 1);
  const events = group.events.map((event, index) => ({
    ...viewEvent(event, level + 1, context),
    isFirst: index === 0,
    isLast: index === group.events.length - 1,
  }));
  return { place: group.place, note: group.note ?? null, level, events };
}

import type { Place } from "../lib/errors.ts";
import type { SegmentExpression } from "./segment.ts";

/** The languages for which the template's own words exist. */
export const templateLanguages = ["en", "de", "fr", "es", "ar", "ja"] as const;

/** One dated edition's content, parsed and validated. Content is data: nothing in it is ever executed. */
export interface Issue {
  /** The file's name without its ending; identifies the issue for ever ("2024-05-new-in-may"). */
  readonly slug: string;
  /** The file it came from, as given on the command line. */
  readonly file: string;
  /** The folder that relative picture paths start from. */
  readonly folder: string;
  /** A folder name under templates/. */
  readonly template: string;
  /** BCP 47, such as "en" or "de-AT"; the template's own words follow it. */
  readonly lang: string;
  readonly direction: "ltr" | "rtl";
  readonly subject: PlainText;
  /** The line that inboxes show after the subject. */
  readonly preheader: PlainText;
  /** The newsletter's name in the masthead ("New in May"). */
  readonly title: PlainText;
  /** "No. 12", "May 2024" */
  readonly edition?: string;
  /** The edition's date, `YYYY-MM-DD`. */
  readonly date: string;
  readonly blocks: readonly Block[];
  /** Findings of `check` that the author silenced, with the reason. */
  readonly silenced: readonly { readonly rule: string; readonly reason: string }[];
}

/** A run of plain text with recipient slots and no formatting. */
export type PlainText = readonly (TextRun | SlotRun)[];
export interface TextRun {
  readonly type: "text";
  readonly text: string;
}
export interface SlotRun {
  readonly type: "slot";
  /** `subscriber.<field>` */
  readonly name: string;
  readonly fallback: string | null;
}

/** Formatted text inside a paragraph. */
export type Inline =
  | TextRun
  | SlotRun
  | { readonly type: "strong" | "emphasis"; readonly children: readonly Inline[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "break" }
  | { readonly type: "link"; readonly href: string; readonly children: readonly Inline[] };

/** What a `text` field written in Markdown becomes. */
export type Prose =
  | { readonly type: "paragraph"; readonly children: readonly Inline[] }
  | { readonly type: "heading"; readonly level: 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly (readonly Prose[])[] }
  | { readonly type: "quotation"; readonly children: readonly Prose[]; readonly by?: string }
  | { readonly type: "code"; readonly text: string; readonly language?: string }
  | { readonly type: "picture"; readonly picture: Picture }
  | { readonly type: "rule" };

export interface Picture {
  /** A path relative to the issue's folder, or an absolute https URL. */
  readonly src: string;
  /** Empty only for decoration. */
  readonly alt: string;
  readonly caption?: readonly Inline[];
  readonly href?: string;
  /** Pixels of a remote picture, where the issue tells them; a file's own are read from the file. */
  readonly width?: number;
  readonly height?: number;
}

export interface Action {
  readonly text: string;
  readonly href: string;
}

interface BlockBase {
  /** Who gets this block; everyone when absent. */
  readonly audience?: SegmentExpression;
  /** Where the block stands in its file, for findings. */
  readonly place: Place;
}

export interface TextBlock extends BlockBase {
  readonly type: "text";
  readonly title?: PlainText;
  readonly body: readonly Prose[];
}
export interface ArticleBlock extends BlockBase {
  readonly type: "article";
  readonly title: PlainText;
  readonly picture?: Picture;
  readonly body: readonly Prose[];
  readonly action?: Action;
}
export interface EventsBlock extends BlockBase {
  readonly type: "events";
  readonly title?: PlainText;
  readonly intro: readonly Prose[];
  readonly groups: readonly EventGroup[];
}
export interface EventGroup {
  /** "New York", "Anywhere in the world" */
  readonly place: string;
  readonly note?: string;
  readonly events: readonly Event[];
}
export interface Event {
  /** Stable within the issue: its running number over all event blocks, from 0. */
  readonly index: number;
  readonly title: PlainText;
  readonly body: readonly Prose[];
  readonly start: EventTime;
  readonly end?: EventTime;
  /** IANA name ("America/New_York"): the place's zone. */
  readonly zone: string;
  readonly location?: string;
  readonly speakers: readonly string[];
  readonly action?: Action;
}
export interface EventTime {
  /** `YYYY-MM-DD` where the event takes place. */
  readonly date: string;
  /** `HH:MM` there; absent for a whole day. */
  readonly time?: string;
  /** The instant in milliseconds since 1970; for a whole day, its first instant there. */
  readonly instantMs: number;
}
export interface DataBlock extends BlockBase {
  readonly type: "data";
  readonly title: PlainText;
  readonly body: readonly Prose[];
  /** First column: the row's name. */
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly unit?: string;
  readonly chart?: "bar" | "line";
  /** What the picture says, in a sentence; its alt text. */
  readonly summary: string;
  readonly note?: string;
  readonly action?: Action;
}
export interface QuotationBlock extends BlockBase {
  readonly type: "quotation";
  readonly text: readonly Inline[];
  readonly by?: string;
}
export interface LinksBlock extends BlockBase {
  readonly type: "links";
  readonly title?: PlainText;
  readonly items: readonly {
    readonly title: PlainText;
    readonly href: string;
    readonly source?: string;
    readonly body: readonly Prose[];
  }[];
}
export interface PictureBlock extends BlockBase {
  readonly type: "picture";
  readonly picture: Picture;
}
export interface ButtonBlock extends BlockBase {
  readonly type: "button";
  readonly action: Action;
}
export interface DividerBlock extends BlockBase {
  readonly type: "divider";
}
export interface SignoffBlock extends BlockBase {
  readonly type: "signoff";
  readonly body: readonly Prose[];
  readonly from: string;
}

export type Block =
  | TextBlock
  | ArticleBlock
  | EventsBlock
  | DataBlock
  | QuotationBlock
  | LinksBlock
  | PictureBlock
  | ButtonBlock
  | DividerBlock
  | SignoffBlock;

import type Handlebars from "handlebars";
import type { DigestView } from "./digest-view.ts";
import type { SlotMarkers } from "./slot-markers.ts";
import { indent, underline, writeInline, writePicture, writeProse, type TextStyle } from "./text-prose.ts";
import { writeTable } from "./text-table.ts";
import type { InlineView, PictureView, ProseView } from "./view-prose.ts";
import type { TableView } from "./view-table.ts";
import { textColumns, wrapText } from "./wrap-text.ts";
import { wordsFor } from "./words/words.ts";

/** What `text.hbs` writes with; each helper gives finished lines of at most 72 columns. */
export function createTextHelpers(view: DigestView, markers: SlotMarkers): Handlebars.HelperDeclareSpec {
  const style: TextStyle = { words: wordsFor(view.lang), slotPattern: markers.pattern };
  const wrap = (text: string, first = "", rest?: string) =>
    wrapText(text, { first, ...(rest === undefined ? {} : { rest }), slotPattern: markers.pattern });
  return {
    /** `{{wrap words.why}}`, `{{wrap title first="* "}}` */
    wrap(text: string, { hash }: Handlebars.HelperOptions) {
      const { first, rest } = hash as { first?: string; rest?: string };
      return wrap(text, first, rest);
    },
    /** `{{heading title "="}}`: the text with a line of that character below; none with "". */
    heading: (text: string, character: string) => underline(wrap(text), character, style),
    /** `{{prose body}}`, `{{prose body indent="  "}}` */
    prose(body: readonly ProseView[], { hash }: Handlebars.HelperOptions) {
      const { indent: by = "" } = hash as { indent?: string };
      return indent(writeProse(body, textColumns - by.length, style), by, by);
    },
    /** `{{inline caption}}` */
    inline: (children: readonly InlineView[]) => wrap(writeInline(children)),
    /** `{{quoted text}}`: running text set off as a quotation. */
    quoted: (children: readonly InlineView[]) => wrap(writeInline(children), "> ", "> "),
    /** `{{picture picture}}` */
    picture: (picture: PictureView) => writePicture(picture, textColumns, style),
    /** `{{table table}}` */
    table: (table: TableView) => writeTable(table),
    by: (name: string) => style.words.quotedFrom(name),
  };
}

import { displayWidth } from "./display-width.ts";
import type { InlineView, PictureView, ProseView } from "./view-prose.ts";
import { wrapText, type WrapOptions } from "./wrap-text.ts";
import type { Words } from "./words/words.ts";

export interface TextStyle {
  readonly words: Words;
  readonly slotPattern: RegExp;
}

/** Running text as plain text: a blank line between paragraphs, addresses in angle brackets (RFC 3986 appendix C). */
export function writeProse(body: readonly ProseView[], columns: number, style: TextStyle): string {
  return body.map((prose) => writeOne(prose, columns, style)).join("\n\n");
}

function writeOne(prose: ProseView, columns: number, style: TextStyle): string {
  const wrap = (text: string, options: WrapOptions = {}) =>
    wrapText(text, { columns, slotPattern: style.slotPattern, ...options });
  switch (prose.type) {
    case "paragraph":
      return wrap(writeInline(prose.children));
    case "heading": {
      const heading = wrap(writeInline(prose.children));
      return underline(heading, prose.size === 2 ? "-" : "", style);
    }
    case "list":
      return prose.items
        .map((item, index) => {
          const bullet = prose.ordered ? `${index + 1}. ` : "- ";
          const inner = writeProse(item, columns - bullet.length, style).replace(/\n\n(?=(?:- |\d+\. ))/g, "\n");
          return indent(inner, bullet, " ".repeat(bullet.length));
        })
        .join(prose.items.some((item) => item.length > 1) ? "\n\n" : "\n");
    case "quotation": {
      const by = prose.by === null ? "" : `\n\n${style.words.quotedFrom(prose.by)}`;
      return indent(writeProse(prose.children, columns - 2, style) + by, "> ", "> ");
    }
    case "code":
      return indent(prose.text.replace(/\n+$/, ""), "    ", "    ");
    case "picture":
      return writePicture(prose.picture, columns, style);
    case "rule":
      return "* * *";
  }
}

export function writePicture(picture: PictureView, columns: number, style: TextStyle): string {
  const caption = picture.caption === null ? "" : writeInline(picture.caption);
  const href = picture.href === null ? "" : `<${writeAddress(picture.href)}>`;
  const alt = picture.alt === "" ? "" : style.words.picture(picture.alt);
  const lines = [alt, caption, href].filter((line) => line !== "");
  return lines.map((line) => wrapText(line, { columns, slotPattern: style.slotPattern })).join("\n");
}

export function writeInline(children: readonly InlineView[]): string {
  return children
    .map((inline) => {
      switch (inline.type) {
        case "text":
          return inline.text.replace(/\s*\n\s*/g, " ");
        case "code":
          return inline.text;
        case "strong":
          return `*${writeInline(inline.children)}*`;
        case "emphasis":
          return `_${writeInline(inline.children)}_`;
        case "break":
          return "\n";
        case "link": {
          const text = writeInline(inline.children);
          const address = writeAddress(inline.href);
          return text === address || text === inline.href ? `<${address}>` : `${text} <${address}>`;
        }
      }
    })
    .join("");
}

/** An address of a person alone is known by its @; with a subject or more behind it it needs its scheme. */
function writeAddress(href: string): string {
  return href.replace(/^mailto:(?=[^?]*$)/, "");
}

/** A heading with a line below it as wide as its widest line. */
export function underline(heading: string, character: string, style: TextStyle): string {
  if (character === "") return heading;
  const widths = heading.split("\n").map((line) => displayWidth(line.replace(style.slotPattern, "xxxxxxxx")));
  return `${heading}\n${character.repeat(Math.max(...widths))}`;
}

/** Puts `first` before the first line and `rest` before every other that isn't empty. */
export function indent(text: string, first: string, rest: string): string {
  return text
    .split("\n")
    .map((line, index) => (index === 0 ? first + line : (rest + line).trimEnd()))
    .join("\n");
}

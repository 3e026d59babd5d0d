import type { Token } from "markdown-it";
import type { Inline, Prose } from "../domain/issue.ts";
import { markdown, type Report } from "./markdown.ts";
import { readInlineOnly, readPieces } from "./read-inline.ts";

/** Lists in quotations in lists ..: nobody writes more, and what reads the tree recurses. */
const depthMax = 8;

/** What a `text` field written in Markdown says. */
export function readProse(text: string, report: Report): Prose[] {
  return readTokens(markdown.parse(text, {}), report);
}

/** Block tokens of markdown-it as a tree. */
export function readTokens(tokens: readonly Token[], report: Report): Prose[] {
  const tooDeep = tokens.find((token) => token.level > depthMax * 2);
  if (tooDeep) {
    report(
      `Lists and quotations are nested more than ${depthMax} levels deep: make it simpler`,
      null,
      tooDeep.map?.[0],
    );
    return [];
  }
  const prose: Prose[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const line = token.map?.[0];
    const here: Report = (message, near, inner) => report(message, near, inner ?? line);
    const end = token.nesting === 1 ? closing(tokens, index) : index;
    const inside = tokens.slice(index + 1, end);
    switch (token.type) {
      case "paragraph_open":
        prose.push(...readParagraph(inside[0]?.children ?? [], here));
        break;
      case "heading_open": {
        const children = readInlineOnly(inside[0]?.children ?? [], here, "in a heading");
        const level = token.tag === "h1" || token.tag === "h2" ? 2 : 3;
        if (children.length > 0) prose.push({ type: "heading", level, children });
        break;
      }
      case "bullet_list_open":
      case "ordered_list_open":
        prose.push({ type: "list", ordered: token.type === "ordered_list_open", items: readItems(inside, here) });
        break;
      case "blockquote_open":
        prose.push(readQuotation(inside, here));
        break;
      case "fence":
      case "code_block": {
        const language = token.info.trim().split(/\s/)[0];
        prose.push({ type: "code", text: token.content.replace(/\n$/, ""), ...(language ? { language } : {}) });
        break;
      }
      case "hr":
        prose.push({ type: "rule" });
        break;
      case "table_open":
        here("A table can't stand in a text: use a block of type `data`");
        break;
      default:
        here(`${token.type} can't stand in an issue`);
    }
    index = end;
  }
  return prose;
}

/** Where what opens at `index` is closed; markdown-it always closes it. */
function closing(tokens: readonly Token[], index: number): number {
  const { level } = tokens[index] as Token;
  let end = index + 1;
  while (end < tokens.length && !(tokens[end]?.level === level && tokens[end]?.nesting === -1)) end++;
  return end;
}

function readParagraph(tokens: readonly Token[], report: Report): Prose[] {
  return readPieces(tokens, report).flatMap((piece): Prose[] => {
    if (piece.type === "picture") return [piece];
    const children = trimText(piece.children);
    return children.length > 0 ? [{ type: "paragraph", children }] : [];
  });
}

/** What stood beside a picture may begin or end with the line's break. */
function trimText(children: readonly Inline[]): Inline[] {
  const trimmed = [...children];
  const isBlank = (inline: Inline | undefined): boolean =>
    inline?.type === "break" || (inline?.type === "text" && inline.text.trim() === "");
  while (isBlank(trimmed[0])) trimmed.shift();
  while (isBlank(trimmed.at(-1))) trimmed.pop();
  return trimmed;
}

function readItems(tokens: readonly Token[], report: Report): Prose[][] {
  const items: Prose[][] = [];
  for (let index = 0; index < tokens.length; index++) {
    const end = closing(tokens, index);
    items.push(readTokens(tokens.slice(index + 1, end), report));
    index = end;
  }
  return items;
}

/** A last line that begins with a dash ("— Ada Example") names who is quoted. */
function readQuotation(tokens: readonly Token[], report: Report): Prose {
  const words = tokens.at(-2);
  const named = words?.type === "inline" ? /(?:^|\n)(?:—|–|--)[ \t]*([^\n]{1,100})$/.exec(words.content) : null;
  if (!words || !named || tokens.at(-1)?.level !== tokens[0]?.level) {
    return { type: "quotation", children: readTokens(tokens, report) };
  }
  const before = words.content.slice(0, named.index);
  const children = readTokens(tokens.slice(0, -3), report);
  const [rest] = markdown.parseInline(before, {});
  if (before !== "") children.push(...readParagraph(rest?.children ?? [], report));
  if (children.length === 0) return { type: "quotation", children: readTokens(tokens, report) };
  return { type: "quotation", children, by: (named[1] as string).trim() };
}

import type { Token } from "markdown-it";
import type { Inline, Picture, PlainText } from "../domain/issue.ts";
import { checkHref, normalizeHref } from "./href.ts";
import { markdown, type Report } from "./markdown.ts";
import { readPictureSource } from "./picture-source.ts";

/** Emphasis in links in emphasis ..: nobody writes more, and what reads the tree recurses. */
const depthMax = 8;

/** A paragraph's text, and the pictures that stood in it, in order. */
export type InlinePiece =
  | { readonly type: "text"; readonly children: readonly Inline[] }
  | { readonly type: "picture"; readonly picture: Picture };

/** One line or paragraph of Markdown, without blocks and pictures: for quotations and captions. */
export function readInline(text: string, report: Report): Inline[] {
  const [token] = markdown.parseInline(text.trim(), {});
  return readInlineOnly(token?.children ?? [], report, "here");
}

/** Inline tokens where no picture may stand. */
export function readInlineOnly(tokens: readonly Token[], report: Report, where: string): Inline[] {
  return readPieces(tokens, report).flatMap((piece) => {
    if (piece.type === "text") return piece.children;
    report(`A picture can't stand ${where}: put it in a paragraph of its own`, piece.picture.src);
    return [];
  });
}

/** Formatting that is still open while the tokens are read. */
interface Frame {
  readonly type: "strong" | "emphasis" | "link" | "root";
  readonly href: string;
  children: Inline[];
}

/** Turns markdown-it's flat inline tokens into a tree; pictures cut the text in pieces. */
export function readPieces(tokens: readonly Token[], report: Report): InlinePiece[] {
  const pieces: InlinePiece[] = [];
  const frames: Frame[] = [{ type: "root", href: "", children: [] }];
  const top = (): Frame => frames.at(-1) as Frame;
  let skipped = 0;

  const open = (type: Frame["type"], href: string): void => {
    if (frames.length > depthMax) {
      if (skipped++ === 0) report(`Formatting is nested more than ${depthMax} levels deep: make it simpler`);
    } else frames.push({ type, href, children: [] });
  };
  const close = (): void => {
    if (skipped > 0) {
      skipped--;
      return;
    }
    const { type, href, children } = frames.pop() as Frame;
    if (children.length === 0) return;
    if (type === "link") top().children.push({ type, href, children });
    else if (type !== "root") top().children.push({ type, children });
  };
  /** A picture ends the text before it, and the formatting goes on after it. */
  const place = (picture: Picture): void => {
    const reopened = frames.slice(1).map(({ type, href }) => ({ type, href, children: [] }));
    while (frames.length > 1) close();
    if (top().children.length > 0) pieces.push({ type: "text", children: top().children });
    pieces.push({ type: "picture", picture });
    frames.splice(0, frames.length, { type: "root", href: "", children: [] }, ...reopened);
  };

  for (const token of tokens) {
    switch (token.type) {
      case "text":
      case "text_special":
        pushText(top().children, token.content);
        break;
      case "slot": {
        const fallback = (token.meta?.["fallback"] ?? null) as string | null;
        if (fallback === "") report(describeEmptyFallback(token.content), `{{${token.content}|`);
        top().children.push({ type: "slot", name: token.content, fallback });
        break;
      }
      case "softbreak":
        pushText(top().children, " ");
        break;
      case "hardbreak":
        top().children.push({ type: "break" });
        break;
      case "code_inline":
        top().children.push({ type: "code", text: token.content });
        break;
      case "strong_open":
        open("strong", "");
        break;
      case "em_open":
        open("emphasis", "");
        break;
      case "link_open": {
        const href = attribute(token, "href");
        const problem = checkHref(href);
        if (problem) report(problem, href);
        open("link", normalizeHref(href));
        break;
      }
      case "strong_close":
      case "em_close":
      case "link_close":
        close();
        break;
      case "image":
        place(readImage(token, frames.findLast((frame) => frame.type === "link")?.href, report));
        break;
      default:
        report(`${token.type} can't stand in an issue`, token.content);
    }
  }
  if (top().children.length > 0) pieces.push({ type: "text", children: top().children });
  return pieces;
}

/** The words alone: formatting is dropped, slots stay. */
export function flatten(inlines: readonly Inline[]): PlainText {
  return inlines.flatMap((inline): PlainText => {
    switch (inline.type) {
      case "text":
      case "slot":
        return [inline];
      case "code":
        return [{ type: "text", text: inline.text }];
      case "break":
        return [{ type: "text", text: " " }];
      default:
        return flatten(inline.children);
    }
  });
}

export function describeEmptyFallback(name: string): string {
  return `The fallback of {{${name}|}} is empty: write what stands there for people without one, such as {{${name}|there}}`;
}

function pushText(children: Inline[], text: string): void {
  if (text === "") return;
  const last = children.at(-1);
  if (last?.type === "text") children[children.length - 1] = { type: "text", text: last.text + text };
  else children.push({ type: "text", text });
}

function readImage(token: Token, href: string | undefined, report: Report): Picture {
  const written = attribute(token, "src");
  const source = readPictureSource(written);
  if ("problem" in source) report(source.problem, written);
  const caption = attribute(token, "title");
  return {
    src: "src" in source ? source.src : written,
    alt: token.content,
    ...(caption ? { caption: readInline(caption, report) } : {}),
    ...(href ? { href } : {}),
  };
}

function attribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? "");
}

import type { Token } from "markdown-it";
import type { Block, Inline, PlainText } from "../domain/issue.ts";
import { InputError, type Problem } from "../lib/errors.ts";
import { markdown, type Report } from "./markdown.ts";
import { flatten, readInlineOnly } from "./read-inline.ts";
import { readTokens } from "./read-prose.ts";
import { readYaml } from "./read-yaml.ts";
import { countLines, type Source } from "./source.ts";

/** A Markdown issue: its front matter has the fields of a YAML issue, its body becomes blocks. */
export interface MarkdownIssue {
  readonly source: Source;
  /** The first heading of the first level, where the body begins with one. */
  readonly title: string | null;
  readonly blocks: readonly Block[];
  readonly problems: readonly Problem[];
}

/**
 * @param text with `\n` as line ends
 * @throws InputError when the front matter is missing, never closed, or not YAML.
 */
export function readMarkdown(text: string, file: string): MarkdownIssue {
  const opened = /^---[ \t]*\n/.exec(text);
  const closed = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text.slice(3));
  if (!opened || !closed) {
    const message = opened
      ? "The front matter that begins here is never closed: write a line `---` behind its last field"
      : "A Markdown issue begins with its fields (subject, title, date ..) between two lines `---`";
    throw new InputError({ code: "issue-syntax", message, place: { file, line: 1, column: 1 } });
  }
  const bodyStart = 3 + closed.index + closed[0].length;
  const front = text.slice(0, 3 + closed.index + 1);
  const source = readYaml(front, file);
  // Empty lines for the front matter, so that the tokens' lines are the file's.
  const body = "\n".repeat(text.slice(0, bodyStart).split("\n").length - 1) + text.slice(bodyStart);
  const lines = countLines(text, file);
  const problems: Problem[] = [];
  const report: Report = (message, near, line) => {
    const start = line === undefined ? bodyStart : lines.startOf(line);
    const found = near ? text.indexOf(near, start) : -1;
    problems.push({ code: "issue-field-value", message, place: lines.placeAt(found >= 0 ? found : start) });
  };
  const { title, tokens } = takeTitle(markdown.parse(body, {}));
  const blocks = readBlocks(tokens, report, (line) => lines.placeAt(lines.startOf(line)));
  return { source, title, blocks, problems };
}

function takeTitle(tokens: Token[]): { title: string | null; tokens: readonly Token[] } {
  const [first, words] = tokens;
  if (first?.type !== "heading_open" || first.tag !== "h1") return { title: null, tokens };
  return { title: words?.content.trim() || null, tokens: tokens.slice(3) };
}

/** A heading of the first or second level begins a block, a rule stands between two; pictures are blocks of their own. */
function readBlocks(tokens: readonly Token[], report: Report, placeOf: (line: number) => Block["place"]): Block[] {
  const blocks: Block[] = [];
  let title: PlainText | undefined;
  let start = -1;
  let pending: Token[] = [];
  const finish = (): void => {
    if (start >= 0) {
      const body = readTokens(pending, report);
      const place = placeOf(start);
      const only = body.length === 1 && title === undefined ? body[0] : undefined;
      if (only?.type === "picture") blocks.push({ type: "picture", picture: only.picture, place });
      else if (body.length > 0 || title !== undefined) {
        blocks.push({ type: "text", ...(title === undefined ? {} : { title }), body, place });
      }
    }
    title = undefined;
    start = -1;
    pending = [];
  };
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const line = token.map?.[0] ?? 0;
    if (token.level === 0 && token.type === "hr") {
      finish();
      blocks.push({ type: "divider", place: placeOf(line) });
      continue;
    }
    if (token.level === 0 && token.type === "heading_open" && (token.tag === "h1" || token.tag === "h2")) {
      finish();
      const here: Report = (message, near) => report(message, near, line);
      const words: readonly Inline[] = readInlineOnly(tokens[index + 1]?.children ?? [], here, "in a heading");
      if (words.length > 0) title = flatten(words);
      start = line;
      index += 2;
      continue;
    }
    if (start < 0) start = line;
    pending.push(token);
  }
  finish();
  return blocks;
}

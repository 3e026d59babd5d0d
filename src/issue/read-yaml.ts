import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument, type Document, type Node, type Pair } from "yaml";
import { InputError, type Problem } from "../lib/errors.ts";
import { countLines, type Lines, type Source } from "./source.ts";

/** Deeper than any issue needs (`blocks[0].groups[0].events[0].action.text` is six), far from the end of the stack. */
const depthMax = 32;
/** Bounds what aliases can multiply a small file into. */
const valueCountMax = 20_000;
/** Some twenty a line of the longest issue one could mail; bounds the parser's time. */
const tokenCountMax = 100_000;
/** A person repairs a few at a time. */
const problemCountMax = 50;
/** No sane file indents further; each level of block nesting needs at least one column. */
const indentMax = 200;

interface Span {
  readonly start: number;
  readonly end: number;
  readonly keyStart: number | null;
  /** The text as the file spells it, when it does so letter by letter. */
  readonly literalStart: number | null;
}

/**
 * Reads YAML 1.2 (of which JSON is a part) into plain values with their places.
 * @throws InputError with every syntax error and every duplicate key.
 */
export function readYaml(text: string, file: string): Source {
  const lines = countLines(text, file);
  refuseExcess(text, lines);
  // The library compares every key with every other (50,000 keys: 40 s); the walk below does it with a set.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const problems: Problem[] = [...document.errors, ...document.warnings].slice(0, problemCountMax).map((error) => ({
    code: "issue-syntax",
    message: describeSyntaxError(error.code, error.message),
    place: lines.placeAt(error.pos[0]),
  }));
  if (problems.length > 0) throw new InputError(problems);
  const spans = new Map<string, Span>();
  const value = walk(document, text, lines, spans);
  const spanOf = (path: readonly PropertyKey[]): Span => {
    for (let length = path.length; length >= 0; length--) {
      const span = spans.get(pathKey(path.slice(0, length)));
      if (span) return span;
    }
    return { start: 0, end: text.length, keyStart: null, literalStart: null };
  };
  return {
    value,
    locate(path, within) {
      const span = spanOf(path);
      if (within?.offset !== undefined && span.literalStart !== null) {
        return lines.placeAt(Math.min(span.literalStart + within.offset, span.end));
      }
      const found = within?.near ? text.slice(span.start, span.end).indexOf(within.near) : -1;
      return lines.placeAt(span.start + Math.max(found, 0));
    },
    locateKey(path) {
      const span = spanOf(path);
      return lines.placeAt(span.keyStart ?? span.start);
    },
  };
}

/**
 * The parser recurses, and V8 ends the whole process when the stack runs out inside a regular expression; so nesting is
 * measured on the lexer's flat stream first.
 */
function refuseExcess(text: string, lines: Lines): void {
  let offset = 0;
  let flowDepth = 0;
  let indicators = 0;
  let tokenCount = 0;
  let atLineStart = true;
  for (const token of new Lexer().lex(text)) {
    // The lexer marks the beginning of a document and of a plain scalar with characters that are not in the text.
    if (token === "\u0002" || token === "\u001f" || token === "\u0018") continue;
    if (token === "[" || token === "{") flowDepth++;
    else if (token === "]" || token === "}") flowDepth--;
    else if (token === "-" || token === "?" || token === ":") indicators++;
    const indented = atLineStart && token.length > indentMax && token.trim() === "";
    if (flowDepth > depthMax || indicators > depthMax || indented) {
      const message = `Nested too deeply: at most ${depthMax} levels`;
      throw new InputError({ code: "issue-syntax", message, place: lines.placeAt(offset) });
    }
    if (++tokenCount > tokenCountMax) {
      const message = `Too many signs and line ends for an issue: more than ${tokenCountMax.toLocaleString("en")}`;
      throw new InputError({ code: "issue-syntax", message, place: lines.placeAt(offset) });
    }
    if (atLineStart && token.startsWith("%")) {
      const message = "YAML directives (`%`) are not used in issue files: remove this line";
      throw new InputError({ code: "issue-syntax", message, place: lines.placeAt(offset) });
    }
    atLineStart = token.endsWith("\n");
    if (atLineStart || token === ",") indicators = 0;
    offset += token.length;
  }
}

function walk(document: Document, text: string, lines: Lines, spans: Map<string, Span>): unknown {
  const problems: Problem[] = [];
  // Looking an alias up in the document walks all of it each time (40,000 aliases: 5 minutes); the map does not.
  const anchors = new Map<string, Node>();
  let valueCount = 0;
  const refuse = (node: Node | null, message: string): undefined => {
    problems.push({ code: "issue-syntax", message, place: lines.placeAt(node?.range?.[0] ?? 0) });
    return undefined;
  };
  const read = (node: Node | null, path: readonly (string | number)[], keyStart: number | null): unknown => {
    if (problems.length >= problemCountMax) return undefined;
    if (++valueCount > valueCountMax) {
      if (valueCount === valueCountMax + 1) refuse(node, `More than ${valueCountMax.toLocaleString("en")} values`);
      return undefined;
    }
    if (path.length > depthMax) return refuse(node, `Nested too deeply: at most ${depthMax} levels`);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target) return refuse(node, `Nothing is named \`&${node.source}\` above this \`*${node.source}\``);
      return read(target, path, keyStart);
    }
    if (node?.anchor) anchors.set(node.anchor, node);
    const [start, end] = node?.range ?? [keyStart ?? 0, keyStart ?? 0];
    spans.set(pathKey(path), { start, end, keyStart, literalStart: literalStartOf(node, text) });
    if (isSeq(node)) return node.items.map((item, index) => read(item as Node | null, [...path, index], null));
    if (isMap(node)) {
      const entries = new Map<string, unknown>();
      for (const pair of node.items as Pair<Node | null, Node | null>[]) {
        const key = isScalar(pair.key) ? String(pair.key.value ?? "") : "";
        if (key === "") refuse(pair.key, "A field needs a name in front of its colon");
        else if (entries.has(key)) refuse(pair.key, `The field \`${key}\` is there twice: keep one of them`);
        else entries.set(key, read(pair.value, [...path, key], pair.key?.range?.[0] ?? null));
      }
      return Object.fromEntries(entries);
    }
    return isScalar(node) ? node.value : null;
  };
  const value = read(document.contents as Node | null, [], null);
  if (problems.length > 0) throw new InputError(problems);
  return value;
}

/** Where a one-line text begins in the file, if the file spells it without escapes. */
function literalStartOf(node: Node | null, text: string): number | null {
  if (!isScalar(node) || typeof node.value !== "string" || !node.range) return null;
  const start = node.range[0] + (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0);
  return text.startsWith(node.value, start) ? start : null;
}

function pathKey(path: readonly PropertyKey[]): string {
  return path.map(String).join("\u0000");
}

/** The library's message, with what would be right where beginners stumble. */
function describeSyntaxError(code: string, message: string): string {
  const plain = `This is not valid YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  const hint = syntaxHints[code];
  return hint ? `${plain}. ${hint}` : plain;
}

const syntaxHints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent with spaces",
  BLOCK_AS_IMPLICIT_KEY: "A text with a colon and a space in it needs quotes around it",
  UNEXPECTED_TOKEN: "A text that begins with a quote, bracket, brace or other sign needs quotes around all of it",
  BAD_INDENT: "Fields of one block begin in the same column",
  MISSING_CHAR: "Check quotes, brackets and colons in this line and the one before",
  MULTIPLE_DOCS: "Keep one issue a file",
  TAG_RESOLVE_FAILED: "Tags (`!`) are not used in issue files",
};

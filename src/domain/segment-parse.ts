import { InputError } from "../lib/errors.ts";
import { nearestName } from "../lib/nearest-name.ts";
import { checkComparison, checkField } from "./segment-fields.ts";
import type { SegmentExpression, SegmentOperator, SegmentValue } from "./segment.ts";

/** Longer than any segment a person reads; bounds the parser's time. */
const lengthMax = 4_000;
/** Parentheses and `not`s within each other; far from the end of the stack. */
const depthMax = 32;

/** What a segment's text gets wrong, and where: the column counts from 1. */
export class SegmentError extends InputError {
  readonly column: number;
  /** The sentence alone, without the place. */
  readonly sentence: string;

  constructor(sentence: string, column: number) {
    super({ code: "segment-syntax", message: `Segment, column ${column}: ${sentence}` });
    this.sentence = sentence;
    this.column = column;
  }
}

/**
 * Reads the written form of a segment, see `SegmentExpression`.
 * @throws SegmentError with the column of the first thing that is wrong and what would be right.
 */
export function parseSegment(text: string): SegmentExpression {
  if (text.length > lengthMax) {
    throw new SegmentError(`a segment has at most ${lengthMax.toLocaleString("en")} characters`, lengthMax + 1);
  }
  const tokens = tokenize(text);
  let position = 0;
  let depth = 0;
  const peek = (): Token => tokens[position] as Token;
  const take = (): Token => tokens[position++] as Token;
  const isWord = (word: string): boolean => peek().type === "word" && peek().text.toLowerCase() === word;
  const takeWord = (word: string): boolean => isWord(word) && position++ >= 0;
  const takeSign = (sign: string): boolean => peek().type === "sign" && peek().text === sign && position++ >= 0;
  const fail = (token: Token, expected: string): never => {
    const found = token.type === "end" ? "the text ends" : `there is ${JSON.stringify(token.text)}`;
    throw new SegmentError(`expected ${expected}, but ${found}`, token.column);
  };

  const readChain = (word: "and" | "or", readOperand: () => SegmentExpression): SegmentExpression => {
    const operands = [readOperand()];
    while (takeWord(word)) operands.push(readOperand());
    return operands.length === 1 ? (operands[0] as SegmentExpression) : { type: word, operands };
  };
  const readEither = (): SegmentExpression => readChain("or", () => readChain("and", readOperand));

  const readOperand = (): SegmentExpression => {
    if (++depth > depthMax) throw new SegmentError(`nested too deeply: at most ${depthMax} levels`, peek().column);
    let operand: SegmentExpression;
    if (takeWord("not")) operand = { type: "not", operand: readOperand() };
    else if (takeSign("(")) {
      operand = readEither();
      if (!takeSign(")")) fail(peek(), "a closing parenthesis (or `and`, `or` and another condition)");
    } else operand = readCondition();
    depth--;
    return operand;
  };

  const readCondition = (): SegmentExpression => {
    const fieldToken = peek();
    if (fieldToken.type !== "word" || keywords.has(fieldToken.text.toLowerCase())) {
      fail(fieldToken, "a field such as `lang`, `topics` or an attribute");
    }
    const field = take().text;
    const problem = checkField(field);
    if (problem) throw new SegmentError(problem, fieldToken.column);
    if (takeWord("is")) {
      const absent = takeWord("not");
      if (!takeWord("present")) fail(peek(), "`present` or `not present`");
      const present: SegmentExpression = { type: "present", field };
      return absent ? { type: "not", operand: present } : present;
    }
    if (isWord("in") || isWord("not")) {
      const negated = takeWord("not");
      if (!takeWord("in")) fail(peek(), "`in`");
      const within: SegmentExpression = { type: "in", field, values: readValues(field) };
      return negated ? { type: "not", operand: within } : within;
    }
    const operator = readOperator();
    return { type: "comparison", field, operator, value: readValue(field, operator) };
  };

  const readOperator = (): SegmentOperator => {
    const token = take();
    const written = token.text.toLowerCase();
    if (token.type === "sign" && written === "==") throw new SegmentError("write `=` for equality", token.column);
    if (token.type !== "text" && operators.has(written)) return written as SegmentOperator;
    const nearest = token.type === "word" ? nearestName(written, ["in", "is", "not", "has", "contains"]) : null;
    const hint = nearest
      ? `\`${nearest}\` (or another operator)`
      : "one of =, !=, <, <=, >, >=, contains, has, in, is present";
    return fail(token, hint);
  };

  const readValues = (field: string): SegmentValue[] => {
    if (!takeSign("(")) fail(peek(), 'an opening parenthesis with the values, such as `("pro", "team")`');
    const values = [readValue(field, "in")];
    while (takeSign(",")) values.push(readValue(field, "in"));
    if (!takeSign(")")) fail(peek(), "a comma or a closing parenthesis");
    return values;
  };

  const readValue = (field: string, operator: SegmentOperator | "in"): SegmentValue => {
    const token = take();
    let value: SegmentValue;
    if (token.type === "text") value = token.text;
    else if (token.type === "number") value = Number(token.text);
    else if (token.type === "word" && /^(true|false)$/i.test(token.text)) value = token.text.toLowerCase() === "true";
    else if (token.type === "word" && !keywords.has(token.text.toLowerCase())) {
      throw new SegmentError(`a text stands in quotes: write ${JSON.stringify(token.text)}`, token.column);
    } else return fail(token, 'a value such as "de", 12 or true');
    const problem = checkComparison(field, operator, value);
    if (problem) throw new SegmentError(problem, token.column);
    return value;
  };

  const expression = readEither();
  if (peek().type !== "end") fail(peek(), "`and` or `or`");
  return expression;
}

const keywords = new Set(["and", "or", "not", "in", "is", "has", "contains", "present", "true", "false"]);
const operators = new Set(["=", "!=", "<", "<=", ">", ">=", "contains", "has"]);

interface Token {
  readonly type: "word" | "text" | "number" | "sign" | "end";
  readonly text: string;
  readonly column: number;
}

const tokenPattern =
  /\s+|(?<word>[\p{L}_][\p{L}\p{N}_.-]*)|(?<number>-?\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<sign><=|>=|!=|==|[=<>(),])/suy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const offset = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw new SegmentError(describeUnreadable(text, offset), offset + 1);
    const column = offset + 1;
    const { word, number, text: quoted, sign } = found.groups as Record<string, string | undefined>;
    if (word !== undefined) tokens.push({ type: "word", text: word, column });
    else if (number !== undefined) tokens.push({ type: "number", text: number, column });
    else if (quoted !== undefined) {
      tokens.push({ type: "text", text: quoted.slice(1, -1).replace(/\\(.)/gsu, "$1"), column });
    } else if (sign !== undefined) tokens.push({ type: "sign", text: sign, column });
  }
  tokens.push({ type: "end", text: "", column: text.length + 1 });
  return tokens;
}

function describeUnreadable(text: string, offset: number): string {
  const character = String.fromCodePoint(text.codePointAt(offset) as number);
  if (character === '"' || character === "'") return `this ${character} is never closed`;
  if (/[“”‘’„«»]/.test(character)) return `${character} is a typographic quote: write a straight one (")`;
  if (character === "&") return "write `and`";
  if (character === "|") return "write `or`";
  if (character === "!") return "write `not`, or `!=` for inequality";
  return `${JSON.stringify(character)} means nothing in a segment`;
}

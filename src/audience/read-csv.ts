import { InputError } from "../lib/errors.ts";

/** One record of a CSV file. */
export interface CsvRecord {
  /** The line it begins on, from 1; a quoted field may span several. */
  readonly line: number;
  readonly fields: readonly string[];
  /** As it stands in the file, without its line end. */
  readonly original: string;
}

/** Longer ones are a quote that was never closed, or not a table: nobody's record has a million characters. */
export const recordCharactersMax = 1_048_576;
/** Exports of large systems have some 300. */
export const columnsMax = 1_000;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts the text of a CSV file (RFC 4180) into records, some at a time; the first is the header. Lines end in LF or CRLF;
 * blank ones are passed over. The delimiter (comma, semicolon, tab) is the header's most frequent.
 *
 * A general parser (csv-parse) took eight times as long over each byte, counts the lines of a quoted CRLF twice, and can't
 * tell a bare CR in quotes from one outside. A property test holds the two together on what both read.
 * @throws InputError `csv-quote`, `csv-carriage-return`, `csv-size` with line and column
 */
export async function* readCsv(text: AsyncIterable<string>, file: string): AsyncGenerator<CsvBatch> {
  let delimiter: string | null = null;
  let rest = "";
  let line = 1;
  const cut = (piece: string, isLast: boolean): CsvRecord[] => {
    rest = rest === "" ? piece : rest + piece;
    delimiter ??= detectDelimiter(rest, isLast);
    if (delimiter === null) return [];
    const { records, end, nextLine } = cutRecords({ text: rest, delimiter, line, file, isLast });
    rest = rest.slice(end);
    line = nextLine;
    if (rest.length > recordCharactersMax) refuseSize(file, line);
    return records;
  };
  for await (const piece of text) {
    const records = cut(piece, false);
    if (records.length > 0) yield { delimiter: delimiter as unknown as string, records };
  }
  const records = cut("", true);
  if (records.length > 0) yield { delimiter: delimiter as unknown as string, records };
}

export interface CsvBatch {
  readonly delimiter: string;
  readonly records: readonly CsvRecord[];
}

/** The header's most frequent delimiter outside quotes; `null` while its end is not in sight. */
function detectDelimiter(text: string, isLast: boolean): string | null {
  const counts = new Map([
    [",", 0],
    [";", 0],
    ["\t", 0],
  ]);
  let isQuoted = false;
  let isBlank = true;
  let isWhole = isLast || text.length > recordCharactersMax;
  for (const character of text.slice(0, recordCharactersMax)) {
    if (character === '"') isQuoted = !isQuoted;
    const count = counts.get(character);
    if (count !== undefined && !isQuoted) counts.set(character, count + 1);
    // A blank line before the header says nothing.
    if (character === "\n" && !isQuoted && !isBlank) {
      isWhole = true;
      break;
    }
    isBlank &&= character.trim() === "";
  }
  if (!isWhole) return null;
  return [...counts].reduce((best, candidate) => (candidate[1] > best[1] ? candidate : best))[0];
}

interface CutInput {
  readonly text: string;
  readonly delimiter: string;
  /** Where `text` begins. */
  readonly line: number;
  readonly file: string;
  readonly isLast: boolean;
}

/** All records that are whole; the hot loop of an import, so it is one piece. */
function cutRecords({ text, delimiter, line, file, isLast }: CutInput) {
  const records: CsvRecord[] = [];
  const delimiterCode = delimiter.charCodeAt(0);
  const length = text.length;
  let start = 0;
  let nextLine = line;
  const refuse = (code: string, message: string, at: number): never => {
    const before = text.slice(start, at).split("\n");
    // A record that begins in the middle of `text` begins its line.
    const place = { file, line: nextLine + before.length - 1, column: (before.at(-1) as string).length + 1 };
    throw new InputError({ code, message, place });
  };
  nextRecord: while (start < length) {
    const fields: string[] = [];
    let lineFeedsInside = 0;
    let at = start;
    for (;;) {
      if (text.charCodeAt(at) === quote) {
        let close = at + 1;
        let hasEscapes = false;
        for (;;) {
          close = text.indexOf('"', close);
          if (close === -1 && isLast) refuse("csv-quote", "The quote that opens here is never closed", at);
          if (close === -1 || (close + 1 === length && !isLast)) break nextRecord;
          if (text.charCodeAt(close + 1) !== quote) break;
          hasEscapes = true;
          close += 2;
        }
        const value = text.slice(at + 1, close);
        for (let feed = value.indexOf("\n"); feed !== -1; feed = value.indexOf("\n", feed + 1)) lineFeedsInside += 1;
        fields.push(hasEscapes ? value.replaceAll('""', '"') : value);
        at = close + 1;
      } else {
        let end = at;
        for (; end < length; end++) {
          const code = text.charCodeAt(end);
          if (code === delimiterCode || code === lineFeed || code === carriageReturn) break;
          if (code === quote)
            refuse(
              "csv-quote",
              "A quote stands inside a field that does not begin with one: put the field in quotes, and double the quotes inside it",
              end,
            );
        }
        fields.push(text.slice(at, end));
        at = end;
      }
      if (at >= length && !isLast) break nextRecord;
      if (fields.length > columnsMax) refuse("csv-size", `The record has more than ${columnsMax} fields`, at);
      const code = at < length ? text.charCodeAt(at) : lineFeed;
      if (code === delimiterCode) {
        at += 1;
        if (at >= length && !isLast) break nextRecord;
        continue;
      }
      let next = at + 1;
      if (code === carriageReturn) {
        if (next >= length && !isLast) break nextRecord;
        if (text.charCodeAt(next) !== lineFeed)
          refuse(
            "csv-carriage-return",
            "A carriage return stands here without a line feed: save the file with LF or CRLF line ends",
            at,
          );
        next += 1;
      } else if (code !== lineFeed) {
        refuse("csv-quote", "Text follows a closing quote: double the quotes inside a quoted field", at);
      }
      if (at - start > recordCharactersMax) refuseSize(file, nextLine);
      if (fields.length > 1 || (fields[0] as string).trim() !== "") {
        records.push({ line: nextLine, fields, original: text.slice(start, at) });
      }
      nextLine += 1 + lineFeedsInside;
      start = next;
      continue nextRecord;
    }
  }
  return { records, end: Math.min(start, length), nextLine };
}

function refuseSize(file: string, line: number): never {
  const message = `The record that begins here is longer than ${recordCharactersMax.toLocaleString("en")} characters: is a quote left open?`;
  throw new InputError({ code: "csv-size", message, place: { file, line } });
}

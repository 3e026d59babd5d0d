import { characterWidth, displayWidth, isWide } from "./display-width.ts";

/** RFC 5322 section 2.1.1 recommends at most 78; 72 leaves room for a reply's quotation marks. */
export const textColumns = 72;

/** What a slot is assumed to take when its line is filled; names and addresses are about this long. */
const slotColumns = 14;

/** What may not begin a line (Japanese kinsoku: closing brackets, full stops, small kana), and what may not end one. */
const notFirst = /^[、。，．・：；！？）〕］｝〉》」』】ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々〜～…‥%％]/u;
const notLast = /[（〔［｛〈《「『【]$/u;

export interface WrapOptions {
  readonly columns?: number;
  /** Before the first line ("- "). */
  readonly first?: string;
  /** Before every other line; by default as many spaces as `first` takes. */
  readonly rest?: string;
  /** Matches what is replaced later and has a width of its own. */
  readonly slotPattern?: RegExp;
}

/**
 * Breaks a text into lines at spaces, and between wide characters where East Asian text has no spaces. Line breaks that are
 * in the text stay. An address is never broken, however long.
 */
export function wrapText(text: string, options: WrapOptions = {}): string {
  const { columns = textColumns, first = "", slotPattern } = options;
  const rest = options.rest ?? " ".repeat(displayWidth(first));
  const width = (word: string) =>
    slotPattern ? displayWidth(word.replace(slotPattern, "x".repeat(slotColumns))) : displayWidth(word);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    let lineWidth = 0;
    const room = () => columns - displayWidth(lines.length === 0 ? first : rest);
    for (const { word, spaced } of breakWords(paragraph)) {
      const wordWidth = width(word);
      const gap = spaced && line !== "" ? 1 : 0;
      if (line !== "" && lineWidth + gap + wordWidth > room()) {
        lines.push((lines.length === 0 ? first : rest) + line);
        line = word;
        lineWidth = wordWidth;
      } else {
        line += (gap ? " " : "") + word;
        lineWidth += gap + wordWidth;
      }
    }
    lines.push((lines.length === 0 ? first : rest) + line);
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

interface Word {
  readonly word: string;
  /** A space stood before it. */
  readonly spaced: boolean;
}

function breakWords(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const run of text.split(/[ \t]+/)) {
    if (run === "") continue;
    let spaced = true;
    for (const word of breakWide(run)) {
      words.push({ word, spaced });
      spaced = false;
    }
  }
  return words;
}

/** Splits a run without spaces at the places where East Asian text may be broken. */
function breakWide(run: string): readonly string[] {
  if (/^[a-z]+:\/\//i.test(run) || ![...run].some(isWide)) return [run];
  const pieces: string[] = [];
  for (const character of run) {
    const before = pieces.at(-1);
    const joins =
      before === undefined ||
      notFirst.test(character) ||
      notLast.test(before) ||
      characterWidth(character) === 0 ||
      !(isWide(character) || isWide([...before].at(-1) as string));
    if (before !== undefined && joins) pieces[pieces.length - 1] = before + character;
    else pieces.push(character);
  }
  return pieces;
}

import type { Place } from "../lib/errors.ts";

/** A data file as plain values, and where each of them stands. */
export interface Source {
  readonly value: unknown;
  /** Where the value at `path` stands; the nearest enclosing value where there is none (a missing field). */
  locate(path: readonly PropertyKey[], within?: Within): Place;
  /** Where the field's name stands. */
  locateKey(path: readonly PropertyKey[]): Place;
}

/** What inside a text the problem is about. */
export interface Within {
  /** A piece of the text, looked for in the file as it is written there. */
  readonly near?: string;
  /** An offset in the text, in UTF-16 units; used where the file spells the text letter by letter. */
  readonly offset?: number;
}

/** Turns offsets into places. Lines and columns count from 1, columns in UTF-16 units, as editors count. */
export interface Lines {
  placeAt(offset: number): Place;
  /** Offset of the first character of a line that counts from 0. */
  startOf(line: number): number;
}

export function countLines(text: string, file: string): Lines {
  const starts = [0];
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) starts.push(end + 1);
  return {
    placeAt(offset) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      return { file, line: low + 1, column: offset - (starts[low] as number) + 1 };
    },
    startOf: (line) => starts[line] ?? text.length,
  };
}

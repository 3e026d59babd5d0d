import type { Place } from "../lib/errors.ts";

/** Finds where in the file something stands that is known only by its block. */
export interface Locate {
  /**
   * The next place of `near` at or below `from`, and above the next block; `from` itself where the text is spelt otherwise.
   * Asked again for the same words, it goes on behind the last place.
   */
  (near: string, from: Place): Place;
}

/** @param starts the places of all blocks, which end one another */
export function createLocator(text: string, starts: readonly Place[]): Locate {
  const lines = text.split(/\r?\n/);
  const firstLines = starts.map(({ line }) => line ?? 1).toSorted((a, b) => a - b);
  const lastFound = new Map<string, { line: number; column: number }>();
  return (near, from) => {
    const start = from.line ?? 1;
    const end = firstLines.find((line) => line > start) ?? lines.length + 1;
    const wanted = near.trim();
    if (wanted === "") return from;
    const key = `${start} ${wanted}`;
    const last = lastFound.get(key);
    for (let line = last?.line ?? start; line < end; line += 1) {
      const column = (lines[line - 1] ?? "").indexOf(wanted, last?.line === line ? last.column : 0);
      if (column < 0) continue;
      lastFound.set(key, { line, column: column + 1 });
      return { ...from, line, column: column + 1 };
    }
    // Named once and used twice, as by an anchor: the first place is right for both.
    return last ? { ...from, line: last.line, column: last.column } : from;
  };
}

/** Where nothing is known of the file's text. */
export const locateBlock: Locate = (_near, from) => from;

/** The place of a field at the top of an issue, such as `subject`; the file's beginning where it is not written. */
export function locateField(text: string | undefined, name: string, file: string): Place {
  const lines = (text ?? "").split(/\r?\n/);
  const index = lines.findIndex((line) => line.startsWith(`${name}:`) || line.trimStart().startsWith(`"${name}":`));
  return { file, line: index < 0 ? 1 : index + 1, column: 1 };
}

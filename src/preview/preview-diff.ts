/** Lines of two texts side by side in one column: what both have, what only one has. */
export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** The table below grows with the square: a text part has some hundred lines. */
const linesMax = 1_500;

/** By the longest common subsequence of lines. Only the first lines of very long texts are compared. */
export function compareLines(before: string, after: string): readonly DiffLine[] {
  const old = before.split("\n").slice(0, linesMax);
  const fresh = after.split("\n").slice(0, linesMax);
  const width = fresh.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1)
    for (let column = fresh.length - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        old[row] === fresh[column]
          ? (lengths[(row + 1) * width + column + 1] as number) + 1
          : Math.max(lengths[(row + 1) * width + column] as number, lengths[row * width + column + 1] as number);
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      lines.push({ kind: "same", text: old[row] as string });
      row += 1;
      column += 1;
    } else if (
      column >= fresh.length ||
      (row < old.length &&
        (lengths[(row + 1) * width + column] as number) >= (lengths[row * width + column + 1] as number))
    ) {
      lines.push({ kind: "gone", text: old[row] as string });
      row += 1;
    } else {
      lines.push({ kind: "new", text: fresh[column] as string });
      column += 1;
    }
  }
  return lines;
}

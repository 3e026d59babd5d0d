/**
 * The name that a misspelt one was most likely meant to be, for "did you mean": the nearest by edits (a swap of two
 * neighbours counts as one), or `null` when none is near enough to be a slip of the fingers.
 */
export function nearestName(written: string, names: Iterable<string>): string | null {
  if (written.length > lengthMax) return null;
  let nearest: string | null = null;
  let fewest = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const name of names) {
    if (name.length > lengthMax || Math.abs(name.length - written.length) >= fewest) continue;
    const edits = countEdits(written.toLowerCase(), name.toLowerCase());
    if (edits < fewest) [nearest, fewest] = [name, edits];
  }
  return nearest;
}

/** Nobody misspells a longer name by accident, and the work grows with its square. */
const lengthMax = 64;

/** Optimal string alignment distance. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) edits = Math.min(edits, (beforeLast[column - 2] as number) + 1);
      current.push(edits);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] as number;
}

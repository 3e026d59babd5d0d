/**
 * A broken invariant is a bug: the process dies rather than going on with a state nobody thought of.
 * @param sentence what holds when the program is right, as a sentence
 */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new BugError(sentence);
}

/** Thrown by `assert`; nothing catches it but the outermost frame. */
export class BugError extends Error {
  override readonly name = "BugError";
}

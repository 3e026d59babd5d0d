/** Where in a person's input something is wrong; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong with an input, in words a person can act on. */
export interface Problem {
  /** A code of `errorCodes`, for programs; people read the message. */
  readonly code: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
  readonly place?: Place;
}

/** `file:line:column: message`, the form editors turn into links. */
export function formatProblem(problem: Problem): string {
  const { place, message } = problem;
  if (!place) return message;
  const position = [place.file, place.line, place.line === undefined ? undefined : place.column];
  return `${position.filter((part) => part !== undefined).join(":")}: ${message}`;
}

/**
 * The input or the call is unusable. Shown without a stack; the process exits with 2.
 * Carries every problem that was found, not only the first.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: ErrorOptions) {
    const all = Array.isArray(problems) ? problems : [problems as Problem];
    super(all.map(formatProblem).join("\n"), options);
    this.problems = all;
  }
}

/** The world does not answer (a server is away, a disk is full): named, after its retries were used up. Exit 2. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The first sentence of whatever was thrown, for a log line or a wrapped message. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return messageOf(thrown.errors[0]);
  return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
}

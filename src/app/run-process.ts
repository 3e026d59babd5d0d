import { InputError, UnavailableError } from "../lib/errors.ts";

/** Exit codes: 2 for an unusable input or call and for a world that does not answer; a bug keeps its stack and is 70 (EX_SOFTWARE). */
export function exitCodeOf(error: unknown): number {
  return error instanceof InputError || error instanceof UnavailableError ? 2 : 70;
}

/** Runs a process to its exit code; what ends it is said on stderr, with a stack only where it is our bug. */
export async function runProcess(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    const code = exitCodeOf(error);
    process.stderr.write(`${code === 2 ? (error as Error).message : ((error as Error)?.stack ?? String(error))}\n`);
    process.exit(code);
  }
}

import { inject } from "vitest";
import { findProgram, type ProgramName } from "./programs.ts";

/**
 * For the top of a test file: `const sink = requireProgram("smtp-sink")`, then `describe.skipIf(!sink)`.
 * Where it is missing one line says how to install it; with BROADSHEET_TEST_FORBID_SKIPS=1 it throws.
 */
export function requireProgram(name: ProgramName): string | undefined {
  return findProgram(name, inject("runFolder"));
}

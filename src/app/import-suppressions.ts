import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { Pool } from "pg";
import { importSuppressions } from "../adapters/postgres/suppressions.ts";
import { readSuppressions } from "../audience/read-suppressions.ts";
import type { Problem } from "../lib/errors.ts";
import { readBytes } from "./read-bytes.ts";

export interface SuppressionImport {
  /** How many are new; those that stood already keep their first reason. */
  readonly added: number;
  /** How many lines named no address. */
  readonly unusable: number;
  /** The first of them, with their lines. */
  readonly problems: readonly Problem[];
}

/** How many are told; the count tells of the rest. */
const problemsMax = 100;

/**
 * Suppresses what a file lists, all of it or nothing.
 * @throws InputError with the place, when the file as a whole can't be used
 */
export async function importSuppressionFile(pool: Pool, file: string, stream?: Readable): Promise<SuppressionImport> {
  const problems: Problem[] = [];
  let unusable = 0;
  const bytes = readBytes(stream ?? createReadStream(file), file);
  const onProblem = (problem: Problem): void => {
    unusable += 1;
    if (problems.length < problemsMax) problems.push(problem);
  };
  const added = await importSuppressions(pool, readSuppressions({ file: basename(file), bytes, onProblem }));
  return { added, unusable, problems };
}

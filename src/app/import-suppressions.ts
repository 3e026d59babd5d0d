import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import type { Pool } from "pg";
import { importSuppressions } from "../adapters/postgres/suppressions.ts";
import { readSuppressions } from "../audience/read-suppressions.ts";
import type { NewSuppression } from "../domain/suppression.ts";
import type { Problem } from "../lib/errors.ts";
import { readBytes } from "./read-bytes.ts";

export interface SuppressionImport {
  /** How many are new, or became final. */
  readonly added: number;
  /** How many stood already, and keep their first reason, or stand in the file twice. */
  readonly unchanged: number;
  /** How many lines named no address. */
  readonly unusable: number;
  /** The first of them, with their lines. */
  readonly problems: readonly Problem[];
}

export interface SuppressionImportOptions {
  /** Read instead of the file, such as standard input. */
  readonly stream?: Readable;
  /** Entries for which this does not hold are passed over. */
  readonly only?: (entry: NewSuppression) => boolean;
}

/** How many are told; the count tells of the rest. */
const problemsMax = 100;

/**
 * Suppresses what a file lists, all of it or nothing.
 * @param file a path, or how to call the stream in messages
 * @throws InputError with the place, when the file as a whole can't be used
 */
export async function importSuppressionFile(
  pool: Pool,
  file: string,
  options: SuppressionImportOptions = {},
): Promise<SuppressionImport> {
  const problems: Problem[] = [];
  let unusable = 0;
  const bytes = readBytes(options.stream ?? createReadStream(file), file);
  const onProblem = (problem: Problem): void => {
    unusable += 1;
    if (problems.length < problemsMax) problems.push(problem);
  };
  let read = 0;
  const count = async function* (): AsyncGenerator<readonly NewSuppression[]> {
    for await (const entries of readSuppressions({ file: basename(file), bytes, onProblem })) {
      const batch = options.only ? entries.filter(options.only) : entries;
      read += batch.length;
      yield batch;
    }
  };
  const added = await importSuppressions(pool, count());
  return { added, unchanged: read - added, unusable, problems };
}

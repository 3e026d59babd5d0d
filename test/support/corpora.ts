import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Data that others made stands beside the checkout and is not part of it. Where it is missing the tests that need it are
 * skipped after one line.
 * @returns the folder of the corpus, or undefined
 */
export function findCorpus(name: string): string | undefined {
  const folder = join(import.meta.dirname, "../../../shared/corpora", name);
  if (existsSync(folder)) return folder;
  process.stderr.write(`SKIPPED: the tests against ../shared/corpora/${name}, which is not here\n`);
  return undefined;
}

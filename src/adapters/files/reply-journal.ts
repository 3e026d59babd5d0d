import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { ReplyJournal, Settlement } from "../../domain/ledger.ts";

/**
 * A deliver process's record of replies, one line of JSON each, written before the ledger is: after kill -9 only deliveries
 * whose reply never arrived are uncertain. The kernel keeps what a killed process wrote; a machine that loses power loses the
 * last second, and those deliveries become uncertain, never doubled.
 */
export interface OpenJournal extends ReplyJournal {
  /** Removes the file when everything in it is settled. */
  close(): void;
}

/** An emptied file is cut when it has grown past this: short enough to be read in a moment after a crash. */
const sizeBytesMax = 1_000_000;

export function openReplyJournal(folder: string, worker: number): OpenJournal {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileNameOf(worker));
  const descriptor = openSync(file, "a", 0o600);
  let unsettled = 0;
  let sizeBytes = 0;
  return {
    append(settlement) {
      sizeBytes += writeSync(descriptor, `${JSON.stringify(settlement)}\n`);
      unsettled += 1;
    },
    settled() {
      unsettled -= 1;
      if (unsettled > 0 || sizeBytes < sizeBytesMax) return;
      ftruncateSync(descriptor, 0);
      sizeBytes = 0;
    },
    close() {
      closeSync(descriptor);
      if (unsettled === 0) unlinkSync(file);
    },
  };
}

/** The workers that left a journal behind. */
export function listJournals(folder: string): readonly number[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const match = /^(\d+)\.jsonl$/.exec(name);
      return match ? [Number(match[1])] : [];
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What a dead worker had written; a last line that was cut off never had its newline and is left out. */
export function readJournal(folder: string, worker: number): readonly Settlement[] {
  const lines = readFileSync(join(folder, fileNameOf(worker)), "utf8")
    .split("\n")
    .slice(0, -1);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as Settlement];
    } catch {
      return [];
    }
  });
}

export function removeJournal(folder: string, worker: number): void {
  unlinkSync(join(folder, fileNameOf(worker)));
}

function fileNameOf(worker: number): string {
  return `${worker}.jsonl`;
}

import { closeSync, createReadStream, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { FaultKind } from "./fault-plan.ts";

/** A message the sink took: the truth that a ledger is compared with. */
export interface AcceptedEntry {
  readonly event: "accepted";
  readonly recipient: string;
  readonly sender: string;
  /** As it stood in the header, with its brackets; `null` when there was none. */
  readonly messageId: string | null;
  /** Counts this recipient's RCPT commands, from 1. */
  readonly attempt: number;
  readonly bytes: number;
  readonly sha256: string | null;
  /** ISO 8601, UTC. It was taken after the final dot, and this line was written before any reply left. */
  readonly at: string;
  /** What the sender got to hear: a full `250`, or which fault came between. */
  readonly then: "replied" | FaultKind;
}

export interface FaultEntry {
  readonly event: "fault";
  readonly fault: FaultKind | "domain-limit";
  /** The recipient where one was known, else the sender or the number of the connection. */
  readonly key: string;
  readonly attempt: number;
  readonly at: string;
  readonly leavesDoubt: boolean;
}

export type SinkEntry = AcceptedEntry | FaultEntry;

export interface SinkLog {
  /** Writes the line, then calls back: what is in the log happened, and what was answered is in the log. */
  append(entry: SinkEntry, written: () => void): void;
  close(): void;
}

/**
 * Appends one JSON object a line. The lines of one turn of the event loop share one write, which is what lets a sink
 * take thousands of mails a second and still write before it answers.
 */
export function openSinkLog(file: string): SinkLog {
  const descriptor = openSync(file, "a");
  let lines: string[] = [];
  let callbacks: (() => void)[] = [];
  const flush = () => {
    const [toWrite, toCall] = [lines, callbacks];
    [lines, callbacks] = [[], []];
    if (toWrite.length > 0) writeWhole(descriptor, Buffer.from(toWrite.join("")));
    for (const written of toCall) written();
  };
  return {
    append(entry, written) {
      if (lines.length === 0) setImmediate(flush);
      lines.push(`${JSON.stringify(entry)}\n`);
      callbacks.push(written);
    },
    close() {
      flush();
      closeSync(descriptor);
    },
  };
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}

/** Reads the log back, line by line; a last line that was cut by a kill is left out. */
export async function* readSinkLog(file: string): AsyncGenerator<SinkEntry> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.endsWith("}")) yield JSON.parse(line) as SinkEntry;
  }
}

export interface SinkSummary {
  /** How often each recipient's mail was taken. */
  readonly timesAccepted: ReadonlyMap<string, number>;
  readonly accepted: number;
  readonly faults: number;
  /** Faults after which the sender can't know whether its mail was taken. */
  readonly faultsInDoubt: number;
}

/** What the log adds up to; `keyOf` names what must be taken once (default: the recipient). */
export async function summariseSinkLog(
  file: string,
  keyOf: (entry: AcceptedEntry) => string = (entry) => entry.recipient,
): Promise<SinkSummary> {
  const timesAccepted = new Map<string, number>();
  let accepted = 0;
  let faults = 0;
  let faultsInDoubt = 0;
  for await (const entry of readSinkLog(file)) {
    if (entry.event === "accepted") {
      accepted += 1;
      const key = keyOf(entry);
      timesAccepted.set(key, (timesAccepted.get(key) ?? 0) + 1);
    } else {
      faults += 1;
      if (entry.leavesDoubt) faultsInDoubt += 1;
    }
  }
  return { timesAccepted, accepted, faults, faultsInDoubt };
}

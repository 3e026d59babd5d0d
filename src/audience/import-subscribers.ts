import type { ImportStage, ImportStore, MergeCounts, RefusedRow } from "../domain/import-store.ts";
import { InputError } from "../lib/errors.ts";
import { csvLine } from "../lib/csv-line.ts";
import { decodeCsv } from "./decode-csv.ts";
import { type Column, type ColumnOptions, mapColumns, rejectsColumns } from "./map-columns.ts";
import { readCsv } from "./read-csv.ts";
import { createRowReader } from "./read-row.ts";

export interface ImportOptions extends ColumnOptions {
  readonly listId: number;
  /** Names the file in messages. */
  readonly file: string;
  /** The bytes, in pieces of any size; read once, never held. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The proof of consent that each new subscription keeps: `{ source, file, importedAt }`. */
  readonly consent: Readonly<Record<string, string>>;
  /** Of `createErasureKeys`: an erased person is recognised and stays away. */
  readonly erasureKeys: readonly Buffer[];
  /** Writes the rejects file to its end; when it fails, nothing was imported. Given no text when nothing was refused. */
  readonly writeRejects?: (text: AsyncIterable<string>) => Promise<void>;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

export interface ImportProgress {
  /** While `merging`, the database works and rows stand still. */
  readonly phase: "reading" | "merging";
  readonly rows: number;
}

export interface ImportResult extends MergeCounts {
  /** Rows that were not taken. rows = accepted + updated + unchanged + rejected. */
  readonly rejected: number;
  readonly columns: readonly Column[];
}

/** Stops before numbers that no list has; a stream without end must not fill the disk. */
export const rowsMax = 100_000_000;
/** How many are handed to the stage at once; decides how much is held in memory. */
const batchRows = 1_000;

/**
 * Imports a CSV file into a list: all of it or, when the file can't be read, nothing. Repeating it changes nothing; a
 * person who left, was suppressed or was erased is not brought back.
 * @throws InputError with the place, when the file as a whole can't be used (encoding, quotes, line ends, header)
 */
export async function importSubscribers(store: ImportStore, options: ImportOptions): Promise<ImportResult> {
  const { signal } = options;
  const stage = await store.begin(signal);
  try {
    const { columns, header, delimiter } = await stageFile(stage, options);
    const counts = await stage.merge({ listId: options.listId, consent: options.consent }, async (batches) => {
      await options.writeRejects?.(rejectsText(batches, header, delimiter));
    });
    return { ...counts, rejected: countRejected(counts), columns };
  } finally {
    await stage.close();
  }
}

async function stageFile(stage: ImportStage, options: ImportOptions) {
  const { file, signal } = options;
  let head: { columns: readonly Column[]; header: string; delimiter: string } | null = null;
  let read: ReturnType<typeof createRowReader> | null = null;
  let rows = 0;
  for await (const { delimiter, records } of readCsv(decodeCsv(options.bytes, file), file)) {
    let body = records;
    if (head === null) {
      const [first] = records;
      if (first === undefined) continue;
      const columns = mapColumns(first.fields, options, file, first.line);
      read = createRowReader(columns, stage.needsErasedKeys ? options.erasureKeys : []);
      head = { columns, header: first.original, delimiter };
      body = records.slice(1);
    }
    for (let start = 0; start < body.length; start += batchRows) {
      signal?.throwIfAborted();
      const batch = body.slice(start, start + batchRows);
      rows += batch.length;
      if (rows > rowsMax)
        throw new InputError({ code: "csv-size", message: `The file has more than ${rowsMax} rows`, place: { file } });
      await stage.add(batch.map(read as NonNullable<typeof read>));
      options.onProgress?.({ phase: "reading", rows });
    }
  }
  if (head === null) {
    throw new InputError({
      code: "csv-header",
      message: "The file is empty: the first line must name the columns, such as email,firstName",
      place: { file, line: 1 },
    });
  }
  options.onProgress?.({ phase: "merging", rows });
  return head;
}

/** Our columns stand first; the rest is the file's own text, so that a mended rejects file can be imported as it is. */
async function* rejectsText(
  batches: AsyncIterable<readonly RefusedRow[]>,
  header: string,
  delimiter: string,
): AsyncGenerator<string> {
  let isFirst = true;
  for await (const refused of batches) {
    if (isFirst) yield lineOf(rejectsColumns, header, delimiter);
    isFirst = false;
    yield refused.map((row) => lineOf([String(row.line), row.cause, explain(row)], row.original, delimiter)).join("");
  }
}

function lineOf(own: readonly string[], original: string, delimiter: string): string {
  return `${csvLine(own, delimiter).trimEnd()}${delimiter}${original}\r\n`;
}

function explain({ cause, detail }: RefusedRow): string {
  switch (cause) {
    case "invalid":
    case "value":
      return detail;
    case "duplicate":
      return `The same person stands again on line ${detail}; that row was taken.`;
    case "suppressed":
      return `The address or its domain must not be mailed (${detail}). Lift the suppression first, with a reason.`;
    case "erased":
      return "This person had everything about them erased; an import can't bring them back.";
    case "unsubscribed":
      return `This person left the list on ${detail}; an import can't bring them back.`;
    case "pending":
      return "This person has not confirmed yet and still gets no mail; an import can't confirm for them.";
  }
}

function countRejected({ causes }: MergeCounts): number {
  return causes.invalid + causes.duplicate + causes.suppressed + causes.erased + causes.unsubscribed;
}

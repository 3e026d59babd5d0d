import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import type { Pool } from "pg";
import { createImportStore } from "../adapters/postgres/import.ts";
import { importSubscribers, type ImportProgress, type ImportResult } from "../audience/import-subscribers.ts";
import type { ColumnOptions } from "../audience/map-columns.ts";
import { createErasureKeys } from "../domain/erased-address.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError, messageOf, UnavailableError } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { readBytes } from "./read-bytes.ts";
import { openRejectsFile } from "./rejects-file.ts";
import { loadSecrets } from "./secret.ts";

export interface ImportFileOptions extends ColumnOptions {
  readonly listId: number;
  /** A path, or how to call the stream in messages. */
  readonly file: string;
  /** Read instead of the file, such as standard input. */
  readonly stream?: Readable;
  /** Where these people said yes; kept with each subscription. */
  readonly source: string;
  /** Where refused rows are written; only made when there are any. */
  readonly rejectsFile?: string;
  readonly onProgress?: (progress: ImportFileProgress) => void;
  /** Ends the import with nothing changed. */
  readonly signal?: AbortSignal;
}

export interface ImportFileProgress extends ImportProgress {
  readonly bytes: number;
  /** Of a file; a stream does not say. */
  readonly bytesTotal: number | null;
}

export interface ImportFileResult extends ImportResult {
  /** The rejects file, when anything was refused in whole or in part. */
  readonly rejectsFile: string | null;
}

/** Larger pieces mean fewer turns; a few of them are in memory at a time. */
const pieceBytes = 256 * 1024;

/**
 * Imports a CSV file of any size: all of it, or nothing.
 * @throws InputError with the place, when the file as a whole can't be used; UnavailableError when file, disk or database
 *   fail; the signal's reason when it was aborted. Nothing was changed then.
 */
export async function importFile(
  pool: Pool,
  config: Pick<Config, "secrets" | "dataDir">,
  options: ImportFileOptions,
): Promise<ImportFileResult> {
  const { file, signal, onProgress } = options;
  const bytesTotal = options.stream ? null : await sizeOf(file);
  const rejects = options.rejectsFile === undefined ? null : await openRejectsFile(options.rejectsFile);
  const stream = options.stream ?? createReadStream(file, { highWaterMark: pieceBytes });
  let bytes = 0;
  const source = readBytes(stream, file, (size) => (bytes += size));
  if (signal) addAbortSignal(signal, stream);
  try {
    const result = await importSubscribers(createImportStore(pool), {
      listId: options.listId,
      file,
      bytes: source,
      consent: { source: options.source, file: basename(file), importedAt: systemClock.now().toISOString() },
      erasureKeys: createErasureKeys(loadSecrets(config)),
      ...(options.map ? { map: options.map } : {}),
      ...(options.ignore ? { ignore: options.ignore } : {}),
      ...(rejects ? { writeRejects: rejects.write } : {}),
      ...(onProgress ? { onProgress: (progress) => onProgress({ ...progress, bytes, bytesTotal }) } : {}),
      ...(signal ? { signal } : {}),
    });
    return { ...result, rejectsFile: (await rejects?.keep()) ?? null };
  } catch (thrown) {
    await rejects?.discard();
    // Reading an interrupted stream fails in its own words. What came of a commit must be told as it is.
    throw signal?.aborted && !(thrown instanceof UnavailableError) ? signal.reason : thrown;
  } finally {
    stream.destroy();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new Error("it is a folder");
    return found.size;
  } catch (cause) {
    throw new InputError(
      { code: "file-unreadable", message: `The file can't be read: ${messageOf(cause)}`, place: { file } },
      { cause },
    );
  }
}

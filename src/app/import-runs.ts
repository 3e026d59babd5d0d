/** Imports that somebody starts in the console: the file lies in the data folder, the run goes on without its page. */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Pool } from "pg";
import {
  addImportRun,
  beginImportRun,
  endImportRun,
  findImportRun,
  forgetImportRuns,
  noteImportProgress,
  type ImportRun,
} from "../adapters/postgres/import-runs.ts";
import { decodeCsv } from "../audience/decode-csv.ts";
import { attributeNameOf, columnMeanings, meaningOf, type ColumnMeaning } from "../audience/column-names.ts";
import { mapColumns, rejectsColumns, type ColumnOptions } from "../audience/map-columns.ts";
import { readCsv } from "../audience/read-csv.ts";
import type { Actor } from "../domain/audit.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError, messageOf, UnavailableError } from "../lib/errors.ts";
import { noteAudit, type AuditConfig } from "./audit/record-audit.ts";
import { importFile } from "./import-subscribers.ts";
import type { Logger } from "./log.ts";
import { readBytes } from "./read-bytes.ts";

/** Rows that a person looks at before the import. */
const previewRows = 5;
/** Larger pieces mean fewer turns; a few of them are in memory at a time. */
const pieceBytes = 256 * 1024;
const sayEveryMs = 2_000;
/** An upload takes seconds. */
const strayMsMax = 3_600_000;
const consentCharactersMax = 500;

/** Where the console's uploads lie; only the operator may look into it. */
export async function uploadFolder(config: Pick<AuditConfig, "dataDir">): Promise<string> {
  const folder = join(config.dataDir, "imports");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function fileOf(config: Pick<AuditConfig, "dataDir">, id: number): string {
  return join(config.dataDir, "imports", `${id}.csv`);
}

/** The rejects of a run that has some. */
export function rejectsOf(config: Pick<AuditConfig, "dataDir">, id: number): string {
  return join(config.dataDir, "imports", `${id}.rejects.csv`);
}

/**
 * Takes a file that was uploaded, and forgets those that are past their time.
 * @param path moved into the run's own place
 */
export async function takeUpload(
  pool: Pool,
  config: AuditConfig,
  given: { readonly path: string; readonly fileName: string; readonly listId: number; readonly madeBy: number },
): Promise<number> {
  await removeOldFiles(pool, config);
  const { size } = await stat(given.path);
  const id = await addImportRun(pool, { ...given, bytes: size });
  await rename(given.path, fileOf(config, id));
  return id;
}

/** Files of runs that are past their time, and what an upload left behind whose process died. */
async function removeOldFiles(pool: Pool, config: AuditConfig): Promise<void> {
  const folder = await uploadFolder(config);
  const forgotten = new Set((await forgetImportRuns(pool)).map(String));
  const strayBefore = systemClock.now().getTime() - strayMsMax;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const run = /^(\d+)\./.exec(name)?.[1];
    // Another upload may have just moved its file away.
    const isOld =
      run === undefined
        ? ((await stat(path).catch(() => null))?.mtimeMs ?? Infinity) < strayBefore
        : forgotten.has(run);
    if (isOld) await rm(path, { force: true });
  }
}

/** What somebody may let a column become: what every person has, a field of its own, or nothing. */
export type ColumnChoice = ColumnMeaning | "field" | "ignore";

export interface PreviewColumn {
  /** Empty for a column without a name, which is left out. */
  readonly header: string;
  readonly guess: ColumnChoice;
  /** How a mail names it where it becomes a field. */
  readonly fieldName: string;
}

export interface ImportPreview {
  readonly columns: readonly PreviewColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** The header and the first rows, read as the import reads them. @throws InputError with the place */
export async function previewImport(config: AuditConfig, run: ImportRun): Promise<ImportPreview> {
  const stream = createReadStream(fileOf(config, run.id));
  try {
    for await (const { records } of readCsv(decodeCsv(readBytes(stream, run.fileName), run.fileName), run.fileName)) {
      const [header, ...rows] = records;
      if (!header) continue;
      return {
        columns: header.fields.map((text) => previewColumn(text.trim().normalize("NFC"))),
        rows: rows.slice(0, previewRows).map(({ fields }) => fields),
      };
    }
  } finally {
    stream.destroy();
  }
  throw new InputError({ code: "csv-header", message: "The file is empty.", place: { file: run.fileName } });
}

function previewColumn(header: string): PreviewColumn {
  const isLeftOut = header === "" || (rejectsColumns as readonly string[]).includes(header);
  return { header, guess: isLeftOut ? "ignore" : (meaningOf(header) ?? "field"), fieldName: attributeNameOf(header) };
}

/**
 * Every column is said, so that an import guesses nothing anew.
 * @param choices a `ColumnChoice` for each column; anything else leaves it out
 * @throws InputError `csv-header` where two give the same field
 */
export function chooseColumns(columns: readonly PreviewColumn[], choices: readonly string[]): ColumnOptions {
  const map: Record<string, string> = {};
  const ignore: string[] = [];
  for (const [index, { header, fieldName }] of columns.entries()) {
    if (header === "") continue;
    const choice = choices[index] ?? "ignore";
    const isMeaning = (columnMeanings as readonly string[]).includes(choice);
    if (!isMeaning && choice !== "field") {
      ignore.push(header);
      continue;
    }
    const target = isMeaning ? choice : fieldName;
    if (Object.hasOwn(map, target))
      throw new InputError({
        code: "csv-header",
        message: `The columns ${map[target]} and ${header} both give ${target}; leave one out.`,
      });
    map[target] = header;
  }
  return { map, ignore };
}

export interface ImportStart {
  readonly actor: Actor;
  readonly columns: ColumnOptions;
  /** Where these people said yes; kept with each subscription. */
  readonly source: string;
  /** Ends the import with nothing changed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the import and returns when it runs; what becomes of it stands in the run.
 * @returns a promise of the end, which never fails
 * @throws InputError where it can't be started
 */
export async function startImport(
  pool: Pool,
  config: AuditConfig,
  log: Logger,
  id: number,
  start: ImportStart,
): Promise<{ readonly ended: Promise<void> }> {
  const run = await findImportRun(pool, id);
  const source = start.source.trim();
  if (source === "" || source.length > consentCharactersMax)
    throw new InputError({
      code: "import-source",
      message: `Say where these people said yes, in at most ${consentCharactersMax} characters.`,
    });
  // What is wrong with the mapping is said on the page, not by a run that failed.
  const { columns } = await previewImport(config, run);
  mapColumns(
    columns.map(({ header }) => header),
    start.columns,
    run.fileName,
    1,
  );
  await beginImportRun(pool, id);
  return { ended: runImport(pool, config, log, run, { ...start, source }) };
}

async function runImport(
  pool: Pool,
  config: AuditConfig,
  log: Logger,
  run: ImportRun,
  { actor, columns, source, signal }: ImportStart,
): Promise<void> {
  let progress: { phase: "reading" | "merging"; rows: number } = { phase: "reading", rows: 0 };
  const say = () =>
    noteImportProgress(pool, run.id, progress).catch((error: unknown) =>
      log.warn({ import: run.id, reason: messageOf(error) }, "an import could not say how far it is"),
    );
  const timer = setInterval(() => void say(), sayEveryMs);
  try {
    const outcome = await importFile(pool, config, {
      ...columns,
      listId: run.listId,
      file: run.fileName,
      stream: createReadStream(fileOf(config, run.id), { highWaterMark: pieceBytes }),
      source,
      rejectsFile: rejectsOf(config, run.id),
      onProgress: ({ phase, rows }) => (progress = { phase, rows }),
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      log.warn({ import: run.id, reason: messageOf(error) }, "an import failed");
      return wordsOf(error, signal);
    });
    if (typeof outcome === "string") return await endImportRun(pool, run.id, outcome);
    const { accepted, updated, unchanged, rejected } = outcome;
    await endImportRun(pool, run.id, { accepted, updated, unchanged, rejected });
    const facts = { accepted, updated, rejected };
    await noteAudit(pool, config, { actor, action: "subscribers-imported", subject: `list:${run.list}`, facts });
  } catch (error) {
    // The page finds it by its silence.
    log.error({ import: run.id, reason: messageOf(error) }, "what became of an import could not be written down");
  } finally {
    clearInterval(timer);
    await rm(fileOf(config, run.id), { force: true }).catch(() => {});
  }
}

function wordsOf(error: unknown, signal: AbortSignal | undefined): string {
  // What came of a commit is told as it is, whatever else happened.
  if (error instanceof InputError || error instanceof UnavailableError) return error.message;
  if (signal?.aborted) return "Broadsheet was stopped. Nothing was taken.";
  return "It failed by a fault of ours, which the log names. Nothing was taken.";
}

import type { Pool } from "pg";
import { InputError } from "../../lib/errors.ts";

/** What an import says of itself at its end. */
export interface ImportCounts {
  readonly accepted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** A file that was brought to the console, and what became of it. */
export interface ImportRun {
  readonly id: number;
  readonly listId: number;
  readonly list: string;
  readonly listName: string;
  readonly madeBy: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly state: "uploaded" | "running" | "done" | "failed";
  readonly rowsRead: number;
  readonly phase: "reading" | "merging" | null;
  readonly counts: ImportCounts | null;
  readonly problem: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A run that has said nothing for this long has no process any more; it speaks every two seconds. */
const silentSeconds = 60;
/** Files hold addresses: they and what is known of them go after this. */
const keptDays = 7;

/** What became of one whose process died may be either: the last thing it does is one commit. */
const brokenOff =
  "It broke off: the process that ran it ended. Most likely nothing was taken. Import the file again; repeating an import changes nothing.";

const selectSql = `
SELECT r.id, r.list_id AS "listId", l.slug AS list, l.name AS "listName", u.name AS "madeBy", r.file_name AS "fileName",
  r.bytes, r.state, r.rows_read AS "rowsRead", r.phase, r.counts, r.problem, r.created_at AS "createdAt", r.finished_at AS "finishedAt"
FROM import_runs r JOIN lists l ON l.id = r.list_id JOIN users u ON u.id = r.made_by`;

const endBrokenSql = `
UPDATE import_runs SET state = 'failed', problem = $1, finished_at = now()
WHERE state = 'running' AND seen_at < now() - interval '${silentSeconds} seconds'`;

export async function addImportRun(
  pool: Pool,
  run: { readonly listId: number; readonly madeBy: number; readonly fileName: string; readonly bytes: number },
): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO import_runs (list_id, made_by, file_name, bytes) VALUES ($1, $2, $3, $4) RETURNING id",
    [run.listId, run.madeBy, run.fileName, run.bytes],
  );
  return rows[0]?.id as number;
}

/** @throws InputError `unknown-import` */
export async function findImportRun(pool: Pool, id: number): Promise<ImportRun> {
  await pool.query(endBrokenSql, [brokenOff]);
  const { rows } = await pool.query<ImportRun>(`${selectSql} WHERE r.id = $1`, [id]);
  if (!rows[0])
    throw new InputError({
      code: "unknown-import",
      message: `There is no such import; they are kept for ${keptDays} days.`,
    });
  return rows[0];
}

/** The newest first. */
export async function listImportRuns(pool: Pool, limit: number): Promise<readonly ImportRun[]> {
  await pool.query(endBrokenSql, [brokenOff]);
  const { rows } = await pool.query<ImportRun>(`${selectSql} ORDER BY r.id DESC LIMIT $1`, [limit]);
  return rows;
}

/** PostgreSQL, appendix A: `unique_violation`. */
const takenCode = "23505";

/** @throws InputError `import-running` while another one runs for the list, `import-started` where this one did already */
export async function beginImportRun(pool: Pool, id: number): Promise<void> {
  await pool.query(endBrokenSql, [brokenOff]);
  try {
    const { rowCount } = await pool.query(
      "UPDATE import_runs SET state = 'running', phase = 'reading', seen_at = now() WHERE id = $1 AND state = 'uploaded'",
      [id],
    );
    if (rowCount === 1) return;
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== takenCode) throw thrown;
    throw new InputError({
      code: "import-running",
      message: "Another file is being imported into this list. Start this one when that is done.",
    });
  }
  throw new InputError({
    code: "import-started",
    message: "This file was started already. Upload it again to repeat.",
  });
}

export async function noteImportProgress(
  pool: Pool,
  id: number,
  progress: { readonly phase: "reading" | "merging"; readonly rows: number },
): Promise<void> {
  await pool.query(
    "UPDATE import_runs SET phase = $2, rows_read = $3, seen_at = now() WHERE id = $1 AND state = 'running'",
    [id, progress.phase, progress.rows],
  );
}

/** @param outcome the counts, or what went wrong in words */
export async function endImportRun(pool: Pool, id: number, outcome: ImportCounts | string): Promise<void> {
  const isDone = typeof outcome !== "string";
  await pool.query(
    "UPDATE import_runs SET state = $2, counts = $3, problem = $4, finished_at = now() WHERE id = $1 AND state = 'running'",
    [id, isDone ? "done" : "failed", isDone ? JSON.stringify(outcome) : null, isDone ? null : outcome],
  );
}

/** Forgets runs that are past their time. @returns their numbers, for their files */
export async function forgetImportRuns(pool: Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `DELETE FROM import_runs WHERE state <> 'running' AND created_at < now() - interval '${keptDays} days' RETURNING id`,
  );
  return rows.map(({ id }) => id);
}

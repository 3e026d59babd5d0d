import type { Pool, PoolClient } from "pg";
import { InputError } from "../../lib/errors.ts";

/** A campaign that comes again: the newest issue of a folder, to a list, by a cron line in a zone. */
export interface RecurrenceRecord {
  readonly id: number;
  readonly cron: string;
  readonly zone: string;
  readonly folder: string;
  readonly list: string;
  readonly segment: string | null;
  /** Only an issue goes out whose send to this list and segment somebody approved. */
  readonly needsApproval: boolean;
  readonly nextAt: Date;
  readonly lastAt: Date | null;
  /** What became of the last time, in words. */
  readonly lastSaid: string | null;
}

export interface NewRecurrence {
  readonly cron: string;
  readonly zone: string;
  readonly folder: string;
  readonly listId: number;
  readonly segment: string | null;
  readonly needsApproval: boolean;
  readonly nextAt: Date;
}

const selectRecurrences = `
SELECT r.id, r.cron, r.zone, r.folder, l.slug AS list, r.segment, r.needs_approval AS "needsApproval",
  r.next_at AS "nextAt", r.last_at AS "lastAt", r.last_said AS "lastSaid"
FROM recurrences r JOIN lists l ON l.id = r.list_id`;

/** Recurrences planned in one look. */
const dueMax = 100;

export async function listRecurrences(pool: Pool): Promise<readonly RecurrenceRecord[]> {
  return (await pool.query<RecurrenceRecord>(`${selectRecurrences} ORDER BY r.id`)).rows;
}

export async function addRecurrence(db: Pool | PoolClient, recurrence: NewRecurrence): Promise<number> {
  const { cron, zone, folder, listId, segment, needsApproval, nextAt } = recurrence;
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO recurrences (cron, zone, folder, list_id, segment, needs_approval, next_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
    [cron, zone, folder, listId, segment, needsApproval, nextAt],
  );
  return rows[0]?.id as number;
}

/** @throws InputError `unknown-recurrence` */
export async function removeRecurrence(db: Pool | PoolClient, id: number): Promise<void> {
  const { rowCount } = await db.query("DELETE FROM recurrences WHERE id = $1", [id]);
  if (rowCount === 0)
    throw new InputError({
      code: "unknown-recurrence",
      message: `There is no recurrence ${id}; "broadsheet recurrences" lists them.`,
    });
}

/** Whose time has come, by the database's clock, the longest waiting first. */
export async function dueRecurrences(pool: Pool): Promise<readonly RecurrenceRecord[]> {
  const text = `${selectRecurrences} WHERE r.next_at <= now() ORDER BY r.next_at LIMIT ${dueMax}`;
  return (await pool.query<RecurrenceRecord>({ name: "due-recurrences", text })).rows;
}

/** Sets the next time; only the one who found this time due does, so that two dispatchers do it once. */
export async function advanceRecurrence(
  pool: Pool,
  { id, nextAt }: Pick<RecurrenceRecord, "id" | "nextAt">,
  next: Date,
  said: string,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    "UPDATE recurrences SET next_at = $3, last_at = $2, last_said = $4 WHERE id = $1 AND next_at = $2",
    [id, nextAt, next, said],
  );
  return rowCount === 1;
}

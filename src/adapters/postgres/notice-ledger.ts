import type { Pool, PoolClient } from "pg";
import type { NoticeContent, NoticeKind } from "../../domain/reader-request.ts";

/** What stands in the notices' queue. */
export interface NoticeJob {
  readonly notice: number;
  readonly turn: number;
}

export interface ClaimedNotice extends NoticeJob {
  readonly kind: NoticeKind;
  readonly listId: number;
  readonly address: string;
  readonly content: NoticeContent;
  readonly attempts: number;
  readonly ageMs: number;
  /** Milliseconds since 1970: the Date header, the same on every try. */
  readonly dateMs: number;
}

/** How a notice's turn ended; the same words as a delivery's. */
export interface NoticeSettlement extends NoticeJob {
  readonly state: "accepted" | "deferred" | "refused" | "skipped" | "uncertain";
  readonly dueInMs: number | null;
  readonly detail: string;
}

export interface QueuedNotice {
  readonly kind: NoticeKind;
  readonly listId: number;
  readonly address: string;
  readonly addressKey: string;
  readonly content: NoticeContent;
}

/** Enters a notice that the dispatcher hands out at its next round. @returns its number */
export async function queueNotice(db: Pool | PoolClient, notice: QueuedNotice): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    "INSERT INTO notices (kind, list_id, address, address_key, content) VALUES ($1, $2, $3, $4, $5) RETURNING id",
    [notice.kind, notice.listId, notice.address, notice.addressKey, JSON.stringify(notice.content)],
  );
  return rows[0]?.id as number;
}

/** How many notices this address got or is about to get in the last so many milliseconds. */
export async function countNotices(db: Pool | PoolClient, addressKey: string, withinMs: number): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM notices
     WHERE address_key = $1 AND kind <> 'forward' AND state <> 'skipped' AND created_at > now() - $2::float8 * interval '1 millisecond'`,
    [addressKey, withinMs],
  );
  return rows[0]?.count ?? 0;
}

/** Takes what is due and sets it ahead, so that a lost job comes back by itself. */
export async function handOutNotices(pool: Pool, limit: number, againMs: number): Promise<readonly NoticeJob[]> {
  const { rows } = await pool.query<NoticeJob>(
    `UPDATE notices SET due_at = now() + $2::float8 * interval '1 millisecond'
     WHERE id IN (SELECT id FROM notices WHERE due_at <= now() AND state IN ('pending', 'deferred') ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id AS notice, turn`,
    [limit, againMs],
  );
  return rows;
}

/** A claim whose time is over was lost with its worker: nobody knows whether the mail went, so nobody sends it again. */
export async function sweepNotices(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE notices SET state = 'uncertain', due_at = NULL, detail = 'its worker died or lost the connection'
     WHERE state = 'sending' AND lease_until <= now()`,
  );
  return rowCount ?? 0;
}

/**
 * Takes a notice: the turn is the job's and it is still open. Committed before the first byte goes out.
 * @param askAgain an earlier try got no answer: what this worker holds is its own
 */
export async function claimNotice(
  pool: Pool,
  job: NoticeJob,
  worker: number,
  leaseMs: number,
  askAgain: boolean,
): Promise<ClaimedNotice | null> {
  const returned = `id AS notice, turn, kind, list_id AS "listId", address, content, attempts,
    (extract(epoch FROM now() - created_at) * 1000)::float8 AS "ageMs", floor(extract(epoch FROM created_at) * 1000)::bigint AS "dateMs"`;
  const { rows } = await pool.query<ClaimedNotice>(
    `UPDATE notices SET state = 'sending', worker = $3, lease_until = now() + $4::float8 * interval '1 millisecond'
     WHERE id = $1 AND turn = $2 AND (state IN ('pending', 'deferred') OR ($5 AND state = 'sending' AND worker = $3))
     RETURNING ${returned}`,
    [job.notice, job.turn, worker, leaseMs, askAgain],
  );
  return rows[0] ?? null;
}

/** Accepted from `sending` and from `uncertain`; one that matches nothing was written already. */
export async function settleNoticeTurn(pool: Pool, settlement: NoticeSettlement): Promise<void> {
  await pool.query(
    `UPDATE notices SET state = $3::delivery_state, due_at = now() + $4::float8 * interval '1 millisecond', detail = $5,
       settled_at = now(), attempts = attempts + 1, turn = turn + ($3 = 'deferred')::int
     WHERE id = $1 AND turn = $2 AND state IN ('sending', 'uncertain')`,
    [settlement.notice, settlement.turn, settlement.state, settlement.dueInMs, settlement.detail.replaceAll("\0", "")],
  );
}

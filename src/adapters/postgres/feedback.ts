import type { Pool, PoolClient } from "pg";
import type { DeliveryId, DeliveryState } from "../../domain/delivery.ts";
import { partitionOf } from "./ledger/partition.ts";

/** Whom a delivery was for, and how both stand. */
export interface FeedbackParty {
  readonly subscriberId: number;
  /** `null` when the person was erased. */
  readonly addressKey: string | null;
  readonly listId: number;
  readonly state: DeliveryState;
  readonly lane: string;
}

/** `null` when there is no such delivery (any more). */
export async function findFeedbackParty(db: Pool | PoolClient, id: DeliveryId): Promise<FeedbackParty | null> {
  const { rows } = await db.query<FeedbackParty>({
    name: "feedback-party",
    text: `SELECT d.subscriber_id AS "subscriberId", s.address_key AS "addressKey", c.list_id AS "listId", d.state, d.lane
           FROM deliveries d JOIN campaigns c ON c.id = d.campaign_id LEFT JOIN subscribers s ON s.id = d.subscriber_id
           WHERE d.campaign_id = $1 AND d.number = $2`,
    values: [id.campaign, id.number],
  });
  return rows[0] ?? null;
}

export interface ReaderHistory {
  readonly softAtMs: readonly number[];
  readonly fullAtMs: readonly number[];
  /** For good: a provisional suppression still waits for a second proof. */
  readonly isSuppressed: boolean;
}

/**
 * Soft bounces and full mailboxes since the last sign of life: an answer, or an acceptance that no bounce followed while
 * mail systems still try (five days: RFC 5321 section 4.5.4.1).
 */
const historySql = `
WITH alive AS (
  SELECT greatest(
    (SELECT max(f.at) FROM feedback f WHERE f.subscriber_id = $1 AND f.kind = 'reply'),
    (SELECT max(d.settled_at) FROM deliveries d
     WHERE d.subscriber_id = $1 AND d.state = 'accepted' AND d.settled_at < now() - interval '5 days'
       AND NOT EXISTS (SELECT 1 FROM feedback b WHERE b.campaign_id = d.campaign_id AND b.number = d.number
                       AND b.kind IN ('hard', 'soft', 'full', 'policy', 'unknown')))
  ) AS at
)
SELECT
  coalesce(array_agg(extract(epoch FROM f.at)::float8 * 1000) FILTER (WHERE f.kind = 'soft'), '{}') AS "softAtMs",
  coalesce(array_agg(extract(epoch FROM f.at)::float8 * 1000) FILTER (WHERE f.kind = 'full'), '{}') AS "fullAtMs",
  EXISTS (SELECT 1 FROM suppressions x WHERE x.key = $2 AND NOT x.provisional) AS "isSuppressed"
FROM alive LEFT JOIN feedback f ON f.subscriber_id = $1 AND f.kind IN ('soft', 'full') AND f.trust IS NOT NULL
  AND f.at > coalesce(alive.at, '-infinity')`;

export async function readReaderHistory(
  db: Pool | PoolClient,
  subscriberId: number,
  addressKey: string | null,
): Promise<ReaderHistory> {
  const { rows } = await db.query<ReaderHistory>({
    name: "reader-history",
    text: historySql,
    values: [subscriberId, addressKey],
  });
  return rows[0] as ReaderHistory;
}

export interface NewFeedback {
  readonly source: string;
  readonly kind: string;
  readonly hard: boolean;
  readonly recipientKey: string | null;
  readonly status: string | null;
  readonly diagnostic: string;
  readonly action: string | null;
  readonly reason: string | null;
  readonly trust: string | null;
  readonly delivery: DeliveryId | null;
  readonly subscriberId: number | null;
  readonly lane: string | null;
  readonly effects: readonly string[];
  /** SHA-256 of what was said by which mail. */
  readonly digest: Buffer;
}

/** @returns whether it is new: what was recorded before has had its effects */
export async function recordFeedback(db: Pool | PoolClient, row: NewFeedback): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "record-feedback",
    text: `INSERT INTO feedback (source, kind, hard, recipient_key, status, diagnostic, action, reason, trust, campaign_id, number, subscriber_id, lane, effects, digest)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (digest) DO NOTHING`,
    values: [
      row.source,
      row.kind,
      row.hard,
      withoutNul(row.recipientKey),
      withoutNul(row.status),
      withoutNul(row.diagnostic),
      withoutNul(row.action),
      row.reason,
      row.trust,
      row.delivery?.campaign ?? null,
      row.delivery?.number ?? null,
      row.subscriberId,
      row.lane,
      row.effects,
      row.digest,
    ],
  });
  return rowCount === 1;
}

/** PostgreSQL's text holds every character but this one. */
function withoutNul(text: string | null): string | null {
  return text === null ? null : text.replaceAll("\0", "");
}

/** A report proves that the message was taken. Only an `uncertain` delivery is touched, so a late reply loses nothing. */
export async function settleUncertainByReport(db: Pool | PoolClient, id: DeliveryId): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE ${partitionOf(id.campaign)} SET state = 'accepted', due_at = NULL, settled_at = now(), detail = $2
     WHERE number = $1 AND state = 'uncertain'`,
    [id.number, settledByReport],
  );
  return rowCount === 1;
}

const settledByReport = "a report that came back proves that it was taken";

/** Reports about deliveries that were still on the wire when they came: a fast bounce of a worker that then died. */
export async function settleUncertainByEarlierReports(pool: Pool, withinMs: number): Promise<number> {
  const { rows } = await pool.query<{ campaign: number; numbers: number[] }>({
    name: "recent-reports",
    text: `SELECT f.campaign_id AS campaign, array_agg(DISTINCT f.number) AS numbers FROM feedback f JOIN campaigns c ON c.id = f.campaign_id
           WHERE f.at > now() - $1::float8 * interval '1 millisecond' AND f.trust IN ('token', 'message-id') GROUP BY f.campaign_id`,
    values: [withinMs],
  });
  let settled = 0;
  // Each campaign's own table: a join with all of them would have the planner look at every one.
  for (const { campaign, numbers } of rows) {
    const { rowCount } = await pool.query(
      `UPDATE ${partitionOf(campaign)} SET state = 'accepted', due_at = NULL, settled_at = now(), detail = $2
       WHERE number = ANY ($1::bigint[]) AND state = 'uncertain'`,
      [numbers, settledByReport],
    );
    settled += rowCount ?? 0;
  }
  return settled;
}

/** One row of what came back, for people. */
export interface FeedbackRecord {
  readonly at: Date;
  readonly source: string;
  readonly kind: string;
  readonly hard: boolean;
  readonly recipient: string | null;
  readonly status: string | null;
  readonly diagnostic: string;
  readonly reason: string | null;
  readonly trust: string | null;
  readonly delivery: string | null;
  readonly effects: readonly string[];
}

const recordColumns = `at, source, kind, hard, recipient_key AS recipient, status, diagnostic, reason, trust,
  campaign_id || '.' || number AS delivery, effects`;

/** More than a screen shows. */
const listedMax = 1_000;

/** What came back about one delivery, oldest first. */
export async function listDeliveryFeedback(pool: Pool, id: DeliveryId): Promise<readonly FeedbackRecord[]> {
  const { rows } = await pool.query<FeedbackRecord>(
    `SELECT ${recordColumns} FROM feedback WHERE campaign_id = $1 AND number = $2 ORDER BY at, id LIMIT ${listedMax}`,
    [id.campaign, id.number],
  );
  return rows;
}

/** The timeline of one person, newest first. */
export async function listSubscriberFeedback(pool: Pool, subscriberId: number): Promise<readonly FeedbackRecord[]> {
  const { rows } = await pool.query<FeedbackRecord>(
    `SELECT ${recordColumns} FROM feedback WHERE subscriber_id = $1 ORDER BY at DESC, id DESC LIMIT ${listedMax}`,
    [subscriberId],
  );
  return rows;
}

/** The newest rows of all, or of one kind. */
export async function listFeedback(
  pool: Pool,
  search: { readonly kind?: string; readonly campaign?: number; readonly limit: number },
): Promise<readonly FeedbackRecord[]> {
  const { rows } = await pool.query<FeedbackRecord>(
    `SELECT ${recordColumns} FROM feedback
     WHERE ($1::text IS NULL OR kind = $1) AND ($2::bigint IS NULL OR campaign_id = $2) ORDER BY id DESC LIMIT $3`,
    [search.kind ?? null, search.campaign ?? null, Math.min(search.limit, listedMax)],
  );
  return rows;
}

/** A row with the numbers by which a program goes on and looks up. */
export interface FeedbackEvent extends Omit<FeedbackRecord, "recipient" | "trust" | "hard"> {
  readonly id: number;
  readonly subscriberId: number | null;
}

/** A transaction that records feedback takes milliseconds; within this even a slow one is over. */
const settledSeconds = 10;

/**
 * In the order of their numbers, from after one on. What was recorded in the last seconds waits: a transaction that ends later
 * may hold a smaller number, and whoever goes on from a larger one would never see it.
 */
export async function listFeedbackAfter(
  pool: Pool,
  search: { readonly after: number; readonly kind?: string; readonly campaign?: number; readonly limit: number },
): Promise<readonly FeedbackEvent[]> {
  const { rows } = await pool.query<FeedbackEvent>(
    `SELECT id, ${recordColumns}, subscriber_id AS "subscriberId" FROM feedback
     WHERE id > $1 AND ($2::text IS NULL OR kind = $2) AND ($3::bigint IS NULL OR campaign_id = $3)
       AND id < coalesce((SELECT min(f.id) FROM feedback f WHERE f.at > now() - interval '${settledSeconds} seconds'), ${Number.MAX_SAFE_INTEGER})
     ORDER BY id LIMIT $4`,
    [search.after, search.kind ?? null, search.campaign ?? null, Math.min(search.limit, listedMax)],
  );
  return rows;
}

export interface FeedbackCount {
  readonly kind: string;
  readonly reason: string | null;
  readonly findings: number;
  readonly deliveries: number;
}

/** What came back of a campaign, for its report. */
export async function countCampaignFeedback(pool: Pool, campaign: number): Promise<readonly FeedbackCount[]> {
  const { rows } = await pool.query<FeedbackCount>(
    `SELECT kind, reason, count(*) AS findings, count(DISTINCT number) AS deliveries FROM feedback
     WHERE campaign_id = $1 GROUP BY kind, reason ORDER BY count(*) DESC, kind, reason`,
    [campaign],
  );
  return rows;
}

import type { Pool, PoolClient } from "pg";

/** A refusal in our own SMTP session that nobody has judged yet. */
export interface UnjudgedRefusal {
  /** Where the row stands; good for this transaction only. */
  readonly place: string;
  readonly campaign: number;
  readonly number: number;
  readonly turn: number;
  readonly phase: string | null;
  readonly code: number | null;
  readonly enhanced: string | null;
  readonly reply: string;
  /** `null` when the person was erased. */
  readonly address: string | null;
}

/** Takes refusals for the length of the transaction; those that another process holds are left to it. */
export async function takeUnjudgedRefusals(client: PoolClient, limit: number): Promise<readonly UnjudgedRefusal[]> {
  const { rows } = await client.query<UnjudgedRefusal>({
    name: "unjudged-refusals",
    text: `WITH taken AS MATERIALIZED (
             SELECT ctid AS place, * FROM attempts WHERE outcome = 'refused' AND NOT judged ORDER BY ended_at LIMIT $1 FOR UPDATE SKIP LOCKED
           )
           SELECT t.place::text, t.campaign_id AS campaign, t.number, t.turn, t.phase, t.code, t.enhanced, t.reply, s.address
           FROM taken t LEFT JOIN deliveries d ON d.campaign_id = t.campaign_id AND d.number = t.number
           LEFT JOIN subscribers s ON s.id = d.subscriber_id ORDER BY t.ended_at`,
    values: [limit],
  });
  return rows;
}

/** What the ledger says of a try stays; that its meaning was drawn is all that changes. */
export async function markRefusalsJudged(client: PoolClient, places: readonly string[]): Promise<void> {
  await client.query({
    name: "mark-judged",
    text: "UPDATE attempts SET judged = true WHERE ctid = ANY ($1::tid[])",
    values: [places],
  });
}

/**
 * Suppressions that waited long enough for a second proof are lifted, so that the next mail is the later try that decides;
 * lanes whose hard bounces still can't be believed wait on.
 * @returns how many may be mailed again
 */
export async function liftProvisional(pool: Pool, olderThanMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    `WITH lifted AS (
       DELETE FROM suppressions WHERE provisional AND created_at < now() - $1::float8 * interval '1 millisecond' RETURNING key
     ) INSERT INTO suppression_log (key, action, reason, source)
     SELECT key, 'lifted', 'its provider was not believed; the next mail is the second try', 'feedback' FROM lifted`,
    [olderThanMs],
  );
  return rowCount ?? 0;
}

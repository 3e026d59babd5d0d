import type { Pool } from "pg";
import type { Settlement } from "../../../domain/ledger.ts";
import { partitionOf } from "./partition.ts";

/**
 * Writes outcomes. Accepted from `sending` and from `uncertain` (a late reply is still a reply); a row that matches nothing
 * was already written or is superseded. The record of tries is written only with the row, so that repeating is harmless.
 */
const settleSql = (table: string): string => `
WITH s AS (
  SELECT * FROM unnest($2::bigint[], $3::int[], $4::text[], $5::float8[], $6::bool[], $7::text[])
    AS s(number, turn, state, due_in_ms, counts, detail)
), done AS (
  UPDATE ${table} d SET
    state = s.state::delivery_state,
    due_at = now() + s.due_in_ms * interval '1 millisecond',
    turn = d.turn + (s.state = 'deferred')::int,
    attempts = d.attempts + s.counts::int,
    settled_at = now(),
    detail = s.detail
  FROM s
  WHERE d.number = s.number AND d.turn = s.turn AND d.state IN ('sending', 'uncertain')
  RETURNING d.number, s.turn, s.state
), reopened AS (
  -- A late "try again" for a row that was uncertain when its campaign closed: somebody must look at it.
  UPDATE campaigns SET state = 'sending', finished_at = NULL
  WHERE id = $1 AND state = 'sent' AND EXISTS (SELECT 1 FROM done WHERE state = 'deferred')
)
INSERT INTO attempts (campaign_id, number, turn, server, outcome, phase, code, enhanced, reply)
SELECT $1, t.number, done.turn, t.server, t.outcome, t.phase, t.code, t.enhanced, t.reply
FROM unnest($8::bigint[], $9::text[], $10::text[], $11::text[], $12::int[], $13::text[], $14::text[])
  AS t(number, server, outcome, phase, code, enhanced, reply)
JOIN done USING (number)`;

/** Settles a batch of one campaign; committed when it answers. */
export async function settleBatch(pool: Pool, campaign: number, settlements: readonly Settlement[]): Promise<void> {
  const tried = settlements.filter((settlement) => settlement.attempt !== undefined);
  await pool.query({
    name: `settle-${campaign}`,
    text: settleSql(partitionOf(campaign)),
    values: [
      campaign,
      settlements.map((settlement) => settlement.delivery.number),
      settlements.map((settlement) => settlement.turn),
      settlements.map((settlement) => settlement.state),
      settlements.map((settlement) => settlement.dueInMs),
      settlements.map((settlement) => settlement.countsAsAttempt),
      settlements.map((settlement) => withoutNul(settlement.detail)),
      tried.map((settlement) => settlement.delivery.number),
      tried.map((settlement) => settlement.attempt?.server),
      tried.map((settlement) => settlement.attempt?.outcome),
      tried.map((settlement) => settlement.attempt?.phase),
      tried.map((settlement) => settlement.attempt?.code),
      tried.map((settlement) => settlement.attempt?.enhanced),
      tried.map((settlement) => withoutNul(settlement.attempt?.reply ?? "")),
    ],
  });
}

/** PostgreSQL's text takes every character but NUL. */
function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

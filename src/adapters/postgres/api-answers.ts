import type { Pool } from "pg";

/** The longest that the same key gives the same answer. */
const keptMs = 24 * 3_600_000;
/** No request takes half as long: one that has no answer by then died with its process, and the next may do it. */
const runningMsMax = 60_000;
/** However many come in a day: past this the oldest go first. */
const answersMax = 200_000;
/** Each new one takes a few old ones away, so that nothing else has to. */
const sweptRows = 100;

export type ClaimedAnswer =
  | { readonly state: "mine"; readonly id: number }
  | { readonly state: "running" }
  | { readonly state: "another-request" }
  | { readonly state: "answered"; readonly status: number; readonly body: string };

/**
 * Takes a key for a request, or finds what the first of it was answered.
 * @param request SHA-256 of all that makes the request
 */
export async function claimAnswer(
  pool: Pool,
  claim: { readonly token: number; readonly key: string; readonly request: Buffer },
): Promise<ClaimedAnswer> {
  const { token, key, request } = claim;
  const { rows } = await pool.query<{ id: number }>({
    name: "claim-answer",
    text: `
      INSERT INTO api_answers AS a (token_id, key, request) VALUES ($1, $2, $3)
      ON CONFLICT (token_id, key) DO UPDATE
        SET request = excluded.request, status = NULL, body = NULL, subscriber_id = NULL, created_at = now()
        WHERE a.created_at < now() - $4::float8 * interval '1 millisecond'
           OR (a.status IS NULL AND a.request = excluded.request AND a.created_at < now() - $5::float8 * interval '1 millisecond')
      RETURNING id`,
    values: [token, key, request, keptMs, runningMsMax],
  });
  const mine = rows[0];
  if (mine) {
    await sweep(pool, mine.id);
    return { state: "mine", id: mine.id };
  }
  const found = await pool.query<{ status: number | null; body: string | null; request: Buffer }>(
    "SELECT status, body, request FROM api_answers WHERE token_id = $1 AND key = $2",
    [token, key],
  );
  const row = found.rows[0];
  // Given up or swept between the two statements: whoever tries again gets it.
  if (!row) return { state: "running" };
  if (!row.request.equals(request)) return { state: "another-request" };
  return row.status === null ? { state: "running" } : { state: "answered", status: row.status, body: row.body ?? "" };
}

export async function keepAnswer(
  pool: Pool,
  id: number,
  answer: { readonly status: number; readonly body: string; readonly subscriber: number | null },
): Promise<void> {
  await pool.query("UPDATE api_answers SET status = $2, body = $3, subscriber_id = $4 WHERE id = $1", [
    id,
    answer.status,
    answer.body,
    answer.subscriber,
  ]);
}

/** Nothing was done: the same key may be tried again. */
export async function giveUpAnswer(pool: Pool, id: number): Promise<void> {
  await pool.query("DELETE FROM api_answers WHERE id = $1", [id]);
}

async function sweep(pool: Pool, newest: number): Promise<void> {
  await pool.query({
    name: "sweep-answers",
    text: `DELETE FROM api_answers WHERE id IN (
             SELECT id FROM api_answers
             WHERE created_at < now() - $1::float8 * interval '1 millisecond' OR id <= $2
             ORDER BY id LIMIT ${sweptRows} FOR UPDATE SKIP LOCKED)`,
    values: [keptMs, newest - answersMax],
  });
}

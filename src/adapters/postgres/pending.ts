import type { Pool, PoolClient } from "pg";

/** Shows a sign-up that waits for its confirmation. One who was on the list before, in whatever way, stays as she is. */
export async function addPending(
  client: PoolClient,
  pending: {
    readonly subscriberId: number;
    readonly listId: number;
    readonly consent: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await client.query(
    `INSERT INTO subscriptions (list_id, subscriber_id, status, consent) VALUES ($1, $2, 'pending', $3)
     ON CONFLICT (list_id, subscriber_id) DO NOTHING`,
    [pending.listId, pending.subscriberId, JSON.stringify(pending.consent)],
  );
}

/**
 * Forgets sign-ups whose link ran out unconfirmed, with the people of whom nothing else is known, requests that are long
 * past, and what old notices said to whom.
 * @param keepMs how long requests and notices are kept when nothing waits for them
 */
export async function forgetExpired(pool: Pool, keepMs: number): Promise<number> {
  const stale = await pool.query<{ subscriber_id: number }>(
    `DELETE FROM subscriptions m USING subscribers s, reader_requests r
     WHERE m.status = 'pending' AND s.id = m.subscriber_id AND r.kind = 'sign-up' AND r.list_id = m.list_id
       AND r.address_key = s.address_key AND r.expires_at <= now() AND r.confirmed_at IS NULL AND r.mail_due_at IS NULL
     RETURNING m.subscriber_id`,
  );
  if (stale.rows.length > 0) {
    await pool.query(
      `DELETE FROM subscribers s WHERE s.id = ANY ($1::bigint[])
         AND NOT EXISTS (SELECT 1 FROM subscriptions m WHERE m.subscriber_id = s.id)
         AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscriber_id = s.id)`,
      [stale.rows.map((row) => row.subscriber_id)],
    );
  }
  await pool.query(
    `DELETE FROM reader_requests WHERE mail_due_at IS NULL AND coalesce(expires_at, asked_at) < now() - $1::float8 * interval '1 millisecond'`,
    [keepMs],
  );
  await pool.query(
    "DELETE FROM notices WHERE due_at IS NULL AND state <> 'sending' AND created_at < now() - $1::float8 * interval '1 millisecond'",
    [keepMs],
  );
  return stale.rows.length;
}

import type { Pool, PoolClient } from "pg";

/** The proof of a membership, kept with it: when, which wording, where from. */
export type Consent = Readonly<Record<string, unknown>>;

/**
 * Puts a person on a list as `pending` (to be confirmed) or `confirmed`. One who is confirmed already stays as she is;
 * one who left comes back only so, by her own press or an operator's.
 * @returns whether anything changed
 */
export async function subscribe(
  db: Pool | PoolClient,
  subscription: {
    readonly subscriberId: number;
    readonly listId: number;
    readonly status: "pending" | "confirmed";
    readonly consent: Consent;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "subscribe",
    text: `INSERT INTO subscriptions AS m (list_id, subscriber_id, status, consent)
           SELECT $1, s.id, $3::subscription_status, $4::jsonb FROM subscribers s WHERE s.id = $2 FOR KEY SHARE
           ON CONFLICT (list_id, subscriber_id) DO UPDATE SET status = excluded.status, consent = excluded.consent, changed_at = now()
           WHERE m.status <> 'confirmed' AND m.status <> excluded.status`,
    values: [subscription.listId, subscription.subscriberId, subscription.status, JSON.stringify(subscription.consent)],
  });
  return rowCount === 1;
}

/**
 * Takes a person off a list, or off every list. Doing it twice is as good as once. A row stays (made where there was
 * none), so that no import brings the person back.
 * @param how kept beside the consent: `{ by: "one-click", .. }`
 * @returns how many subscriptions ended
 */
export async function unsubscribe(
  db: Pool | PoolClient,
  leaving: {
    readonly subscriberId: number;
    readonly listId: number | "all";
    readonly how: Readonly<Record<string, unknown>>;
  },
): Promise<number> {
  const { rowCount } = await db.query({
    name: leaving.listId === "all" ? "unsubscribe-all" : "unsubscribe",
    text: leaving.listId === "all" ? leaveAllSql : leaveSql,
    values: [leaving.subscriberId, JSON.stringify(leaving.how), ...(leaving.listId === "all" ? [] : [leaving.listId])],
  });
  return rowCount ?? 0;
}

const change = `status = 'unsubscribed', changed_at = now(), paused_until = NULL,
  consent = m.consent || jsonb_build_object('left', $2::jsonb || jsonb_build_object('at', now(), 'was', m.status))`;

const leaveAllSql = `UPDATE subscriptions m SET ${change} WHERE m.subscriber_id = $1 AND m.status <> 'unsubscribed'`;

const leaveSql = `
INSERT INTO subscriptions AS m (subscriber_id, list_id, status, consent)
SELECT s.id, $3, 'unsubscribed', jsonb_build_object('left', $2::jsonb || jsonb_build_object('at', now()))
FROM subscribers s WHERE s.id = $1 FOR KEY SHARE
ON CONFLICT (list_id, subscriber_id) DO UPDATE SET ${change} WHERE m.status <> 'unsubscribed'`;

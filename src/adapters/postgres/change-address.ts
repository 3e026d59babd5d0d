import type { PoolClient } from "pg";

/**
 * A person goes on under another address. Where that address is a subscriber already, the two are one person from now on:
 * the lists of the old address are that one's too, and nothing she left there comes back by itself.
 */
export async function changeAddress(
  client: PoolClient,
  subscriberId: number,
  to: { readonly key: string; readonly address: string; readonly domain: string },
): Promise<void> {
  const found = await client.query<{ id: number }>("SELECT id FROM subscribers WHERE address_key = $1 FOR UPDATE", [
    to.key,
  ]);
  const other = found.rows[0]?.id;
  if (other === undefined || other === subscriberId) {
    await client.query(
      "UPDATE subscribers SET address_key = $2, address = $3, domain = $4, updated_at = now() WHERE id = $1",
      [subscriberId, to.key, to.address, to.domain],
    );
  } else {
    await client.query(
      `INSERT INTO subscriptions AS m (list_id, subscriber_id, status, consent, joined_at)
       SELECT list_id, $2, status, consent, joined_at FROM subscriptions WHERE subscriber_id = $1
       ON CONFLICT (list_id, subscriber_id) DO UPDATE SET status = 'confirmed', consent = excluded.consent, changed_at = now()
       WHERE m.status = 'pending' AND excluded.status = 'confirmed'`,
      [subscriberId, other],
    );
    await client.query("DELETE FROM subscribers WHERE id = $1", [subscriberId]);
  }
  await client.query(
    `UPDATE subscriptions SET consent = consent || jsonb_build_object('addressChangedAt', now()) WHERE subscriber_id = $1`,
    [other ?? subscriberId],
  );
}

import type { Pool, PoolClient } from "pg";
import type { Address } from "../../domain/address.ts";
import { erasedKeysOf } from "../../domain/erased-address.ts";
import { assert } from "../../lib/assert.ts";
import { inTransaction } from "./transaction.ts";
import { openCursor } from "./cursor.ts";

export interface Erasure {
  /** Whether the person was known. */
  readonly found: boolean;
  /** Deliveries whose frozen values were cleared. */
  readonly deliveries: number;
}

/** What stands in a server's reply instead of the address it quoted. */
const redacted = "[erased]";

/**
 * Erases a person: the subscriber with all memberships, what she asked for and the notices sent to her, the values frozen for
 * retries, and the address wherever a server's reply quotes it. What remains is a keyed hash in the suppressions, so that no import and no restored backup brings the
 * person back. Deliveries keep their number and state: the balance of a campaign holds. An open one is skipped at its claim.
 * @param keys of `createErasureKeys`, the current one first
 */
export async function eraseSubscriber(
  db: Pool | PoolClient,
  address: Pick<Address, "key" | "address" | "wire">,
  keys: readonly Buffer[],
  source: string,
): Promise<Erasure> {
  return inTransaction(db, (client) => erase(client, address, keys, source));
}

async function erase(
  client: PoolClient,
  address: Pick<Address, "key" | "address" | "wire">,
  keys: readonly Buffer[],
  source: string,
): Promise<Erasure> {
  const [tombstone] = erasedKeysOf(address.key, keys);
  assert(tombstone !== undefined, "A person is erased with at least one key.");
  const { rows } = await client.query<{ id: number; address: string }>(
    "DELETE FROM subscribers WHERE address_key = $1 RETURNING id, address",
    [address.key],
  );
  const person = rows[0];
  let deliveries = 0;
  if (person) {
    const spellings = [...new Set([person.address, address.address, address.wire, address.key])];
    deliveries = await clearLedger(client, person.id, `(?:${spellings.map(escapePattern).join("|")})`);
    // What came back stays as numbers of its campaign; what a report or an answer said is hers.
    await client.query("UPDATE feedback SET recipient_key = NULL, diagnostic = '' WHERE subscriber_id = $1", [
      person.id,
    ]);
  }
  await client.query("DELETE FROM feedback WHERE subscriber_id IS NULL AND recipient_key = $1", [address.key]);
  await client.query("DELETE FROM notices WHERE address_key = $1 OR lower(address) = $1", [address.key]);
  await client.query("DELETE FROM reader_requests WHERE address_key = $1 OR subscriber_id = $2", [
    address.key,
    person?.id ?? null,
  ]);
  await client.query("DELETE FROM audit_details WHERE address_key = $1", [address.key]);
  await client.query("DELETE FROM api_answers WHERE subscriber_id = $1 OR strpos(lower(body), $2) > 0", [
    person?.id ?? null,
    address.key,
  ]);
  // The reason that stood against the address would name it; the tombstone says enough.
  await client.query("DELETE FROM suppressions WHERE key = $1", [address.key]);
  await client.query("UPDATE suppression_log SET key = $2 WHERE key = $1", [address.key, tombstone]);
  await client.query(
    `WITH added AS (
       INSERT INTO suppressions (key, reason, source) VALUES ($1, 'erased', $2) ON CONFLICT (key) DO NOTHING RETURNING key
     ) INSERT INTO suppression_log (key, action, reason, source) SELECT key, 'added', 'erased', $2 FROM added`,
    [tombstone, source],
  );
  return { found: person !== undefined, deliveries };
}

async function clearLedger(client: PoolClient, subscriberId: number, pattern: string): Promise<number> {
  await client.query(
    `UPDATE attempts a SET reply = regexp_replace(a.reply, $2, '${redacted}', 'gi')
     FROM deliveries d WHERE d.subscriber_id = $1 AND a.campaign_id = d.campaign_id AND a.number = d.number AND a.reply ~* $2`,
    [subscriberId, pattern],
  );
  const { rowCount } = await client.query(
    `UPDATE deliveries SET frozen = NULL, detail = regexp_replace(detail, $2, '${redacted}', 'gi')
     WHERE subscriber_id = $1 AND (frozen IS NOT NULL OR detail ~* $2)`,
    [subscriberId, pattern],
  );
  return rowCount ?? 0;
}

/** A backslash before an ASCII character that is no letter or digit means that very character. */
function escapePattern(text: string): string {
  return text.replace(/[!-/:-@[-`{-~ ]/g, "\\$&");
}

const batchRows = 1_000;

/**
 * After a restore: erases again everyone whose tombstone stands. The tombstones come from where they outlived the restore,
 * such as an export of the suppressions that was imported again.
 * @returns how many were there again
 */
export async function eraseAgain(pool: Pool, keys: readonly Buffer[], source: string): Promise<number> {
  const tombstones = await pool.query<{ key: string }>("SELECT key FROM suppressions WHERE key LIKE '#%'");
  const erased = new Set(tombstones.rows.map(({ key }) => key));
  if (erased.size === 0) return 0;
  const returned: { readonly key: string; readonly address: string; readonly wire: string }[] = [];
  const client = await pool.connect();
  try {
    const cursor = openCursor<{ address_key: string; address: string }>(
      client,
      "SELECT address_key, address FROM subscribers",
    );
    for (;;) {
      const rows = await cursor.read(batchRows);
      if (rows.length === 0) break;
      for (const { address_key: key, address } of rows) {
        if (erasedKeysOf(key, keys).some((tombstone) => erased.has(tombstone)))
          returned.push({ key, address, wire: key });
      }
    }
  } finally {
    // Closing the session closes the cursor, whatever happened.
    client.release(true);
  }
  for (const person of returned) await eraseSubscriber(pool, person, keys, source);
  return returned.length;
}

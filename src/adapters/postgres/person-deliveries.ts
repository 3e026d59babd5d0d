import type { Pool } from "pg";

/** The address key of a subscriber's number; `null` for one who isn't there, or no longer. */
export async function findAddressKey(pool: Pool, subscriberId: number): Promise<string | null> {
  const { rows } = await pool.query<{ key: string }>("SELECT address_key AS key FROM subscribers WHERE id = $1", [
    subscriberId,
  ]);
  return rows[0]?.key ?? null;
}

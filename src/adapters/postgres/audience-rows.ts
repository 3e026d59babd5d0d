import type { Pool } from "pg";
import { openCursor } from "./cursor.ts";

/** A member of a list who would be mailed. */
export interface AudienceRow {
  readonly address: string;
  readonly addressKey: string;
  readonly domain: string;
  readonly lang: string | null;
  readonly zone: string | null;
  readonly topics: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly joinedAt: Date;
}

const batchRows = 2_000;

/** The confirmed members of a list in batches: one state of the database, a bounded amount at a time. */
export async function* readAudience(pool: Pool, listId: number): AsyncGenerator<readonly AudienceRow[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const cursor = openCursor<AudienceRow>(
      client,
      `SELECT s.address, s.address_key AS "addressKey", s.domain, s.lang, s.zone, s.topics, s.attributes,
           s.created_at AS "joinedAt"
         FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
         WHERE m.list_id = $1 AND m.status = 'confirmed'`,
      [listId],
    );
    for (;;) {
      const rows = await cursor.read(batchRows);
      if (rows.length === 0) break;
      yield rows;
    }
    await client.query("COMMIT");
    broken = false;
  } finally {
    // One who stops in the middle leaves a cursor and a transaction behind, which the session's end closes.
    client.release(broken);
  }
}

import type { Pool } from "pg";
import { partitionOf } from "./partition.ts";

/** Mails that were accepted in the last full minute, counted from rows. @param campaign a planned one */
export async function countAcceptedInMinute(pool: Pool, campaign: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) FROM ${partitionOf(campaign)} WHERE state = 'accepted' AND settled_at > now() - interval '1 minute'`,
  );
  return rows[0]?.count ?? 0;
}

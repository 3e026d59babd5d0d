import type { Pool } from "pg";
import type { Balance } from "../../../domain/ledger.ts";
import { partitionOf } from "./partition.ts";

/**
 * The balance of a campaign: `planned` as the plan stored it, everything else counted from rows in one statement, so that
 * it holds at every instant (docs/decisions/0001-counts-from-rows.md).
 * @returns `null` when there is no such campaign or it is not planned yet
 */
export async function readBalance(pool: Pool, campaign: number): Promise<Balance | null> {
  const known = await pool.query("SELECT 1 FROM campaigns WHERE id = $1 AND planned IS NOT NULL", [campaign]);
  if (known.rowCount === 0) return null;
  const { rows } = await pool.query<Balance>(`
    SELECT c.planned, d.accepted, d.refused, d.skipped, d.uncertain, d.remaining
    FROM campaigns c, (
      SELECT count(*) FILTER (WHERE state = 'accepted') AS accepted,
             count(*) FILTER (WHERE state = 'refused') AS refused,
             count(*) FILTER (WHERE state = 'skipped') AS skipped,
             count(*) FILTER (WHERE state = 'uncertain') AS uncertain,
             count(*) FILTER (WHERE state IN ('pending', 'deferred', 'sending')) AS remaining
      FROM ${partitionOf(campaign)}) d
    WHERE c.id = ${campaign}`);
  return rows[0] ?? null;
}

/** Why deliveries ended as they did: each state's details with their counts, most first. */
export async function readReasons(
  pool: Pool,
  campaign: number,
): Promise<readonly { readonly state: string; readonly detail: string; readonly count: number }[]> {
  const { rows } = await pool.query<{ state: string; detail: string; count: number }>(`
    SELECT state, detail, count(*) FROM ${partitionOf(campaign)}
    WHERE state IN ('refused', 'skipped', 'uncertain', 'deferred') AND detail IS NOT NULL
    GROUP BY state, detail ORDER BY state, count(*) DESC, detail LIMIT ${reasonsMax}`);
  return rows;
}

/** A report with more different reasons than this reads no better. */
const reasonsMax = 100;

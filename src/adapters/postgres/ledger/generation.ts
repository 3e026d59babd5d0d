import type { Pool } from "pg";

/** The number that a restored backup takes back with it. */
export async function readGeneration(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ generation: number }>({
    name: "read-generation",
    text: "SELECT generation FROM installation",
  });
  return rows[0]?.generation as number;
}

/** @param least what it must at least become: one above what a witness has seen */
export async function raiseGeneration(pool: Pool, least = 0): Promise<number> {
  const { rows } = await pool.query<{ generation: number }>({
    name: "raise-generation",
    text: "UPDATE installation SET generation = greatest(generation + 1, $1::bigint) RETURNING generation",
    values: [least],
  });
  return rows[0]?.generation as number;
}

/** Everything that would go out waits for a person. @returns the campaigns that it stopped */
export async function holdCampaigns(pool: Pool, reason: string): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>({
    name: "hold-campaigns",
    text: `UPDATE campaigns SET state = 'paused', state_reason = $1
           WHERE state IN ('scheduled', 'sending') AND planned IS NOT NULL RETURNING id`,
    values: [reason],
  });
  return rows.map((row) => row.id);
}

/**
 * Campaigns whose time passed long ago without their having begun: the installation stood still, or is an old copy.
 * One that was planned lately for a time that had passed was meant so.
 */
export async function holdLateCampaigns(pool: Pool, lateAfterMs: number): Promise<readonly number[]> {
  const { rows } = await pool.query<{ id: number }>({
    name: "hold-late-campaigns",
    text: `UPDATE campaigns SET state = 'paused', state_reason =
             'it should have begun at ' || to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') ||
             ' and is late: "broadsheet campaigns confirm ' || id || '" sends it now, "cancel" does not'
           WHERE state = 'scheduled' AND planned IS NOT NULL AND began_at IS NULL AND confirmed_at IS NULL
             AND greatest(starts_at, planned_at) < now() - $1::float8 * interval '1 millisecond' RETURNING id`,
    values: [lateAfterMs],
  });
  return rows.map((row) => row.id);
}

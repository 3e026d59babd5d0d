import type { Pool, PoolClient } from "pg";

/** Hard bounces of a lane in the last hour, and of how many tries. */
export interface LaneHour {
  readonly attempted: number;
  readonly hard: number;
  /** Share of hard bounces in the month before, 0 to 1. */
  readonly baselineRate: number;
}

/** Hard bounces of the hour; a report of last week's mail counts for the hour in which it came. */
export async function countHardInHour(db: Pool | PoolClient, lane: string): Promise<number> {
  const { rows } = await db.query<{ hard: number }>({
    name: "lane-hard-hour",
    text: `SELECT count(*) AS hard FROM feedback WHERE at > now() - interval '1 hour' AND lane = $1 AND hard AND trust IS NOT NULL`,
    values: [lane],
  });
  return rows[0]?.hard ?? 0;
}

/**
 * The lane's hour beside its month. Tries are counted from the rows of the campaigns of that time, which takes a second for
 * a million of them: ask only when there are hard bounces enough to matter, and keep the answer for a while.
 */
export async function readLaneHour(db: Pool | PoolClient, lane: string): Promise<LaneHour> {
  const { rows } = await db.query<LaneHour>(
    `WITH recent AS (
       SELECT id FROM campaigns WHERE planned_at > now() - interval '30 days' ORDER BY id DESC LIMIT ${campaignsMax}
     ), tries AS (
       SELECT count(*) FILTER (WHERE d.settled_at > now() - interval '1 hour') AS hour,
              count(*) FILTER (WHERE d.settled_at <= now() - interval '1 hour') AS before
       FROM deliveries d
       WHERE d.campaign_id IN (SELECT id FROM recent) AND d.lane = $1 AND d.state IN ('accepted', 'refused', 'uncertain')
     ), hard AS (
       SELECT count(*) FILTER (WHERE f.at > now() - interval '1 hour') AS hour,
              count(*) FILTER (WHERE f.at <= now() - interval '1 hour' AND f.campaign_id IN (SELECT id FROM recent)) AS before
       FROM feedback f WHERE f.at > now() - interval '30 days' AND f.lane = $1 AND f.hard AND f.trust IS NOT NULL
     )
     SELECT greatest(tries.hour, hard.hour) AS attempted, hard.hour AS hard,
       CASE WHEN tries.before = 0 THEN 0 ELSE least(1, hard.before::float8 / tries.before) END AS "baselineRate"
     FROM tries, hard`,
    [lane],
  );
  return rows[0] as LaneHour;
}

/** A month of daily campaigns. */
const campaignsMax = 30;

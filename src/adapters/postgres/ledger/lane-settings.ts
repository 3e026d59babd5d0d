import type { Pool } from "pg";
import { defaultLane } from "../../../domain/lane.ts";
import { InputError } from "../../../lib/errors.ts";

/** A lane as an operator sees it. */
export interface LaneRecord {
  readonly name: string;
  readonly domains: readonly string[];
  /** Mails a second over all processes; `null` is as fast as the workers are. */
  readonly perSecond: number | null;
  readonly concurrency: number;
  readonly slowedUntil: Date | null;
  readonly pausedReason: string | null;
  readonly dailyCap: number | null;
  /** Share by which the cap grows each day. */
  readonly dailyGrowth: number;
  /** The first day of the warm-up, `YYYY-MM-DD`, UTC. */
  readonly warmUpSince: string | null;
  readonly capToday: number | null;
  /** Counted only while there is a cap. */
  readonly claimedToday: number;
}

/** What an operator may set; what is absent stays. */
export interface LaneChanges {
  readonly domains?: readonly string[];
  readonly perSecond?: number | null;
  readonly concurrency?: number;
  readonly dailyCap?: number | null;
  readonly dailyGrowth?: number;
}

export async function listLanes(pool: Pool): Promise<readonly LaneRecord[]> {
  const { rows } = await pool.query<LaneRecord>(`
    SELECT l.name, l.domains, l.per_second::float8 AS "perSecond", l.concurrency, l.slowed_until AS "slowedUntil",
      l.paused_reason AS "pausedReason", l.daily_cap AS "dailyCap", round(l.daily_growth::numeric, 4)::float8 AS "dailyGrowth",
      l.warm_up_since::text AS "warmUpSince", lane_cap(l.daily_cap, l.daily_growth, l.warm_up_since)::int AS "capToday",
      coalesce(d.claimed, 0)::int AS "claimedToday"
    FROM lanes l LEFT JOIN lane_days d ON d.lane = l.name AND d.day = (now() AT TIME ZONE 'UTC')::date
    ORDER BY l.name <> 'default', l.name`);
  return rows;
}

/** @throws InputError `unknown-lane` */
export async function findLane(pool: Pool, name: string): Promise<LaneRecord> {
  const lanes = await listLanes(pool);
  const found = lanes.find((lane) => lane.name === name);
  if (found) return found;
  throw new InputError({
    code: "unknown-lane",
    message: `There is no lane "${name}"; there are ${lanes.map((lane) => lane.name).join(", ")}.`,
  });
}

/**
 * A new lane for recipient domains. Campaigns that are planned from now on use it; those already planned keep their lanes.
 * @throws InputError `lane-exists`, `domain-taken`
 */
export async function addLane(pool: Pool, name: string, changes: LaneChanges): Promise<LaneRecord> {
  await refuseTakenDomains(pool, name, changes.domains ?? []);
  const { rowCount } = await pool.query(
    "INSERT INTO lanes (name, domains) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
    [name, changes.domains ?? []],
  );
  if (rowCount === 0) throw new InputError({ code: "lane-exists", message: `There is a lane "${name}" already.` });
  return changeLane(pool, name, changes);
}

/**
 * Sets what was said. A cap that is new, or another than before, begins its growth today.
 * @throws InputError `unknown-lane`, `domain-taken`
 */
export async function changeLane(pool: Pool, name: string, changes: LaneChanges): Promise<LaneRecord> {
  const before = await findLane(pool, name);
  if (changes.domains) {
    if (name === defaultLane && changes.domains.length > 0)
      throw new InputError({
        code: "domain-taken",
        message: 'The lane "default" takes every domain that no other lane names.',
      });
    await refuseTakenDomains(pool, name, changes.domains);
  }
  const after = { ...before, ...changes };
  await pool.query(
    `UPDATE lanes SET domains = $2, per_second = $3, concurrency = $4, daily_growth = $6,
       warm_up_since = CASE WHEN $5::int IS NULL THEN NULL
         WHEN daily_cap IS DISTINCT FROM $5 OR warm_up_since IS NULL THEN (now() AT TIME ZONE 'UTC')::date
         ELSE warm_up_since END,
       daily_cap = $5
     WHERE name = $1`,
    [name, after.domains, after.perSecond, after.concurrency, after.dailyCap, after.dailyGrowth],
  );
  return findLane(pool, name);
}

/** Stops a lane: nothing more of it is handed out or claimed. */
export async function pauseLane(pool: Pool, name: string, reason: string): Promise<LaneRecord> {
  await pool.query("UPDATE lanes SET paused_reason = $2 WHERE name = $1", [name, reason]);
  return findLane(pool, name);
}

/** Lets a paused or resting lane go on at once. @returns why it stood, or `null` when it did not */
export async function resumeLane(pool: Pool, name: string): Promise<string | null> {
  const { pausedReason, slowedUntil } = await findLane(pool, name);
  await pool.query("UPDATE lanes SET paused_reason = NULL, slowed_until = NULL, slow_factor = 1 WHERE name = $1", [
    name,
  ]);
  return pausedReason ?? (slowedUntil ? "it was slowed by a rate limit" : null);
}

async function refuseTakenDomains(pool: Pool, name: string, domains: readonly string[]): Promise<void> {
  const { rows } = await pool.query<{ name: string; domain: string }>(
    "SELECT name, d AS domain FROM lanes, unnest(domains) d WHERE name <> $1 AND d = ANY($2) ORDER BY d LIMIT 1",
    [name, domains],
  );
  if (rows[0])
    throw new InputError({
      code: "domain-taken",
      message: `${rows[0].domain} belongs to the lane "${rows[0].name}"; a domain has one lane.`,
    });
}

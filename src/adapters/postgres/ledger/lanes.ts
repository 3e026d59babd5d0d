import type { Pool } from "pg";
import type { Lane, LaneControl } from "../../../domain/ledger.ts";

/** A rate limit halves the pace; below this share it only rests. */
const slowFactorMin = 0.05;
/** Without a further rate limit the pace grows by this share each time the rest's length has passed again. */
const recoveryShare = 1.25;

/** The lanes with their pace. Recovery is worked out on reading: no timer has to run for it. */
export async function loadLanes(pool: Pool, restMs: number): Promise<readonly Lane[]> {
  const { rows } = await pool.query<Lane>({
    name: "load-lanes",
    text: `
      SELECT name, domains, per_second::float8 AS "perSecond", concurrency, slowed_until AS "slowedUntil", paused_reason AS "pausedReason",
        CASE WHEN slowed_until IS NULL THEN 1
             ELSE least(1, slow_factor * power($1::float8, greatest(0, extract(epoch FROM now() - slowed_until)) / $2::float8))
        END::float8 AS "slowFactor",
        lane_cap(daily_cap, daily_growth, warm_up_since)::int AS "capToday"
      FROM lanes ORDER BY name`,
    values: [recoveryShare, restMs / 1000],
  });
  return rows;
}

/**
 * Bends the lanes in the ledger, where every dispatcher and every claim sees it. Never rejects: an outcome is settled whether
 * or not its lane could be told, and the next answer of the provider tells it again.
 */
export function createLaneControl(pool: Pool, restMs: number, onAway: (error: unknown) => void): LaneControl {
  const tell = async (query: { name: string; text: string; values: unknown[] }): Promise<void> => {
    await pool.query(query).catch(onAway);
  };
  return {
    async slow(lane) {
      // Many answers of one storm arrive at once: a lane that already rests is not slowed again.
      await tell({
        name: "slow-lane",
        text: `
          UPDATE lanes SET slow_factor = greatest($2, 0.5 * CASE WHEN slowed_until IS NULL THEN 1
              ELSE least(1, slow_factor * power($4::float8, greatest(0, extract(epoch FROM now() - slowed_until)) / $5::float8)) END),
            slowed_until = now() + $3::float8 * interval '1 second'
          WHERE name = $1 AND (slowed_until IS NULL OR slowed_until <= now())`,
        values: [lane, slowFactorMin, restMs / 1000, recoveryShare, restMs / 1000],
      });
    },
    async pause(lane, reason) {
      await tell({
        name: "pause-lane",
        text: "UPDATE lanes SET paused_reason = $2 WHERE name = $1 AND paused_reason IS NULL",
        values: [lane, reason],
      });
    },
    async haltCampaign(campaign, reason) {
      await tell({
        name: "halt-campaign",
        text: "UPDATE campaigns SET state = 'paused', state_reason = $2 WHERE id = $1 AND state = 'sending'",
        values: [campaign, reason],
      });
    },
  };
}

import type { Pool } from "pg";
import type { Lane, LaneControl } from "../../../domain/ledger.ts";

/** A rate limit rests its lane this long before the first careful try. */
const restSeconds = 30;
/** A rate limit halves the pace; below this share it only rests. */
const slowFactorMin = 0.05;
/** Without a further rate limit the pace grows by this share each `recoverySeconds`. */
const recoveryShare = 1.25;
const recoverySeconds = 30;

/** The lanes with their pace. Recovery is worked out on reading: no timer has to run for it. */
export async function loadLanes(pool: Pool): Promise<readonly Lane[]> {
  const { rows } = await pool.query<Lane>({
    name: "load-lanes",
    text: `
      SELECT name, domains, per_second::float8 AS "perSecond", concurrency, slowed_until AS "slowedUntil", paused_reason AS "pausedReason",
        CASE WHEN slowed_until IS NULL THEN 1
             ELSE least(1, slow_factor * power($1::float8, greatest(0, extract(epoch FROM now() - slowed_until)) / $2::float8))
        END::float8 AS "slowFactor"
      FROM lanes ORDER BY name`,
    values: [recoveryShare, recoverySeconds],
  });
  return rows;
}

/** Bends the lanes in the ledger, where every dispatcher and every claim sees it. */
export function createLaneControl(pool: Pool): LaneControl {
  return {
    async slow(lane) {
      // Many answers of one storm arrive at once: a lane that already rests is not slowed again.
      await pool.query({
        name: "slow-lane",
        text: `
          UPDATE lanes SET slow_factor = greatest($2, 0.5 * CASE WHEN slowed_until IS NULL THEN 1
              ELSE least(1, slow_factor * power($4::float8, greatest(0, extract(epoch FROM now() - slowed_until)) / $5::float8)) END),
            slowed_until = now() + $3::float8 * interval '1 second'
          WHERE name = $1 AND (slowed_until IS NULL OR slowed_until <= now())`,
        values: [lane, slowFactorMin, restSeconds, recoveryShare, recoverySeconds],
      });
    },
    async pause(lane, reason) {
      await pool.query({
        name: "pause-lane",
        text: "UPDATE lanes SET paused_reason = $2 WHERE name = $1 AND paused_reason IS NULL",
        values: [lane, reason],
      });
    },
  };
}

import type { Pool } from "pg";
import { listLanes } from "../adapters/postgres/ledger/lane-settings.ts";
import type { PlannedCampaign } from "../adapters/postgres/ledger/plan.ts";
import { planFlight, type FlightLeg } from "../campaign/flight-plan.ts";
import { systemClock } from "../lib/clock.ts";
import type { Config } from "./config.ts";
import { measureLargest } from "./measure-largest.ts";
import type { PreparedSend } from "./send-issue.ts";

/** What `send --dry-run` tells beside the counts. */
export interface FlightReport {
  readonly legs: readonly FlightLeg[];
  /** When the last mail goes; `null` when a lane does not end by itself. */
  readonly endsAt: Date | null;
  /** Readers who would be skipped because the issue needs a value that they lack. */
  readonly missing: readonly { readonly field: string; readonly count: number }[];
  /** The largest message, measured on the reader of each variant whose values are the longest; `null` with nobody to send to. */
  readonly largestBytes: number | null;
}

export async function reportFlight(
  pool: Pool,
  config: Config,
  prepared: PreparedSend,
  forecast: PlannedCampaign,
): Promise<FlightReport> {
  const lanes = (await listLanes(pool)).map((lane) => ({
    name: lane.name,
    perSecond: lane.perSecond,
    pausedReason: lane.pausedReason,
    cap:
      lane.capToday === null
        ? null
        : { today: lane.capToday, leftToday: Math.max(0, lane.capToday - lane.claimedToday) },
  }));
  const legs = planFlight(forecast.waves, lanes, systemClock.now());
  const ends = legs.map((leg) => leg.endsAt);
  const last = ends.reduce<Date | null>(
    (latest, end) => (latest && end && end > latest ? end : latest),
    ends[0] ?? null,
  );
  return {
    legs,
    endsAt: ends.includes(null) ? null : last,
    missing: [...forecast.missing].map(([field, count]) => ({ field, count })),
    largestBytes: await measureLargest(pool, config, prepared, forecast),
  };
}

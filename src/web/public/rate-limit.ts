import { systemClock, type Clock } from "../../lib/clock.ts";

export interface RateLimit {
  /** Counts one try. @returns whether it is within the limit */
  take(key: string): boolean;
}

/** Keys in memory: past it the whole window begins anew, so that a flood of keys costs accuracy and never memory. */
const keysMax = 50_000;

/** At most `max` tries a key in each window; one process counts for itself. */
export function createRateLimit(max: number, windowMs: number, clock: Clock = systemClock): RateLimit {
  let counts = new Map<string, number>();
  let endsMs = Number.NEGATIVE_INFINITY;
  return {
    take(key) {
      const nowMs = clock.monotonicMs();
      if (nowMs >= endsMs || counts.size > keysMax) {
        counts = new Map();
        endsMs = nowMs + windowMs;
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= max;
    },
  };
}

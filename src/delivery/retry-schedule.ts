import type { Random } from "../lib/random.ts";

/** When a put-off delivery is tried again, and when it is given up. All of it can be configured (RFC 5321 section 4.5.4.1). */
export interface RetrySchedule {
  /** Delay after the 1st, 2nd, .. counted try; the last one repeats. */
  readonly delaysMs: readonly number[];
  /** Counted from the first claim; past it a put-off delivery is refused as expired. */
  readonly giveUpAfterMs: number;
  /** How long a provider's rate limit rests a delivery; its attempts are not spent. */
  readonly rateLimitDelayMs: number;
}

const minute = 60_000;

/**
 * Two tries in the first hour, then every two to three hours (RFC 5321 section 4.5.4.1). The RFC gives up after four to
 * five days; a newsletter is stale long before, so two days.
 */
export const defaultRetrySchedule: RetrySchedule = {
  delaysMs: [10 * minute, 40 * minute, 120 * minute, 180 * minute],
  giveUpAfterMs: 48 * 60 * minute,
  rateLimitDelayMs: 5 * minute,
};

/** Spread of a delay, so that what failed together does not come back together. */
const jitterShare = 0.1;

/** @param attempts counted tries so far, at least 1 */
export function retryDelayMs(schedule: RetrySchedule, attempts: number, random: Random): number {
  const index = Math.min(attempts, schedule.delaysMs.length) - 1;
  return jitter(schedule.delaysMs[Math.max(index, 0)] as number, random);
}

/** The delay, up to a tenth longer or shorter. */
export function jitter(delayMs: number, random: Random): number {
  return Math.round(delayMs * (1 - jitterShare + 2 * jitterShare * random.next()));
}

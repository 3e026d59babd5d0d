import type { DeliveryState } from "../domain/delivery.ts";
import type { SuppressionReason } from "../domain/suppression.ts";
import type { Finding } from "./report.ts";

/*
 * What a finding does to a reader's address. Pure: the caller brings the history and writes what comes out, in one
 * transaction; the same finding twice has the same result.
 */

/** What is known about the address before this finding. */
export interface BounceHistory {
  /** Times of soft bounces since the last sign of life (an acceptance that no bounce followed, a click, an answer). */
  readonly softAtMs: readonly number[];
  /** The same of full mailboxes. */
  readonly fullAtMs: readonly number[];
  readonly isSuppressed: boolean;
  /** Of the delivery that the finding names. */
  readonly deliveryState: DeliveryState | null;
}

/** How a lane does in the hour before: whether its hard bounces can be believed. */
export interface LaneHealth {
  readonly attempted: number;
  readonly hard: number;
  /** Share of hard bounces that the lane has otherwise, 0 to 1. */
  readonly baselineRate: number;
}

export type Effect =
  /** Onto the timeline of the delivery and the subscriber, and into the campaign's report: every finding. */
  | { readonly type: "record" }
  /** No more mail. A provisional one waits for a later try or a person, and holds mail back meanwhile. */
  | { readonly type: "suppress"; readonly reason: SuppressionReason; readonly provisional: boolean }
  /** Counted towards the limits below. */
  | { readonly type: "count"; readonly bounce: "soft" | "full"; readonly days: number }
  /** Leaves the list that the delivery was for. */
  | { readonly type: "unsubscribe" }
  /** The delivery was `uncertain`; this report could only be written by somebody who has the message. */
  | { readonly type: "settle"; readonly state: "accepted" }
  /** The operator has something to mend: authentication, reputation, content, pace. */
  | { readonly type: "alert"; readonly reason: string }
  /** To the list's reply-to address. */
  | { readonly type: "forward" };

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Soft bounces on this many different days, the first at least `softSpanMs` before the last: then the address is given up.
 * A daily list needs ten days for it, a weekly one four weeks; an outage over a weekend takes nobody away.
 */
export const softDaysMax = 4;
export const softSpanMs = 10 * dayMs;

/** Full mailboxes are living ones whose owner is away: twice as patient as with soft ones, and over a month at least. */
export const fullDaysMax = 8;
export const fullSpanMs = 30 * dayMs;

/** What is older counts no more: two troubles half a year apart are two troubles. */
export const bounceMemoryMs = 180 * dayMs;

/**
 * When a lane's hard bounces are too many to be true (in December 2020 Gmail answered 5.1.1 for living accounts for hours):
 * enough of them, far above what the lane has otherwise, and a share that no list of people reaches.
 */
export const surgeHardMin = 20;
export const surgeFactor = 5;
export const surgeRateMin = 0.05;

/** Decides what a finding does. A finding that nothing proves to be about a delivery of ours is only recorded. */
export function decideEffects(
  finding: Finding,
  history: BounceHistory,
  lane: LaneHealth | null,
  nowMs: number,
): Effect[] {
  const effects: Effect[] = [{ type: "record" }];
  // A person's answer is passed on whoever it is from; it changes nothing.
  if (finding.kind === "reply") effects.push({ type: "forward" });
  if (finding.trust === null) return effects;
  if (history.deliveryState === "uncertain" && finding.trust !== "session")
    effects.push({ type: "settle", state: "accepted" });
  switch (finding.kind) {
    case "hard":
      if (!history.isSuppressed)
        effects.push({ type: "suppress", reason: "hard-bounce", provisional: lane !== null && isSurging(lane) });
      break;
    case "soft":
      effects.push(...countBounce("soft", history.softAtMs, history, nowMs, softDaysMax, softSpanMs));
      break;
    case "full":
      effects.push(...countBounce("full", history.fullAtMs, history, nowMs, fullDaysMax, fullSpanMs));
      break;
    case "policy":
      effects.push({ type: "alert", reason: finding.reason ?? "policy" });
      break;
    case "complaint":
      // Also where the address is suppressed already: the complaint is the stronger reason, and the list is left.
      effects.push({ type: "unsubscribe" }, { type: "suppress", reason: "complaint", provisional: false });
      break;
    case "delayed":
    case "delivered":
    case "auto-reply":
    case "reply":
    case "unknown":
      break;
  }
  return effects;
}

/** Whether a lane's hard bounces stand so far above its baseline that the receiver is more likely wrong than the list. */
export function isSurging(lane: LaneHealth): boolean {
  if (lane.hard < surgeHardMin || lane.attempted <= 0) return false;
  const rate = lane.hard / lane.attempted;
  return rate >= surgeRateMin && rate > lane.baselineRate * surgeFactor;
}

function countBounce(
  bounce: "soft" | "full",
  earlier: readonly number[],
  history: BounceHistory,
  nowMs: number,
  daysMax: number,
  spanMs: number,
): Effect[] {
  const times = [...earlier, nowMs].filter((time) => time > nowMs - bounceMemoryMs && time <= nowMs);
  const days = new Set(times.map((time) => Math.floor(time / dayMs))).size;
  const counted: Effect = { type: "count", bounce, days };
  const isOver = days >= daysMax && nowMs - Math.min(...times) >= spanMs;
  return isOver && !history.isSuppressed
    ? [counted, { type: "suppress", reason: "soft-bounces", provisional: false }]
    : [counted];
}

import type { Claim } from "../domain/delivery.ts";
import type { AttemptRecord, Settlement } from "../domain/ledger.ts";
import type { Outcome, SmtpReply } from "../domain/outcome.ts";
import { classifyReply } from "../domain/reply-class.ts";
import { replyReasons, type ReplyReason } from "../domain/reply-reason.ts";
import type { Random } from "../lib/random.ts";
import type { WatchedAnswer } from "./watch-refusals.ts";
import { jitter, retryDelayMs, type RetrySchedule } from "./retry-schedule.ts";

/** What a provider's answer means for everyone else in the lane. */
export type LaneEffect = { readonly type: "slow" | "pause"; readonly reason: string };

export interface Decision {
  readonly settlement: Settlement;
  readonly laneEffect: LaneEffect | null;
  /** What the lane's and the campaign's watch count. */
  readonly answer: WatchedAnswer;
}

/** Longest reply that the ledger keeps, in characters: enough for any provider's link to its explanation. */
const detailLengthMax = 500;

/**
 * Turns how a try ended into what the ledger writes. Pure.
 * @param leaseLeftMs how long this claim still runs; under `resend` an uncertain delivery rests until it is over
 */
export function decideSettlement(
  claim: Claim,
  outcome: Outcome,
  schedule: RetrySchedule,
  leaseLeftMs: number,
  random: Random,
): Decision {
  const common = { delivery: claim.job.delivery, turn: claim.job.turn };
  switch (outcome.type) {
    case "accepted":
      return {
        settlement: {
          ...common,
          state: "accepted",
          dueInMs: null,
          countsAsAttempt: true,
          detail: describeReply(outcome.reply),
        },
        laneEffect: null,
        answer: "other",
      };
    case "uncertain":
      return {
        settlement: {
          ...common,
          state: "uncertain",
          dueInMs: claim.policy === "resend" ? Math.max(leaseLeftMs, 0) : null,
          countsAsAttempt: true,
          detail: shorten(outcome.cause),
          attempt: recordAttempt(outcome),
        },
        laneEffect: null,
        answer: "other",
      };
    case "refused":
      return decideRefused(claim, outcome, schedule, random);
    case "deferred":
      return decideDeferred(claim, outcome, schedule, random);
  }
}

function decideRefused(
  claim: Claim,
  outcome: Extract<Outcome, { type: "refused" }>,
  schedule: RetrySchedule,
  random: Random,
): Decision {
  const { reply } = outcome;
  const { class: kind, reason } = classifyReply(reply.code, reply.enhanced, reply.text, outcome.phase);
  if (senderFaults.has(reason)) {
    // The reader is not to blame: she keeps her turn, and the lane stops before the list is burnt.
    return putOff(claim, outcome, schedule.rateLimitDelayMs, random, {
      type: "pause",
      reason: `${replyReasons[reason].sentence} ${describeReply(reply)}`,
    });
  }
  return refuse(claim, outcome, describeReply(reply), kind === "policy" ? "policy" : "refused");
}

function decideDeferred(
  claim: Claim,
  outcome: Extract<Outcome, { type: "deferred" }>,
  schedule: RetrySchedule,
  random: Random,
): Decision {
  const { reply } = outcome;
  const verdict = reply ? classifyReply(reply.code, reply.enhanced, reply.text, outcome.phase) : null;
  if (verdict && (verdict.reason === "rate-limit" || senderFaults.has(verdict.reason))) {
    return putOff(claim, outcome, schedule.rateLimitDelayMs, random, { type: "slow", reason: describe(outcome) });
  }
  if (claim.ageMs >= schedule.giveUpAfterMs)
    return refuse(claim, outcome, shorten(`expired: ${describe(outcome)}`), "refused");
  return putOff(claim, outcome, retryDelayMs(schedule, claim.attempts + 1, random), random, null);
}

/** Reasons that name us and not the reader: every further mail to the lane would be refused in the same way. */
const senderFaults: ReadonlySet<ReplyReason> = new Set([
  "authentication",
  "blocked",
  "credentials",
  "relay",
  "reputation",
  "sender",
]);

function refuse(
  claim: Claim,
  outcome: Extract<Outcome, { type: "deferred" | "refused" }>,
  detail: string,
  answer: WatchedAnswer,
): Decision {
  return {
    settlement: {
      delivery: claim.job.delivery,
      turn: claim.job.turn,
      state: "refused",
      dueInMs: null,
      countsAsAttempt: true,
      detail,
      attempt: { ...recordAttempt(outcome), outcome: "refused" },
    },
    laneEffect: null,
    answer,
  };
}

/** A try that bent the lane's pace does not count against the delivery's own attempts. */
function putOff(
  claim: Claim,
  outcome: Extract<Outcome, { type: "deferred" | "refused" }>,
  delayMs: number,
  random: Random,
  laneEffect: LaneEffect | null,
): Decision {
  return {
    settlement: {
      delivery: claim.job.delivery,
      turn: claim.job.turn,
      state: "deferred",
      dueInMs: laneEffect ? jitter(delayMs, random) : delayMs,
      countsAsAttempt: laneEffect === null,
      detail: shorten(describe(outcome)),
      attempt: { ...recordAttempt(outcome), outcome: "deferred" },
    },
    laneEffect,
    answer: laneEffect === null ? "deferred" : "other",
  };
}

function recordAttempt(outcome: Exclude<Outcome, { type: "accepted" }>): AttemptRecord {
  const reply = outcome.type === "uncertain" ? null : outcome.reply;
  return {
    server: outcome.server,
    outcome: outcome.type,
    phase: outcome.type === "uncertain" ? "body" : outcome.phase,
    code: reply?.code ?? null,
    enhanced: reply?.enhanced ?? null,
    reply: shorten(reply ? reply.text : "cause" in outcome ? outcome.cause : ""),
  };
}

function describe(outcome: Extract<Outcome, { type: "deferred" | "refused" }>): string {
  return outcome.reply ? describeReply(outcome.reply) : (outcome as { readonly cause: string }).cause;
}

function describeReply(reply: SmtpReply): string {
  const text =
    reply.enhanced && !reply.text.startsWith(reply.enhanced) ? `${reply.enhanced} ${reply.text}` : reply.text;
  return shorten(`${reply.code} ${text}`);
}

function shorten(text: string): string {
  return text.length <= detailLengthMax ? text : `${text.slice(0, detailLengthMax - 1)}…`;
}

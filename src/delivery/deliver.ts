import type { DeliveryJob, Claim } from "../domain/delivery.ts";
import type { Digest } from "../domain/digest.ts";
import type { DeliveryLedger, LaneControl, ReplyJournal, Settlement } from "../domain/ledger.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Connection, Transport } from "../domain/transport.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf, UnavailableError } from "../lib/errors.ts";
import type { Random } from "../lib/random.ts";
import { decideSettlement } from "./decide-settlement.ts";
import type { DeliveryTimes } from "./delivery-times.ts";
import type { RetrySchedule } from "./retry-schedule.ts";
import type { AnswerWatch } from "./watch-refusals.ts";

export interface DeliverPorts {
  readonly transport: Transport;
  readonly ledger: DeliveryLedger;
  readonly lanes: LaneControl;
  readonly journal: ReplyJournal;
  readonly clock: Clock;
  readonly random: Random;
  readonly schedule: RetrySchedule;
  readonly times: DeliveryTimes;
  /** Stop a lane or a campaign whose answers are worse than they may be. */
  readonly laneWatch?: AnswerWatch;
  readonly campaignWatch?: AnswerWatch;
  /** From the process's cache, else from the ledger, with this variant in it; throws when it can't be had. */
  loadDigest(id: string, variant: string): Promise<Digest>;
  /** Personalises and signs: the exact bytes, the same on every try. Throws when a value without a fallback is missing. */
  compose(digest: Digest, claim: Claim): Message;
  /** Takes a message's memory back for the next one. */
  reuse?(message: Message): void;
}

export type Delivered =
  /** The job was an old one, or its person may not be mailed any more: nothing was touched. */
  | { readonly type: "nothing" }
  | { readonly type: "settled"; readonly settlement: Settlement }
  /** No server could be reached; nothing was claimed, and the row comes back by its own timer. */
  | {
      readonly type: "no-connection";
      readonly cause: string;
      readonly permanent: boolean;
      /** How long every server will answer the same. */
      readonly retryAfterMs: number | null;
    };

/**
 * One delivery: connection, claim, personalise, sign, send, settle, in this order. The connection comes before the claim, so
 * that nothing is claimed that can't be sent at once; the claim is committed before MAIL FROM; the reply stands in the
 * journal before it stands in the ledger (docs/guarantees.md).
 */
export async function deliver(job: DeliveryJob, ports: DeliverPorts): Promise<Delivered> {
  const { transport, ledger, journal, clock, times } = ports;
  const connection = await transport.connect(clock.monotonicMs() + times.connectMs);
  if ("failed" in connection)
    return {
      type: "no-connection",
      cause: connection.cause,
      permanent: connection.permanent,
      retryAfterMs: connection.retryAfterMs ?? null,
    };

  // The deadline starts before the claim: the lease that the claim writes can only end later than what is measured here.
  const startedMs = clock.monotonicMs();
  const deadlineMs = startedMs + times.deadlineMs;
  let claim: Claim | null;
  let outcome: Outcome | Unsendable;
  try {
    claim = await ledger.claim(job);
    if (!claim) return { type: "nothing" };
    outcome = await send(claim, connection, deadlineMs, ports);
  } finally {
    connection.release();
  }

  const { settlement, laneEffect, answer } =
    outcome.type === "unsendable"
      ? { settlement: settleUnsendable(claim, outcome), laneEffect: null, answer: null }
      : decideSettlement(claim, outcome, ports.schedule, startedMs + times.leaseMs - clock.monotonicMs(), ports.random);
  journal.append(settlement);
  // The lane hears of a rate limit first: what is still waiting there should rest, too.
  if (laneEffect) await ports.lanes[laneEffect.type](claim.lane, laneEffect.reason);
  if (answer) {
    const stopLane = ports.laneWatch?.note(claim.lane, answer);
    if (stopLane) await ports.lanes.pause(claim.lane, `${stopLane}; the last: ${settlement.detail}`);
    const { campaign } = claim.job.delivery;
    const halt = ports.campaignWatch?.note(String(campaign), answer);
    if (halt) await ports.lanes.haltCampaign(campaign, `${halt}; the last: ${settlement.detail}`);
  }
  await ledger.settle(settlement);
  journal.settled(settlement);
  return { type: "settled", settlement };
}

interface Unsendable {
  readonly type: "unsendable";
  readonly state: "skipped" | "deferred";
  readonly cause: string;
}

async function send(
  claim: Claim,
  connection: Connection,
  deadlineMs: number,
  ports: DeliverPorts,
): Promise<Outcome | Unsendable> {
  let digest: Digest;
  try {
    digest = await ports.loadDigest(claim.digestId, claim.frozen.variant);
  } catch (error) {
    return { type: "unsendable", state: "deferred", cause: `digest ${claim.digestId}: ${messageOf(error)}` };
  }
  let message: Message;
  try {
    message = ports.compose(digest, claim);
  } catch (error) {
    // A key that this process lacks is our fault and can be mended; a value that the reader lacks can't.
    const state = error instanceof UnavailableError ? "deferred" : "skipped";
    return { type: "unsendable", state, cause: messageOf(error) };
  }
  const outcome = await connection.send(message, deadlineMs, () => ports.clock.monotonicMs() < deadlineMs);
  // Only a message that was taken has left the socket for certain; others may still wait there to be written.
  if (outcome.type === "accepted") ports.reuse?.(message);
  return outcome;
}

/** Nothing was said to any server: a message that can't be made is skipped with its reason, what we lack ourselves waits. */
function settleUnsendable(claim: Claim, { state, cause }: Unsendable): Settlement {
  return {
    delivery: claim.job.delivery,
    turn: claim.job.turn,
    state,
    dueInMs: state === "deferred" ? unsendableRetryMs : null,
    countsAsAttempt: false,
    detail: cause,
  };
}

/** A digest or a key is missing only while somebody mends the installation. */
const unsendableRetryMs = 30_000;

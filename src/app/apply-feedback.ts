import { createHash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { countAcceptedUpTo, countLaneComplaints, haltSending } from "../adapters/postgres/complaints.ts";
import {
  findFeedbackParty,
  readReaderHistory,
  recordFeedback,
  settleUncertainByReport,
  type FeedbackParty,
} from "../adapters/postgres/feedback.ts";
import { countHardInHour, readLaneHour, type LaneHour } from "../adapters/postgres/lane-health.ts";
import { unsubscribe } from "../adapters/postgres/subscriptions.ts";
import { addSuppressions } from "../adapters/postgres/suppressions.ts";
import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { formatDeliveryId, parseDeliveryId, type DeliveryId } from "../domain/delivery.ts";
import { decideEffects, surgeHardMin, type Effect, type LaneHealth } from "../feedback/decide-effects.ts";
import { acceptedToBear, complaintShareMax, describeComplaints } from "../feedback/judge-complaints.ts";
import type { Finding } from "../feedback/report.ts";
import { systemClock } from "../lib/clock.ts";
import { queueForward } from "./forward-reply.ts";

/** How feedback came to us; stands in the ledger. */
export type FeedbackSource = "session" | "smtp" | "imap" | "file" | "ses" | "postmark" | "sendgrid" | "mailgun";

/** What one mail, webhook event or refusal says. */
export interface Arrival {
  readonly source: FeedbackSource;
  /** Names the mail or event: the same one, come another way, is known by it. */
  readonly identity: string;
  readonly findings: readonly Finding[];
  /** The mail itself, for answers that are forwarded. */
  readonly raw?: Buffer;
  /** The list that an answer belongs to where no delivery names it. */
  readonly listId?: number;
}

export interface Applied {
  readonly recorded: number;
  /** Said before by the same mail: nothing was done again. */
  readonly repeated: number;
  readonly suppressed: number;
  readonly provisional: number;
  readonly unsubscribed: number;
  readonly settled: number;
  readonly forwarded: number;
  /** What the operator has to mend, each with the delivery it was seen at. */
  readonly alerts: readonly { readonly reason: string; readonly delivery: string; readonly lane: string }[];
}

export const nothingApplied: Applied = {
  recorded: 0,
  repeated: 0,
  suppressed: 0,
  provisional: 0,
  unsubscribed: 0,
  settled: 0,
  forwarded: 0,
  alerts: [],
};

/** What two arrivals did together. */
export function addApplied(a: Applied, b: Applied): Applied {
  return {
    recorded: a.recorded + b.recorded,
    repeated: a.repeated + b.repeated,
    suppressed: a.suppressed + b.suppressed,
    provisional: a.provisional + b.provisional,
    unsubscribed: a.unsubscribed + b.unsubscribed,
    settled: a.settled + b.settled,
    forwarded: a.forwarded + b.forwarded,
    alerts: [...a.alerts, ...b.alerts].slice(0, alertsMax),
  };
}

/** The same fault is seen at every mail of a lane; the first ones tell it. */
const alertsMax = 100;

type Counts = { -readonly [Key in Exclude<keyof Applied, "alerts">]: number } & { alerts: Applied["alerts"][number][] };

/** The tries of a lane are counted anew after this long; its hard bounces always are. */
const laneHourMs = 60_000;

export interface FeedbackApplier {
  /**
   * Carries out what an arrival says, inside the caller's transaction: all of it or nothing. Twice is as good as once, and
   * a finding that nothing proves to be about a delivery of ours is only recorded.
   */
  apply(client: PoolClient, arrival: Arrival): Promise<Applied>;
}

/** @param haltComplaintShare the share of complaints, 0 to 1, above which a campaign under way is paused; 1 never */
export function createFeedbackApplier(pool: Pool, haltComplaintShare = complaintShareMax): FeedbackApplier {
  const laneHours = new Map<string, { readonly atMs: number; readonly hour: LaneHour }>();

  /** Whether a lane's hard bounces can be believed; `null` where there are too few to ask. */
  async function laneHealth(client: PoolClient, lane: string): Promise<LaneHealth | null> {
    // The one at hand is not recorded yet.
    const hard = (await countHardInHour(client, lane)) + 1;
    if (hard < surgeHardMin) return null;
    const known = laneHours.get(lane);
    const nowMs = systemClock.monotonicMs();
    if (known && nowMs - known.atMs < laneHourMs) return { ...known.hour, hard };
    // Outside the transaction, which may hold locks.
    const hour = await readLaneHour(pool, lane);
    laneHours.set(lane, { atMs: nowMs, hour });
    return { ...hour, hard };
  }

  async function applyFinding(client: PoolClient, arrival: Arrival, finding: Finding, counts: Counts): Promise<void> {
    const named = finding.delivery === null || finding.trust === null ? null : parseDeliveryId(finding.delivery);
    const party = named && (await findFeedbackParty(client, named));
    // A delivery that is gone proves nothing any more.
    const proven: Finding = party ? finding : { ...finding, trust: null, campaign: null, delivery: null };
    const history = party
      ? await readReaderHistory(client, party.subscriberId, party.addressKey)
      : { softAtMs: [], fullAtMs: [], isSuppressed: false };
    const effects = decideEffects(
      proven,
      { ...history, deliveryState: party?.state ?? null },
      party && proven.hard ? await laneHealth(client, party.lane) : null,
      systemClock.now().getTime(),
    );
    const isNew = await recordFeedback(client, {
      source: arrival.source,
      kind: proven.kind,
      hard: proven.hard,
      recipientKey: party?.addressKey ?? readKey(proven.recipient),
      status: proven.status,
      diagnostic: proven.diagnostic,
      action: proven.action,
      reason: proven.reason,
      trust: proven.trust,
      delivery: party ? named : null,
      subscriberId: party?.subscriberId ?? null,
      lane: party?.lane ?? null,
      effects: effects.map(describeEffect).filter((words) => words !== null),
      digest: digestOf(arrival, finding),
    });
    if (!isNew) {
      counts.repeated += 1;
      return;
    }
    counts.recorded += 1;
    if (party) {
      for (const effect of effects) await carryOut(client, effect, named as DeliveryId, party, arrival, counts);
      if (proven.kind === "complaint") await judgeComplaints(client, named as DeliveryId, party.lane, counts);
    } else if (effects.some((effect) => effect.type === "forward") && arrival.raw && arrival.listId !== undefined) {
      const isQueued = await queueForward(client, arrival.listId, arrival.raw, readKey(proven.recipient));
      if (isQueued) counts.forwarded += 1;
    }
  }

  /** Pauses a campaign under way that too many call spam, before the rest of the list gets it. */
  async function judgeComplaints(client: PoolClient, id: DeliveryId, lane: string, counts: Counts): Promise<void> {
    const complaints = await countLaneComplaints(client, id.campaign, lane);
    const enough = complaints === null ? null : acceptedToBear(complaints, haltComplaintShare);
    if (complaints === null || enough === null) return;
    const accepted = await countAcceptedUpTo(client, id.campaign, lane, enough);
    if (accepted >= enough) return;
    const reason = describeComplaints(complaints, accepted, lane);
    if (await haltSending(client, id.campaign, reason))
      counts.alerts.push({ reason: `campaign halted: ${reason}`, delivery: formatDeliveryId(id), lane });
  }

  return {
    async apply(client, arrival) {
      const counts: Counts = { ...nothingApplied, alerts: [] };
      for (const finding of arrival.findings) await applyFinding(client, arrival, finding, counts);
      return counts;
    },
  };
}

async function carryOut(
  client: PoolClient,
  effect: Effect,
  id: DeliveryId,
  party: FeedbackParty,
  arrival: Arrival,
  counts: Counts,
): Promise<void> {
  const delivery = formatDeliveryId(id);
  switch (effect.type) {
    case "suppress": {
      // One who was erased is suppressed for good already.
      if (party.addressKey === null) return;
      const { reason, provisional } = effect;
      const source = `delivery ${delivery} (${arrival.source})`;
      const added = await addSuppressions(client, [{ key: party.addressKey, reason, source, provisional }]);
      if (provisional) counts.provisional += added;
      else counts.suppressed += added;
      return;
    }
    case "unsubscribe":
      counts.unsubscribed += await unsubscribe(client, {
        subscriberId: party.subscriberId,
        listId: party.listId,
        how: { by: "complaint", delivery },
      });
      return;
    case "settle":
      if (await settleUncertainByReport(client, id)) counts.settled += 1;
      return;
    case "alert":
      counts.alerts.push({ reason: effect.reason, delivery, lane: party.lane });
      return;
    case "forward":
      if (arrival.raw && (await queueForward(client, party.listId, arrival.raw, party.addressKey)))
        counts.forwarded += 1;
      return;
    case "record":
    case "count":
      return;
  }
}

function describeEffect(effect: Effect): string | null {
  switch (effect.type) {
    case "suppress":
      return effect.provisional ? "suppressed for now" : "suppressed";
    case "count":
      return `${effect.bounce} on ${effect.days} ${effect.days === 1 ? "day" : "days"}`;
    case "unsubscribe":
      return "left the list";
    case "settle":
      return "settled as accepted";
    case "alert":
      return `for the operator: ${effect.reason}`;
    case "forward":
      return "forwarded";
    case "record":
      return null;
  }
}

function digestOf({ identity }: Arrival, finding: Finding): Buffer {
  const { kind, recipient, status, action, diagnostic, delivery } = finding;
  const said = JSON.stringify([identity, kind, recipient?.toLowerCase(), status, action, diagnostic, delivery]);
  return createHash("sha256").update(said).digest();
}

function readKey(recipient: string | null): string | null {
  if (recipient === null) return null;
  const address = parseAddress(recipient);
  return isAddressProblem(address) ? recipient.slice(0, 254) : address.key;
}

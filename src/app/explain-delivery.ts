import type { Pool } from "pg";
import { listDeliveryFeedback, type FeedbackRecord } from "../adapters/postgres/feedback.ts";
import { findCampaign } from "../adapters/postgres/ledger/campaigns.ts";
import {
  findDelivery,
  listAttempts,
  type AttemptRow,
  type DeliveryRecord,
} from "../adapters/postgres/ledger/deliveries.ts";
import { showSubscriber } from "../adapters/postgres/subscribers.ts";
import { parseDeliveryId } from "../domain/delivery.ts";
import { readAddress } from "./render-issue.ts";

export interface Explanation {
  readonly address: string;
  readonly campaign: number;
  /** `null` when she is not among the planned. */
  readonly delivery: DeliveryRecord | null;
  readonly attempts: readonly AttemptRow[];
  /** What came back about it. */
  readonly feedback: readonly FeedbackRecord[];
  /** The same in sentences. */
  readonly lines: readonly string[];
}

/** Why this person did or did not get a campaign. @throws InputError `bad-address`, `unknown-campaign` */
export async function explainDelivery(pool: Pool, text: string, campaignId: number): Promise<Explanation> {
  const address = readAddress(text);
  const campaign = await findCampaign(pool, campaignId);
  const person = await showSubscriber(pool, address.key);
  const told = (
    lines: readonly string[],
    delivery: DeliveryRecord | null = null,
    attempts: readonly AttemptRow[] = [],
    feedback: readonly FeedbackRecord[] = [],
  ): Explanation => ({
    address: address.address,
    campaign: campaign.id,
    delivery,
    attempts,
    feedback,
    lines,
  });
  if (!person) return told([`Nobody with the address ${address.address} is known, so she was not planned.`]);

  const delivery = await findDelivery(pool, campaign.id, person.id);
  if (!delivery) {
    const membership = person.subscriptions.find((entry) => entry.listId === campaign.listId);
    if (!membership) return told([`She was never on the list ${campaign.listSlug}.`]);
    if (membership.joinedAt > campaign.plannedAt)
      return told([
        `She joined ${campaign.listSlug} on ${at(membership.joinedAt)}, after the campaign was planned on ${at(campaign.plannedAt)}.`,
      ]);
    return told([
      campaign.segment
        ? `She is on ${campaign.listSlug}, but not in the segment: ${campaign.segment}`
        : `She is not among the planned.`,
    ]);
  }
  const number = parseDeliveryId(delivery.delivery)?.number as number;
  const attempts = await listAttempts(pool, campaign.id, number);
  const feedback = await listDeliveryFeedback(pool, { campaign: campaign.id, number });
  return told(
    [
      `Delivery ${delivery.delivery} of ${campaign.issueSlug}: ${describeState(delivery)}`,
      ...attempts.map(
        (attempt) =>
          `  ${at(attempt.endedAt)} ${attempt.server} ${attempt.outcome} at ${attempt.phase ?? "?"}: ${attempt.reply}`,
      ),
      ...feedback.map((row) => `  ${at(row.at)} ${describeFeedback(row)}`),
      ...(campaign.state === "paused"
        ? [`The campaign is paused${campaign.stateReason ? `: ${campaign.stateReason}` : "."}`]
        : []),
    ],
    delivery,
    attempts,
    feedback,
  );
}

function describeFeedback({ source, kind, reason, diagnostic, effects }: FeedbackRecord): string {
  const did = effects.length > 0 ? ` [${effects.join(", ")}]` : "";
  return `came back (${source}): ${kind}${reason ? `, ${reason}` : ""}: ${diagnostic}${did}`;
}

function describeState(delivery: DeliveryRecord): string {
  const detail = delivery.detail ?? "no detail was recorded";
  switch (delivery.state) {
    case "accepted":
      return `accepted by the server on ${at(delivery.settledAt)}: ${detail}`;
    case "refused":
      return `refused on ${at(delivery.settledAt)}: ${detail}`;
    case "skipped":
      return `not sent: ${detail}`;
    case "uncertain":
      return `uncertain since ${at(delivery.settledAt)}: ${detail}. It may have arrived; "broadsheet deliveries resolve ${delivery.delivery}" decides.`;
    case "deferred":
      return `put off until ${at(delivery.dueAt)}, after ${delivery.attempts} tries: ${detail}`;
    case "pending":
      return `waits its turn in the lane ${delivery.lane}, from ${at(delivery.dueAt)}`;
    case "sending":
      return `on the wire now, until ${at(delivery.leaseUntil)} at the latest`;
  }
}

function at(moment: Date | null): string {
  return moment ? moment.toISOString() : "an unknown time";
}

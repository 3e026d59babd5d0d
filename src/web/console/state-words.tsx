import type { CampaignState } from "../../adapters/postgres/ledger/campaigns.ts";
import type { DeliveryState } from "../../domain/delivery.ts";
import { Badge, type State } from "../../ui/badge.tsx";

const campaignLooks: Readonly<Record<CampaignState, readonly [State, string]>> = {
  draft: ["neutral", "draft"],
  scheduled: ["accent", "scheduled"],
  sending: ["accent", "sending"],
  paused: ["warn", "paused"],
  sent: ["good", "sent"],
  cancelled: ["neutral", "cancelled"],
};

export function CampaignBadge({ state }: { readonly state: CampaignState }) {
  const [look, word] = campaignLooks[state];
  return <Badge state={look}>{word}</Badge>;
}

const deliveryLooks: Readonly<Record<DeliveryState, readonly [State, string]>> = {
  pending: ["neutral", "waits"],
  sending: ["accent", "on the wire"],
  accepted: ["good", "accepted"],
  deferred: ["warn", "put off"],
  refused: ["bad", "refused"],
  skipped: ["neutral", "skipped"],
  uncertain: ["warn", "uncertain"],
};

export function DeliveryBadge({ state }: { readonly state: DeliveryState }) {
  const [look, word] = deliveryLooks[state];
  return <Badge state={look}>{word}</Badge>;
}

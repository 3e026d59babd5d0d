import type { z } from "zod";
import { listFeedbackAfter } from "../../adapters/postgres/feedback.ts";
import { readBalance } from "../../adapters/postgres/ledger/balance.ts";
import { findCampaign, listCampaigns, type CampaignRecord } from "../../adapters/postgres/ledger/campaigns.ts";
import { listDeliveries } from "../../adapters/postgres/ledger/deliveries.ts";
import { orderCampaignAs, type CampaignOrder } from "../../app/order-campaign.ts";
import { parseDeliveryId } from "../../domain/delivery.ts";
import { assert } from "../../lib/assert.ts";
import { apiPlace, type ApiHandlers, type ApiRequest } from "./api-request.ts";
import { pageFrom } from "./page.ts";
import { limitOf, type feedbackKind } from "./schemas.ts";

export const campaignHandlers: Pick<
  ApiHandlers,
  | "listCampaigns"
  | "getCampaign"
  | "pauseCampaign"
  | "resumeCampaign"
  | "cancelCampaign"
  | "listDeliveries"
  | "listFeedback"
> = {
  async listCampaigns({ pool, query }) {
    const limit = limitOf(query);
    const found = await listCampaigns(pool, limit + 1, query.cursor ?? null);
    return { body: pageFrom(found, limit, showCampaign, ({ id }) => id) };
  },
  async getCampaign({ pool, params }) {
    const campaign = await findCampaign(pool, params.id);
    const balance = await readBalance(pool, campaign.id);
    assert(balance !== null, "A planned campaign has a balance.");
    return { body: { ...showCampaign(campaign), balance } };
  },
  pauseCampaign: (request) => order(request, "pause", request.body.reason ?? `by the ${apiPlace}`),
  resumeCampaign: (request) => order(request, "resume", null),
  cancelCampaign: (request) => order(request, "cancel", `by the ${apiPlace}`),
  async listDeliveries({ pool, params, query }) {
    const limit = limitOf(query);
    const { id } = await findCampaign(pool, params.id);
    const found = await listDeliveries(pool, id, query.state ?? null, limit + 1, query.cursor ?? 0);
    return {
      body: pageFrom(
        found,
        limit,
        (row) => ({
          id: row.delivery,
          subscriber: row.subscriberId,
          state: row.state,
          attempts: row.attempts,
          lane: row.lane,
          dueAt: row.dueAt?.toISOString() ?? null,
          firstClaimedAt: row.firstClaimedAt?.toISOString() ?? null,
          settledAt: row.settledAt?.toISOString() ?? null,
          detail: row.detail,
        }),
        (row) => parseDeliveryId(row.delivery)?.number as number,
      ),
    };
  },
  async listFeedback({ pool, query }) {
    const limit = limitOf(query);
    const found = await listFeedbackAfter(pool, {
      after: query.cursor ?? 0,
      ...(query.kind === undefined ? {} : { kind: query.kind }),
      ...(query.campaign === undefined ? {} : { campaign: query.campaign }),
      limit: limit + 1,
    });
    return {
      body: pageFrom(
        found,
        limit,
        ({ id, at, source, kind, delivery, subscriberId, status, reason, diagnostic, effects }) => ({
          id,
          at: at.toISOString(),
          source,
          kind: kind as z.output<typeof feedbackKind>,
          delivery,
          subscriber: subscriberId,
          status,
          reason,
          diagnostic,
          effects: [...effects],
        }),
        ({ id }) => id,
      ),
    };
  },
};

async function order(
  { pool, config, actor, params }: ApiRequest<"pauseCampaign" | "resumeCampaign" | "cancelCampaign">,
  what: CampaignOrder,
  reason: string | null,
) {
  await orderCampaignAs(pool, config, actor, { campaign: params.id, what, reason });
  return { body: showCampaign(await findCampaign(pool, params.id)) };
}

function showCampaign(campaign: CampaignRecord) {
  return {
    id: campaign.id,
    issue: campaign.issueSlug,
    list: campaign.listSlug,
    segment: campaign.segment,
    state: campaign.state,
    stateReason: campaign.stateReason,
    policy: campaign.policy,
    planned: campaign.planned,
    startsAt: campaign.startsAt.toISOString(),
    plannedAt: campaign.plannedAt.toISOString(),
    finishedAt: campaign.finishedAt?.toISOString() ?? null,
  };
}

import type { Pool } from "pg";
import { orderCampaign, type CampaignOrder, type CampaignState } from "../adapters/postgres/ledger/campaigns.ts";
import type { Actor } from "../domain/audit.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";

export type { CampaignOrder };

const actions = { pause: "campaign-paused", resume: "campaign-resumed", cancel: "campaign-cancelled" } as const;

/**
 * Pause, resume or cancel, as somebody whom the log names.
 * @param reason shown with the campaign; `null` where there is nothing to say
 * @throws InputError `unknown-campaign`, `wrong-state`
 */
export async function orderCampaignAs(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  order: { readonly campaign: number; readonly what: CampaignOrder; readonly reason?: string | null },
): Promise<CampaignState> {
  return audited(
    pool,
    config,
    (client) => orderCampaign(client, order.campaign, order.what, order.reason ?? null),
    () => ({ actor, action: actions[order.what], subject: `campaign:${order.campaign}` }),
  );
}

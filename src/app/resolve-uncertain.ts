import type { Pool } from "pg";
import { findCampaign } from "../adapters/postgres/ledger/campaigns.ts";
import { resolveDelivery } from "../adapters/postgres/ledger/deliveries.ts";
import type { Actor } from "../domain/audit.ts";
import { formatDeliveryId, parseDeliveryId, type DeliveryState } from "../domain/delivery.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";

/**
 * An operator's decision about a delivery whose reply never came.
 * @throws InputError `bad-id`, `bad-decision`, `not-uncertain`, `lease-not-over` (a frozen worker might still send it)
 */
export async function resolveUncertain(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  text: string,
  decision: string,
): Promise<{ readonly delivery: string; readonly state: DeliveryState }> {
  const id = parseDeliveryId(text);
  if (!id)
    throw new InputError({
      code: "bad-id",
      message: `"${text}" is not a delivery; it is written campaign.number, such as 12.345.`,
    });
  if (decision !== "accept" && decision !== "resend")
    throw new InputError({
      code: "bad-decision",
      message: `--uncertain "${decision}": say accept (it arrived) or resend.`,
    });
  await findCampaign(pool, id.campaign);
  const delivery = formatDeliveryId(id);
  const resolved = await audited(
    pool,
    config,
    (client) => resolveDelivery(client, id.campaign, id.number, decision),
    (done) =>
      done?.done
        ? { actor, action: "delivery-resolved", subject: `campaign:${id.campaign}`, facts: { delivery, decision } }
        : null,
  );
  if (!resolved)
    throw new InputError({
      code: "not-uncertain",
      message: `Delivery ${delivery} is not uncertain; nothing was changed.`,
    });
  if (!resolved.done)
    throw new InputError({
      code: "lease-not-over",
      message: `Delivery ${delivery} may still be on its way until ${resolved.leaseUntil?.toISOString()}; sending it again before then could mail the reader twice.`,
    });
  return { delivery, state: resolved.state };
}

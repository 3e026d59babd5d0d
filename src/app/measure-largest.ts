import type { Pool } from "pg";
import type { PlannedCampaign } from "../adapters/postgres/ledger/plan.ts";
import { readFreezable } from "../adapters/postgres/ledger/freezable.ts";
import { personalise } from "../digest/personalise.ts";
import { systemClock } from "../lib/clock.ts";
import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import type { Config } from "./config.ts";
import { createMailSettings } from "./mail-settings.ts";
import { loadTokenKeys } from "./secret.ts";
import type { PreparedSend } from "./send-issue.ts";
import { loadSigners, signersFor } from "./signing-keys.ts";

/** A number as long as a campaign's will be: links carry it. */
const longestNumber = 999_999_999;

/** Bytes of the largest message that these readers would get; `null` with nobody to send to. */
export async function measureLargest(
  pool: Pool,
  config: Config,
  prepared: PreparedSend,
  forecast: PlannedCampaign,
): Promise<number | null> {
  const { digest, list, plan } = prepared;
  const profile = config.smtpUrl ? (parseSmtpServers(config.smtpUrl)[0]?.profile ?? "mta") : "mta";
  const settings = createMailSettings(config, loadTokenKeys(config), profile)(digest.sender.fromAddress);
  const signers = signersFor(loadSigners(config), digest.sender.fromAddress);
  let largest: number | null = null;
  for (const { variant, subscriberId } of forecast.longest) {
    const reader = await readFreezable(pool, subscriberId, plan.fields);
    if (!reader) continue;
    const values = { ...reader.values };
    // Who lacks it would be skipped; the others still have a largest message.
    for (const field of plan.requiredFields ?? []) values[field] ||= "-";
    const frozen = { ...reader, values, variant, dateMs: systemClock.now().getTime(), selectors: plan.selectors };
    const identity = { kind: "delivery", id: { campaign: longestNumber, number: longestNumber } } as const;
    const { bytes } = personalise(digest, { identity, list: list.id, frozen }, settings, signers);
    largest = Math.max(largest ?? 0, bytes.length);
  }
  return largest;
}

import type { Pool } from "pg";
import { setApprovalCampaign } from "../adapters/postgres/approvals.ts";
import { findList } from "../adapters/postgres/lists.ts";
import { storeDigest } from "../adapters/postgres/ledger/digests.ts";
import { readMemberVariants } from "../adapters/postgres/ledger/member-variants.ts";
import {
  planCampaign,
  readMemberZones,
  type CampaignPlan,
  type PlannedCampaign,
} from "../adapters/postgres/ledger/plan.ts";
import { formatSendingWindow, nextOpening, readSendingWindow, type SendingWindow } from "../campaign/sending-window.ts";
import { localInstant, readStartTime, spanOf, type StartTime } from "../campaign/start-time.ts";
import type { Actor } from "../domain/audit.ts";
import { neutralKey, variantsMax } from "../digest/block-audiences.ts";
import type { UncertainPolicy } from "../domain/delivery.ts";
import type { Digest } from "../domain/digest.ts";
import { isPublicUrlReachableByOutsiders } from "../domain/public-url.ts";
import { parseSegment } from "../domain/segment-parse.ts";
import type { List } from "../domain/subscriber.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";
import { compileIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { describeDestination } from "./destination.ts";
import { loadSigners, signersFor } from "./signing-keys.ts";

export interface SendOptions {
  readonly issueFile: string;
  readonly list: string;
  readonly segment?: string;
  readonly at?: string;
  readonly tz?: string;
  readonly policy?: UncertainPolicy;
  readonly again?: boolean;
  /** Only those who did not get this issue: refused, skipped, or come since. */
  readonly missed?: boolean;
  /** `08:00-20:00` by each reader's clock. */
  readonly window?: string;
  /** `1%` goes first. */
  readonly canary?: string;
  /** `30m`: how long the others wait for the first share's answers. */
  readonly canaryWait?: string;
  /** Sends with a PUBLIC_URL that readers can't reach. */
  readonly unreachableLinks?: boolean;
}

/** A send that is ready to be planned: everything that can be wrong was looked at. */
export interface PreparedSend {
  readonly list: List;
  readonly digest: Digest;
  readonly start: StartTime;
  readonly plan: CampaignPlan;
}

/**
 * Compiles the issue and checks all that must hold before anybody is mailed.
 * @throws InputError naming what is wrong; nothing was written
 */
export async function prepareSend(pool: Pool, config: Config, options: SendOptions): Promise<PreparedSend> {
  const canary = readCanary(options.canary, options.canaryWait);
  const window = options.window === undefined ? null : readSendingWindow(options.window);
  const start = readStartTime(options.at, options.tz, systemClock.now());
  const list = await findList(pool, options.list);
  if (list.sender.postalAddress.length === 0) {
    throw new InputError({
      code: "no-postal-address",
      message: `List ${list.slug} has no postal address, which every mail must carry (CAN-SPAM): broadsheet lists update ${list.slug} --postal "Street 1, 12345 Town".`,
    });
  }
  refuseUnreachableLinks(config, options);
  const signers = signersFor(loadSigners(config), list.sender.fromAddress);
  const segment =
    options.segment === undefined ? undefined : { text: options.segment, expression: parseSegment(options.segment) };
  const { issue, digest } = await compileIssue(options.issueFile, list.sender, config, async (audiences) => {
    const members = { listId: list.id, audiences, ...(segment ? { segment: segment.expression } : {}) };
    const occurring = await readMemberVariants(pool, { ...members, limit: variantsMax + 1 });
    // The archive shows the one of nobody in particular.
    return [neutralKey(audiences.length), ...occurring];
  });
  return {
    list,
    digest,
    start,
    plan: {
      issueSlug: issue.slug,
      listId: list.id,
      digestId: digest.id,
      ...(segment ? { segment } : {}),
      audiences: digest.audiences,
      variants: [...digest.variants.keys()],
      fields: subscriberFields(digest),
      selectors: signers.map((signer) => signer.selector).join(","),
      policy: options.policy ?? "hold",
      // With local hours readers in the far east come first: the campaign begins with them.
      startsAt: start.type === "instant" ? start.at : spanOf(start.local).first,
      ...(start.type === "subscriber" || window ? { localStarts: await localStarts(pool, list, start, window) } : {}),
      schedule: {
        ...(start.type === "instant" ? {} : { tz: "subscriber", local: start.local }),
        ...(window ? { window: formatSendingWindow(window) } : {}),
        ...(canary ? { canary: canary.share } : {}),
      },
      ...(canary ? { canary } : {}),
      // The address is never missing: it is where the mail goes.
      requiredFields: subscriberFields(digest, true).filter((field) => field !== "address"),
      again: (options.again ?? false) || (options.missed ?? false),
      ...(options.missed ? { onlyMissed: true } : {}),
    },
  };
}

/**
 * Writes the plan. The campaign goes out by the workers from here on.
 * @param approval the proposal that it carries out, where there was one
 */
export async function planSend(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  prepared: PreparedSend,
  approval: number | null = null,
): Promise<PlannedCampaign> {
  await storeDigest(pool, prepared.digest);
  return audited(
    pool,
    config,
    async (client) => {
      const planned = await planCampaign(client, prepared.plan);
      if (approval !== null) await setApprovalCampaign(client, approval, planned.campaign);
      return planned;
    },
    ({ campaign, planned }) => ({
      actor,
      action: "campaign-planned",
      subject: `campaign:${campaign}`,
      facts: {
        issue: prepared.plan.issueSlug,
        list: prepared.list.slug,
        digest: prepared.digest.id,
        planned,
        approval,
      },
    }),
  );
}

/** What the plan would be, by the same statements. */
export async function dryRunSend(pool: Pool, prepared: PreparedSend): Promise<PlannedCampaign> {
  await storeDigest(pool, prepared.digest);
  return planCampaign(pool, { ...prepared.plan, dryRun: true });
}

/** When each zone's readers are due: their own hour where that was asked for, and no sooner than their window opens. */
async function localStarts(
  pool: Pool,
  list: List,
  start: StartTime,
  window: SendingWindow | null,
): Promise<NonNullable<CampaignPlan["localStarts"]>> {
  const startIn = (zone: string): Date => {
    const at = start.type === "instant" ? start.at : localInstant(start.local, zone);
    return (window && nextOpening(window, zone, at)) ?? at;
  };
  const zones = await readMemberZones(pool, list.id);
  return { byZone: new Map(zones.map((zone) => [zone, startIn(zone)])), elsewhere: startIn(list.zone) };
}

/** Long enough for the big providers' first answers. */
const canaryWaitMsDefault = 30 * 60_000;

function readCanary(share: string | undefined, wait: string | undefined): CampaignPlan["canary"] | null {
  if (share === undefined) return null;
  const percent = /^(\d{1,2}(?:\.\d{1,3})?)%$/.exec(share)?.[1];
  if (percent === undefined || Number(percent) === 0)
    throw new InputError({ code: "bad-canary", message: `--canary "${share}": write a share below all, such as 1%.` });
  const unit = /^(\d{1,4})(s|m|h)$/.exec(wait ?? "");
  if (wait !== undefined && !unit)
    throw new InputError({ code: "bad-canary", message: `--canary-wait "${wait}": write a time such as 30m or 2h.` });
  const waitMs = unit
    ? Number(unit[1]) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit[2] as "s" | "m" | "h"]
    : canaryWaitMsDefault;
  return { share: Number(percent) / 100, waitMs };
}

function refuseUnreachableLinks(config: Config, options: SendOptions): void {
  if (options.unreachableLinks || describeDestination(config).local) return;
  const reach = isPublicUrlReachableByOutsiders(config.publicUrl);
  if (reach.reachable) return;
  throw new InputError({
    code: "unreachable-public-url",
    message: `PUBLIC_URL is ${config.publicUrl}: ${reach.reason}. Readers could neither see pictures nor leave. Set PUBLIC_URL, or say --unreachable-links on purpose.`,
  });
}

/** What the slots of any variant ask of a subscriber, without the prefix; or only where a missing value has no fallback. */
export function subscriberFields(digest: Digest, onlyRequired = false): readonly string[] {
  const fields = new Set<string>();
  for (const variant of digest.variants.values()) {
    for (const { slots } of [variant.subject, variant.text.source, variant.html.source]) {
      for (const { name, fallback } of slots)
        if (name.startsWith("subscriber.") && !(onlyRequired && fallback !== null))
          fields.add(name.slice("subscriber.".length));
    }
  }
  return [...fields].toSorted();
}

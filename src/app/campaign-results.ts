import type { Pool } from "pg";
import { countRows, readBalance } from "../adapters/postgres/ledger/balance.ts";
import type { CampaignRecord } from "../adapters/postgres/ledger/campaigns.ts";
import {
  countComplainersAndBounced,
  countLeavers,
  countReturns,
  listEarlierCampaigns,
  readAcceptedOverTime,
  readLaneResults,
  readProviderResults,
  readRefusals,
} from "../adapters/postgres/ledger/results.ts";
import type { Balance } from "../domain/ledger.ts";
import { classifyReply } from "../domain/reply-class.ts";
import { replyReasons, type ReplyReason } from "../domain/reply-reason.ts";

/** One campaign in a row beside its like. */
export interface CampaignSummary {
  readonly id: number;
  readonly issueSlug: string;
  readonly startsAt: Date;
  readonly balance: Balance;
  /** Left by one of its mails. */
  readonly left: number;
  readonly complained: number;
  /** Taken by the server first and then returned. */
  readonly bounced: number;
}

export type CampaignResults = Awaited<ReturnType<typeof readCampaignResults>>;

/** Enough for the providers that matter; the long tail is one line. */
const providersShown = 10;
/** What people still have in mind. */
const comparedMax = 5;

/**
 * Everything that the report of a campaign says. What is counted of deliveries that can't change any more is counted once; what
 * comes back and who leaves is read from rows now.
 */
export async function readCampaignResults(pool: Pool, campaign: CampaignRecord) {
  // One after the other: a report must not take the connections that sending needs.
  const summary = await summarise(pool, campaign);
  const once = <Count>(what: string, count: () => Promise<Count>) => countRows(pool, campaign.id, what, count);
  const time = await once("time", () => readAcceptedOverTime(pool, campaign.id));
  const lanes = await once("lanes", () => readLaneResults(pool, campaign.id));
  const providers = await once("providers", () => readProviderResults(pool, campaign.id, providersShown));
  const refusals = explainRefusals(await once("refusals", () => readRefusals(pool, campaign.id)));
  const returns = await countReturns(pool, campaign.id);
  const earlier: CampaignSummary[] = [];
  for (const one of await listEarlierCampaigns(pool, campaign, comparedMax)) earlier.push(await summarise(pool, one));
  return { summary, time, lanes, providers, refusals, returns, earlier };
}

async function summarise(
  pool: Pool,
  { id, issueSlug, startsAt }: Pick<CampaignRecord, "id" | "issueSlug" | "startsAt">,
): Promise<CampaignSummary> {
  const balance = await readBalance(pool, id);
  const none = { planned: 0, accepted: 0, refused: 0, skipped: 0, uncertain: 0, remaining: 0 };
  return {
    id,
    issueSlug,
    startsAt,
    balance: balance ?? none,
    left: await countLeavers(pool, id),
    ...(await countComplainersAndBounced(pool, id)),
  };
}

export interface ExplainedRefusal {
  readonly reason: ReplyReason;
  /** For people: "There is no such mailbox." */
  readonly sentence: string;
  readonly count: number;
  /** The most frequent reply behind it, as the server wrote it. */
  readonly example: string;
}

/** The servers' replies, told together where they mean the same. @param replies the most frequent first */
export function explainRefusals(
  replies: readonly { readonly detail: string; readonly count: number }[],
): readonly ExplainedRefusal[] {
  const byReason = new Map<ReplyReason, ExplainedRefusal>();
  for (const { detail, count } of replies) {
    const reason = reasonOf(detail);
    const known = byReason.get(reason);
    byReason.set(reason, {
      reason,
      sentence: replyReasons[reason].sentence,
      count: (known?.count ?? 0) + count,
      example: known?.example ?? detail,
    });
  }
  return [...byReason.values()].toSorted((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

/** The ledger keeps a reply as "550 5.1.1 text"; what gave up after days has "expired:" before it. */
function reasonOf(detail: string): ReplyReason {
  const match = /^(expired: )?([45]\d\d)[ -](?:([45]\.\d{1,3}\.\d{1,3}) )?(.*)$/s.exec(detail);
  if (match) return classifyReply(Number(match[2]), match[3] ?? null, match[4] ?? "").reason;
  return detail.startsWith("expired: ") ? "expired" : "unknown";
}

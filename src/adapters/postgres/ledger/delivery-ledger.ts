import type { Pool } from "pg";
import type { Claim, DeliveryJob } from "../../../domain/delivery.ts";
import type { DeliveryLedger, Settlement } from "../../../domain/ledger.ts";
import { createBatcher } from "../../../lib/batcher.ts";
import type { Clock } from "../../../lib/clock.ts";
import { claimBatch, type ClaimContext } from "./claim.ts";
import { untilDatabaseAnswers } from "./retry.ts";
import { settleBatch } from "./settle.ts";

export interface DeliveryLedgerOptions extends ClaimContext {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly onAway: (error: unknown) => void;
}

/** The first claim of a batch waits this long for company; small beside a conversation, large beside the arrival of jobs. */
const batchDelayMs = 3;
const batchSizeMax = 200;
/** Two statements of a kind under way: one commits while the next is gathered. */
const batchConcurrency = 2;

/** The ledger on PostgreSQL, for one deliver process. */
export function createDeliveryLedger(options: DeliveryLedgerOptions): DeliveryLedger {
  const { pool, clock, onAway } = options;
  const batching = { clock, delayMs: batchDelayMs, sizeMax: batchSizeMax, concurrency: batchConcurrency };
  /** While a settlement can't be written no new claim is made: what is sent must be able to be recorded. */
  let unwritten = 0;
  let written: Promise<void> = Promise.resolve();
  let tellWritten: () => void = () => undefined;

  const claim = createBatcher<DeliveryJob, Claim | null>(async (jobs) => {
    while (unwritten > 0) await written;
    const claims = new Map<DeliveryJob, Claim | null>();
    for (const [campaign, own] of groupByCampaign(jobs, (job) => job.delivery.campaign)) {
      const answers = await untilDatabaseAnswers(
        clock,
        (isRetry) => claimBatch(pool, campaign, own, options, isRetry),
        onAway,
      );
      own.forEach((job, index) => claims.set(job, answers[index] ?? null));
    }
    return jobs.map((job) => claims.get(job) ?? null);
  }, batching);

  const settle = createBatcher<Settlement, undefined>(async (settlements) => {
    for (const [campaign, own] of groupByCampaign(settlements, (settlement) => settlement.delivery.campaign)) {
      let away = false;
      await untilDatabaseAnswers(
        clock,
        () => settleBatch(pool, campaign, own),
        (error) => {
          onAway(error);
          if (away) return;
          away = true;
          if (unwritten === 0) written = new Promise((resolve) => (tellWritten = resolve));
          unwritten += 1;
        },
      );
      if (!away) continue;
      unwritten -= 1;
      if (unwritten === 0) tellWritten();
    }
    return settlements.map(() => undefined);
  }, batching);

  return { claim, settle };
}

function groupByCampaign<Item>(items: readonly Item[], campaignOf: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const campaign = campaignOf(item);
    const group = groups.get(campaign);
    if (group) group.push(item);
    else groups.set(campaign, [item]);
  }
  return groups;
}

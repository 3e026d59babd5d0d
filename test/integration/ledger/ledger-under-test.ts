/** The production ledger on a database of its own, with the few moves that its tests are made of. */
import { expect, onTestFinished } from "vitest";
import type { Pool } from "pg";
import { readBalance } from "../../../src/adapters/postgres/ledger/balance.ts";
import { claimBatch } from "../../../src/adapters/postgres/ledger/claim.ts";
import { createDispatchLedger } from "../../../src/adapters/postgres/ledger/dispatch-ledger.ts";
import type { CampaignPlan } from "../../../src/adapters/postgres/ledger/plan.ts";
import { settleBatch } from "../../../src/adapters/postgres/ledger/settle.ts";
import { startWorkerLife } from "../../../src/adapters/postgres/ledger/worker-life.ts";
import type { Claim, DeliveryJob } from "../../../src/domain/delivery.ts";
import type { Balance, DispatchLedger, Settlement } from "../../../src/domain/ledger.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

export const leaseMs = 60_000;
export const handOutMs = 15_000;

export interface Row {
  readonly number: number;
  readonly state: string;
  readonly turn: number;
  readonly attempts: number;
  readonly detail: string | null;
  readonly worker: number | null;
  readonly due: boolean;
  readonly timer: boolean;
}

export interface LedgerUnderTest {
  readonly url: string;
  readonly pool: Pool;
  readonly campaign: number;
  readonly listId: number;
  /** In the order of their deliveries' numbers. */
  readonly subscribers: readonly number[];
  readonly dispatch: DispatchLedger;
  job(number: number, turn?: number): DeliveryJob;
  /** @param again asks for a claim whose answer was lost */
  claim(worker: number, jobs: readonly DeliveryJob[], again?: boolean): Promise<readonly (Claim | null)[]>;
  settle(...settlements: readonly Settlement[]): Promise<void>;
  /** Everything that is due, as jobs. */
  handOut(): Promise<readonly DeliveryJob[]>;
  row(number: number): Promise<Row>;
  /** Lets time pass for every timer and lease of the campaign. */
  pass(ms: number): Promise<void>;
  balance(): Promise<Balance>;
  attempts(number: number): Promise<readonly string[]>;
  state(): Promise<string>;
}

/** A begun campaign to `count` readers. */
export async function createLedgerUnderTest(
  count: number,
  changes: Partial<CampaignPlan> = {},
): Promise<LedgerUnderTest> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { pool } = database;
  const { listId, subscribers: members } = await createSampleList(pool, addresses(count));
  const { campaign } = await planSampleCampaign(pool, listId, changes);
  const dispatch = createDispatchLedger(pool);
  await dispatch.startDueCampaigns();
  const table = `deliveries_${campaign}`;
  const planned = await pool.query<{ id: number }>(`SELECT subscriber_id AS id FROM ${table} ORDER BY number`);
  const subscribers = planned.rows.map((row) => row.id);
  expect(new Set(subscribers)).toEqual(new Set(members));
  return {
    url: database.url,
    pool,
    campaign,
    listId,
    subscribers,
    dispatch,
    job: (number, turn = 1) => ({ delivery: { campaign, number }, turn }),
    claim: (worker, jobs, again = false) => claimBatch(pool, campaign, jobs, { worker, leaseMs }, again),
    settle: (...settlements) => settleBatch(pool, campaign, settlements),
    handOut: () => dispatch.handOut(campaign, "default", 1_000, handOutMs),
    async row(number) {
      const found = await pool.query<Row>(
        `SELECT number, state, turn, attempts, detail, worker, coalesce(due_at <= now(), false) AS due, due_at IS NOT NULL AS timer
         FROM ${table} WHERE number = $1`,
        [number],
      );
      return found.rows[0] as Row;
    },
    async pass(ms) {
      await pool.query(
        `UPDATE ${table} SET due_at = due_at - $1 * interval '1 ms', lease_until = lease_until - $1 * interval '1 ms'`,
        [ms],
      );
    },
    async balance() {
      const balance = (await readBalance(pool, campaign)) as Balance;
      const { accepted, refused, skipped, uncertain, remaining } = balance;
      expect(accepted + refused + skipped + uncertain + remaining, "the balance adds up").toBe(balance.planned);
      return balance;
    },
    async attempts(number) {
      const found = await pool.query<{ outcome: string }>(
        "SELECT outcome FROM attempts WHERE campaign_id = $1 AND number = $2 ORDER BY ended_at, turn",
        [campaign, number],
      );
      return found.rows.map((row) => row.outcome);
    },
    async state() {
      const found = await pool.query<{ state: string }>("SELECT state FROM campaigns WHERE id = $1", [campaign]);
      return found.rows[0]?.state as string;
    },
  };
}

/** A worker that is alive until the test ends it. @returns its number, and how to end it */
export async function startLivingWorker(ledger: LedgerUnderTest): Promise<{ worker: number; die(): Promise<void> }> {
  const life = await startWorkerLife(ledger.pool, ledger.url, systemClock);
  onTestFinished(() => life.stop());
  return {
    worker: life.worker,
    async die() {
      await life.stop();
    },
  };
}

export function accepted(job: DeliveryJob, detail = "250 2.0.0 ok"): Settlement {
  const { delivery, turn } = job;
  return { delivery, turn, state: "accepted", dueInMs: null, countsAsAttempt: true, detail };
}

export function deferred(job: DeliveryJob, dueInMs = 600_000): Settlement {
  const { delivery, turn } = job;
  return {
    delivery,
    turn,
    state: "deferred",
    dueInMs,
    countsAsAttempt: true,
    detail: "450 4.2.0 greylisted",
    attempt: {
      server: "mx.example.net:25",
      outcome: "deferred",
      phase: "rcpt",
      code: 450,
      enhanced: "4.2.0",
      reply: "4.2.0 greylisted",
    },
  };
}

export function uncertain(job: DeliveryJob, dueInMs: number | null = null): Settlement {
  const { delivery, turn } = job;
  return {
    delivery,
    turn,
    state: "uncertain",
    dueInMs,
    countsAsAttempt: true,
    detail: "dropped after the dot",
    attempt: {
      server: "mx.example.net:25",
      outcome: "uncertain",
      phase: "body",
      code: null,
      enhanced: null,
      reply: "dropped after the dot",
    },
  };
}

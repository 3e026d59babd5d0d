import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBalance } from "../../../src/adapters/postgres/ledger/balance.ts";
import { createDeliveryQueue } from "../../../src/adapters/queue/delivery-queue.ts";
import { createQueueBackend } from "../../../src/adapters/queue/queue-backend.ts";
import type { Balance } from "../../../src/domain/ledger.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { summariseSinkLog } from "../../../src/drill/sink-log.ts";
import { startFaultSink, type FaultSink } from "../../../src/drill/sink.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { runCommand } from "../../support/run-command.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker, type WorkerUnderTest } from "../../support/worker-process.ts";

/**
 * A dispatcher and a deliver process on the PostgreSQL queue, and what stops them: a person's orders on the command line, and
 * answers that are worse than they may be. One installation for all tests, each with a list and a lane of its own.
 */

/** Slow enough that orders come in the middle; the jobs ahead of the workers are four seconds of it. */
const perSecond = 40;
const prefix = "orders";

const stops: (() => unknown)[] = [];
let database: TestDatabase;
let sink: FaultSink;
let sinkLog: string;
let dataDir: string;
let environment: Record<string, string>;
let deliverer: WorkerUnderTest;
let queue: ReturnType<typeof createDeliveryQueue>;

beforeAll(async () => {
  database = await createTestDatabase();
  stops.push(() => database.drop());
  await database.pool.query(
    `INSERT INTO lanes (name, domains, per_second) VALUES ('paced', '{paced.example}', ${perSecond}),
       ('refusing', '{refusing.example}', NULL), ('putting-off', '{putting-off.example}', NULL)`,
  );
  dataDir = mkdtempSync(join(tmpdir(), "broadsheet-test-"));
  stops.push(() => rmSync(dataDir, { recursive: true, force: true }));
  sinkLog = join(dataDir, "sink.jsonl");
  sink = await startFaultSink({
    logFile: sinkLog,
    seed: 1,
    faults: noFaults,
    domainReplies: {
      "refusing.example": "550 5.1.1 no such user",
      "putting-off.example": "450 4.2.0 greylisted, come back later",
    },
  });
  stops.push(() => sink.stop());
  environment = {
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    DATA_DIR: dataDir,
    QUEUE_PREFIX: prefix,
  };
  const dispatcher = startWorker("dispatch", environment);
  deliverer = startWorker("deliver", environment);
  stops.push(() => Promise.all([dispatcher, deliverer].map((worker) => worker.end("SIGKILL"))));
  await waitUntil("the deliver process is ready", () => deliverer.output().includes('"msg":"delivering"'), startMsMax);
  const backend = createQueueBackend({ databaseUrl: database.url, prefix, lockMs: 20_000, onError: () => {} });
  queue = createDeliveryQueue(backend);
  stops.push(() => queue.stop());
});
const startMsMax = 60_000;

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
});

async function plan(readers: number, domain: string): Promise<number> {
  const { listId } = await createSampleList(database.pool, addresses(readers, domain), domain.split(".")[0]);
  return (await planSampleCampaign(database.pool, listId)).campaign;
}

/** The campaign's balance, which adds up at every instant. */
async function balanceOf(campaign: number): Promise<Balance> {
  const balance = (await readBalance(database.pool, campaign)) as Balance;
  const { accepted, refused, skipped, uncertain, remaining } = balance;
  expect(accepted + refused + skipped + uncertain + remaining).toBe(balance.planned);
  return balance;
}

async function one<Row>(sql: string, values: unknown[] = []): Promise<Row> {
  return (await database.pool.query<Row & Record<string, unknown>>(sql, values)).rows[0] as Row;
}

function stateOf(campaign: number): Promise<{ state: string; reason: string | null }> {
  return one("SELECT state, state_reason AS reason FROM campaigns WHERE id = $1", [campaign]);
}

async function waitForAccepted(campaign: number, least: number): Promise<void> {
  await waitUntil(`${least} mails are accepted`, async () => (await balanceOf(campaign)).accepted >= least);
}

async function waitForEmptyWire(campaign: number): Promise<void> {
  const sending = "SELECT count(*) AS count FROM deliveries WHERE campaign_id = $1 AND state = 'sending'";
  await waitUntil(
    "nothing is on the wire",
    async () => (await one<{ count: number }>(sending, [campaign])).count === 0,
  );
}

function order(word: string, campaign: number) {
  return runCommand(["campaigns", word, String(campaign)], { databaseUrl: database.url, dataDir });
}

test("pause, resume and cancel on the command line: after pause nothing more is claimed or said, and nobody is mailed twice", async () => {
  const readers = 1_000;
  const campaign = await plan(readers, "paced.example");
  await waitForAccepted(campaign, perSecond / 2);

  const paused = await order("pause", campaign);
  expect(paused).toMatchObject({ code: 0, stdout: `Campaign ${campaign} is paused.\n` });
  const acknowledged = (await one<{ now: Date }>("SELECT clock_timestamp() AS now")).now;
  await waitForEmptyWire(campaign);
  const said = sink.counts().transactions;
  // The jobs that were ahead come to their end one by one, and each finds that it may not.
  await waitUntil("the jobs ahead have ended", async () => (await queue.countAhead("paced")) === 0);
  expect(sink.counts().transactions).toBe(said);
  const claims = await one<{ count: number; last: Date }>(
    "SELECT count(first_claimed_at) AS count, max(first_claimed_at) AS last FROM deliveries WHERE campaign_id = $1",
    [campaign],
  );
  expect(claims.count).toBe(said);
  expect(claims.last.getTime()).toBeLessThanOrEqual(acknowledged.getTime());
  const atRest = await balanceOf(campaign);
  expect(atRest).toMatchObject({ accepted: said, remaining: readers - said });

  expect((await order("resume", campaign)).code).toBe(0);
  await waitForAccepted(campaign, said + perSecond / 2);

  const cancelled = await order("cancel", campaign);
  expect(cancelled).toMatchObject({ code: 0, stdout: `Campaign ${campaign} is cancelled.\n` });
  await waitForEmptyWire(campaign);
  const end = await balanceOf(campaign);
  expect(end).toMatchObject({ skipped: readers - end.accepted, remaining: 0 });
  await waitUntil("the jobs ahead have ended", async () => (await queue.countAhead("paced")) === 0);
  expect(await balanceOf(campaign)).toEqual(end);
  expect(await order("resume", campaign)).toMatchObject({ code: 2, stderr: expect.stringContaining("is cancelled") });
  const { timesAccepted } = await summariseSinkLog(sinkLog);
  expect(timesAccepted.size).toBe(end.accepted);
  expect([...timesAccepted.values()].every((times) => times === 1)).toBe(true);
}, 90_000);

test("a second deliver process on the PostgreSQL queue is refused in words, and the first goes on", async () => {
  const second = startWorker("deliver", environment);
  const [code] = (await once(second.process, "exit")) as [number | null];
  expect(code, second.output()).toBe(2);
  expect(second.output()).toMatch(/Another deliver process already works on the PostgreSQL queue.*REDIS_URL/);
  expect(deliverer.process.exitCode).toBeNull();
});

test("a campaign whose readers are refused halts before the list is burnt, and shows why", async () => {
  const readers = 100;
  const campaign = await plan(readers, "refusing.example");
  await waitUntil("the campaign halts", async () => (await stateOf(campaign)).state === "paused");
  await waitForEmptyWire(campaign);
  const reason = (await stateOf(campaign)).reason as string;
  expect(reason).toMatch(/^20 of the last \d+ answers were refusals; the last: 550 5\.1\.1 no such user/);
  const balance = await balanceOf(campaign);
  expect(balance.refused).toBeGreaterThanOrEqual(20);
  expect(balance.remaining).toBe(readers - balance.refused);
  expect(balance.remaining).toBeGreaterThan(0);
  const shown = await runCommand(["campaigns", "show", String(campaign)], { databaseUrl: database.url, dataDir });
  expect(shown.stdout).toContain(`paused (${reason})`);
});

test("a campaign of which nearly everybody is put off halts, and all of them are still to be mailed", async () => {
  const readers = 260;
  const campaign = await plan(readers, "putting-off.example");
  await waitUntil("the campaign halts", async () => (await stateOf(campaign)).state === "paused");
  await waitForEmptyWire(campaign);
  expect((await stateOf(campaign)).reason).toMatch(
    /^\d+ of the last \d+ answers were put off; the last: 450 4\.2\.0 greylisted/,
  );
  expect(await balanceOf(campaign)).toMatchObject({ accepted: 0, refused: 0, uncertain: 0, remaining: readers });
});

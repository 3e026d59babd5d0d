import { join } from "node:path";
import { Redis } from "ioredis";
import type { Pool } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { noFaults } from "../../src/drill/fault-plan.ts";
import { readSinkLog } from "../../src/drill/sink-log.ts";
import { startSinkProcess } from "../../src/drill/start-sink-process.ts";
import { createTestDatabase } from "../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../support/planned-campaign.ts";
import { findRedis } from "../support/redis.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { startWorker } from "../support/worker-process.ts";

/**
 * Real deliver processes against a sink that writes down when it took what. The rate is what the receiving server saw:
 * mails by domain and by the millisecond.
 */

const redis = findRedis();
const perSecond = 50;

/** A database of its own within the run's Redis, so that emptying it troubles nobody. */
const ownDatabase = 17;

interface Line {
  readonly logFile: string;
  readonly redisUrl: string;
  readonly pool: Pool;
  /** When each mail to the domain was taken, milliseconds since 1970. */
  takenMs(domain: string): Promise<readonly number[]>;
}

async function startLine(options: {
  readonly database: number;
  readonly deliverers: number;
  readonly recipients: readonly string[];
  readonly domainLimits?: Readonly<Record<string, number>>;
  readonly setUp?: string;
}): Promise<Line> {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const folder = makeTemporaryFolder();
  const logFile = join(folder, "sink.log");
  const faults = { ...noFaults, domainLimits: options.domainLimits ?? {} };
  const sink = await startSinkProcess({ logFile, seed: 1, faults });
  onTestFinished(() => sink.stop());
  const redisUrl = `${redis}/${options.database}`;
  const environment = {
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    DATA_DIR: folder,
    REDIS_URL: redisUrl,
    RATE_LIMIT_REST: "3s",
  };
  const workers = [
    startWorker("dispatch", environment),
    ...Array.from({ length: options.deliverers }, () => startWorker("deliver", environment)),
  ];
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
  });
  if (options.setUp) await database.pool.query(options.setUp);
  // All of them at work before the first mail is due: a process that starts takes a core for seconds.
  const startMsMax = 60_000;
  await waitUntil(
    "all deliver processes are ready",
    () => workers.slice(1).every((worker) => worker.output().includes('"msg":"delivering"')),
    startMsMax,
  );
  const { listId } = await createSampleList(database.pool, options.recipients);
  await planSampleCampaign(database.pool, listId);
  return {
    logFile,
    redisUrl,
    pool: database.pool,
    async takenMs(domain) {
      const taken: number[] = [];
      for await (const entry of readSinkLog(logFile))
        if (entry.event === "accepted" && entry.recipient.endsWith(`@${domain}`)) taken.push(Date.parse(entry.at));
      return taken.toSorted((a, b) => a - b);
    },
  };
}

/** Most mails within any second, wherever it begins. */
function busiestSecond(taken: readonly number[]): number {
  let first = 0;
  let most = 0;
  taken.forEach((ms, last) => {
    while (ms - (taken[first] as number) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

/** How many were taken in each tenth of a second, for a failure's message. */
function describeTenths(taken: readonly number[], fromMs: number): string {
  const tenths: number[] = [];
  for (const ms of taken) {
    const tenth = Math.floor((ms - fromMs) / 100);
    if (tenth >= 0) tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  return Array.from(tenths, (count) => count ?? 0).join(" ");
}

test.skipIf(redis === undefined)(
  "a lane of 50 a second keeps to it with three processes, also when Redis is emptied in the middle",
  async () => {
    const line = await startLine({
      database: ownDatabase,
      deliverers: 3,
      recipients: addresses(900),
      setUp: `UPDATE lanes SET per_second = ${perSecond} WHERE name = 'default'`,
    });
    const seen = async (): Promise<number> => (await line.takenMs("example.net")).length;
    await waitUntil("the lane is at its pace", async () => (await seen()) > perSecond);
    const fromMs = Date.now();
    await waitUntil("the middle of ten seconds", () => Date.now() > fromMs + 5_000);
    const client = new Redis(line.redisUrl);
    await client.flushdb();
    client.disconnect();
    await waitUntil("ten seconds are over", () => Date.now() > fromMs + 10_300);
    const taken = await line.takenMs("example.net");
    const inTenSeconds = taken.filter((ms) => ms >= fromMs && ms < fromMs + 10_000);
    const tenths = describeTenths(inTenSeconds, fromMs);
    expect(inTenSeconds.length, tenths).toBeGreaterThanOrEqual(10 * perSecond * 0.95);
    expect(inTenSeconds.length, tenths).toBeLessThanOrEqual(10 * perSecond * 1.05);
    expect(busiestSecond(inTenSeconds), tenths).toBeLessThanOrEqual(perSecond * 1.1);
  },
  120_000,
);

test.skipIf(redis === undefined)(
  "a storm of 421 in one lane slows that lane and leaves the rate of another as it was",
  async () => {
    const line = await startLine({
      database: ownDatabase + 1,
      deliverers: 2,
      recipients: addresses(900),
      domainLimits: { "storm.example": 2 },
      setUp: `UPDATE lanes SET per_second = ${perSecond} WHERE name = 'default';
        INSERT INTO lanes (name, domains) VALUES ('storm', '{storm.example}')`,
    });
    const windowMs = 5_000;
    const takenFrom = async (fromMs: number): Promise<readonly number[]> => {
      await waitUntil("the window is over", () => Date.now() > fromMs + windowMs + 300);
      return (await line.takenMs("example.net")).filter((ms) => ms >= fromMs && ms < fromMs + windowMs);
    };
    await waitUntil("the lane is at its pace", async () => (await line.takenMs("example.net")).length > perSecond);
    const calm = await takenFrom(Date.now());
    await planSampleCampaign(
      line.pool,
      (await createSampleList(line.pool, addresses(400, "storm.example"), "storm")).listId,
    );
    const refusals = async (): Promise<number> => {
      let count = 0;
      for await (const entry of readSinkLog(line.logFile))
        if (entry.event === "fault" && entry.fault === "domain-limit") count += 1;
      return count;
    };
    await waitUntil("the storm has begun", async () => (await refusals()) > 0);
    const stormMs = Date.now();
    const during = await takenFrom(stormMs);
    const message = `${describeTenths(calm, stormMs - windowMs)}, then ${describeTenths(during, stormMs)}`;
    expect(during.length / calm.length, message).toBeGreaterThan(0.95);
    expect(during.length / calm.length, message).toBeLessThan(1.05);
    expect((await line.takenMs("storm.example")).length).toBeLessThan(60);
    const { rows } = await line.pool.query(
      "SELECT slowed_until IS NOT NULL AS slowed FROM lanes WHERE name IN ('default', 'storm') ORDER BY name",
    );
    expect(rows).toEqual([{ slowed: false }, { slowed: true }]);
  },
  120_000,
);

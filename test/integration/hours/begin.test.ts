import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { orderCampaign } from "../../../src/adapters/postgres/ledger/campaigns.ts";
import { holdCampaigns, holdLateCampaigns } from "../../../src/adapters/postgres/ledger/generation.ts";
import { createDeliveryQueue } from "../../../src/adapters/queue/delivery-queue.ts";
import { createQueueBackend } from "../../../src/adapters/queue/queue-backend.ts";
import { openStartFence } from "../../../src/app/start-fence.ts";
import { createWindowKeeper } from "../../../src/app/keep-windows.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { startFaultSink } from "../../../src/drill/sink.ts";
import { planSampleCampaign } from "../../support/planned-campaign.ts";
import { findRedis } from "../../support/redis.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";
import { accepted, createLedgerUnderTest, deferred, type LedgerUnderTest } from "../ledger/ledger-under-test.ts";

const hourMs = 3_600_000;
const redis = findRedis();

async function reasonOf(ledger: LedgerUnderTest): Promise<string | null> {
  const { rows } = await ledger.pool.query<{ reason: string | null }>(
    "SELECT state_reason AS reason FROM campaigns WHERE id = $1",
    [ledger.campaign],
  );
  return rows[0]?.reason ?? null;
}

function fenceConfig(dataDir: string) {
  return { dataDir, redisUrl: undefined, queuePrefix: "fence" };
}

test("a database that is behind its witness begins nothing until a person accepts it, and then only what she confirms", async () => {
  const ledger = await createLedgerUnderTest(3);
  const { pool } = ledger;
  const dataDir = makeTemporaryFolder();
  const fence = await openStartFence(fenceConfig(dataDir), pool);
  expect(await fence.check()).toBeNull();
  await fence.raise();
  await fence.raise();
  expect(await fence.state()).toEqual({ generation: 2, witnessed: 2 });
  // The backup of a moment ago comes back: the number with it.
  await pool.query("UPDATE installation SET generation = 1");
  const reason = await fence.check();
  expect(reason).toContain("generation 1 and was seen at 2");
  expect(await holdCampaigns(pool, reason as string)).toEqual([ledger.campaign]);
  expect(await ledger.claim(1, [ledger.job(1)])).toEqual([null]);
  expect(await fence.accept()).toEqual({ generation: 3, witnessed: 3 });
  expect(await fence.check()).toBeNull();
  await ledger.dispatch.startDueCampaigns();
  expect(await ledger.state()).toBe("paused");
  await orderCampaign(pool, ledger.campaign, "resume");
  await ledger.dispatch.startDueCampaigns();
  expect(await ledger.state()).toBe("sending");
  expect(await reasonOf(ledger)).toBeNull();
});

test("a machine that never saw the database, and a witness that is behind, hold nothing", async () => {
  const ledger = await createLedgerUnderTest(1);
  const first = await openStartFence(fenceConfig(makeTemporaryFolder()), ledger.pool);
  const second = await openStartFence(fenceConfig(makeTemporaryFolder()), ledger.pool);
  await first.raise();
  expect(await second.check()).toBeNull();
  await second.raise();
  expect(await first.check()).toBeNull();
  expect(await first.state()).toEqual({ generation: 2, witnessed: 1 });
});

test("a real dispatcher on a restored database pauses what is under way and says why in its log", async () => {
  const ledger = await createLedgerUnderTest(2);
  const dataDir = makeTemporaryFolder();
  const fence = await openStartFence(fenceConfig(dataDir), ledger.pool);
  await fence.raise();
  await ledger.pool.query("UPDATE installation SET generation = 0");
  const dispatcher = startWorker("dispatch", { DATABASE_URL: ledger.url, DATA_DIR: dataDir });
  onTestFinished(async () => {
    await dispatcher.end("SIGKILL");
  });
  await waitUntil("the campaign is paused", async () => (await ledger.state()) === "paused");
  expect(await reasonOf(ledger)).toContain("restored from a backup");
  await waitUntil("the log says so", () => dispatcher.output().includes("restored from a backup"));
  expect(await dispatcher.end("SIGTERM")).toBe(0);
});

test("a deliver process by itself sends nothing of a restored database, though the jobs of before still stand in the queue", async () => {
  const ledger = await createLedgerUnderTest(3);
  const dataDir = makeTemporaryFolder();
  const fence = await openStartFence(fenceConfig(dataDir), ledger.pool);
  await fence.raise();
  await ledger.pool.query("UPDATE installation SET generation = 0");
  const sink = await startFaultSink({ logFile: join(dataDir, "sink.log"), seed: 1, faults: noFaults });
  onTestFinished(() => sink.stop());
  const backend = createQueueBackend({ databaseUrl: ledger.url, prefix: "fence", lockMs: 20_000, onError: () => {} });
  const queue = createDeliveryQueue(backend);
  onTestFinished(() => queue.stop());
  await queue.add("default", [ledger.job(1), ledger.job(2), ledger.job(3)]);
  const deliverer = startWorker("deliver", {
    DATABASE_URL: ledger.url,
    DATA_DIR: dataDir,
    QUEUE_PREFIX: "fence",
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
  });
  onTestFinished(async () => {
    await deliverer.end("SIGKILL");
  });
  await waitUntil("the jobs have come to their end", async () => (await queue.countAhead("default")) === 0).catch(
    (error: Error) => {
      throw new Error(`${error.message}\n${deliverer.output()}`);
    },
  );
  expect(await ledger.state()).toBe("paused");
  expect(await reasonOf(ledger)).toContain("restored from a backup");
  expect(deliverer.output()).toContain("restored from a backup");
  expect(sink.counts().transactions).toBe(0);
  expect(await ledger.balance()).toMatchObject({ remaining: 3 });
  expect(await deliverer.end("SIGTERM")).toBe(0);
});

test.skipIf(redis === undefined)(
  "the key in Redis is a witness for a machine that never saw the database; an emptied Redis has seen nothing",
  async () => {
    const ledger = await createLedgerUnderTest(1);
    const open = async (dataDir: string) => {
      const fence = await openStartFence({ dataDir, redisUrl: redis, queuePrefix: "fence" }, ledger.pool);
      onTestFinished(() => fence.stop());
      return fence;
    };
    const first = await open(makeTemporaryFolder());
    await first.raise();
    await first.raise();
    await ledger.pool.query("UPDATE installation SET generation = 1");
    const elsewhere = await open(makeTemporaryFolder());
    expect(await elsewhere.state()).toEqual({ generation: 1, witnessed: 2 });
    expect(await elsewhere.check()).toContain("generation 1 and was seen at 2");

    const client = new Redis(redis as string);
    onTestFinished(() => client.disconnect());
    const keys = await client.keys("fence-witness:*");
    expect(keys).toHaveLength(1);
    await client.del(keys);
    expect(await elsewhere.check()).toBeNull();
    // The file of the machine that worked with it still knows.
    expect(await first.check()).toContain("was seen at 2");
    await first.accept();
    expect(await elsewhere.state()).toEqual({ generation: 3, witnessed: 3 });
  },
);

test("a schedule that is late asks a person; one that was planned late on purpose, or has begun, goes on", async () => {
  const ledger = await createLedgerUnderTest(1);
  const { pool } = ledger;
  const plan = async (slug: string) => (await planSampleCampaign(pool, ledger.listId, { issueSlug: slug })).campaign;
  const late = await plan("late");
  const backdated = await plan("backdated");
  await pool.query(
    "UPDATE campaigns SET starts_at = now() - interval '7 hours', planned_at = now() - interval '2 days' WHERE id = $1",
    [late],
  );
  await pool.query("UPDATE campaigns SET starts_at = now() - interval '7 hours' WHERE id = $1", [backdated]);
  await pool.query(
    "UPDATE campaigns SET starts_at = now() - interval '7 hours', planned_at = now() - interval '2 days' WHERE id = $1",
    [ledger.campaign],
  );
  expect(await holdLateCampaigns(pool, 8 * hourMs)).toEqual([]);
  expect(await holdLateCampaigns(pool, 6 * hourMs)).toEqual([late]);
  await ledger.dispatch.startDueCampaigns();
  const states = async () =>
    (await pool.query<{ state: string }>("SELECT state FROM campaigns ORDER BY id")).rows.map((row) => row.state);
  expect(await states()).toEqual(["sending", "paused", "sending"]);
  await orderCampaign(pool, late, "resume");
  expect(await holdLateCampaigns(pool, 6 * hourMs)).toEqual([]);
  await ledger.dispatch.startDueCampaigns();
  expect(await states()).toEqual(["sending", "sending", "sending"]);
});

test("what is due while its reader's window is closed waits for the opening where she lives", async () => {
  const ledger = await createLedgerUnderTest(3, { schedule: { window: "08:00-20:00" } });
  const { pool, campaign } = ledger;
  // Zones without clock changes, picked so that one is in the middle of the day and one in the middle of the night.
  const hour = new Date().getUTCHours();
  const zoneAt = (wanted: number): string => {
    const offset = ((wanted - hour + 36) % 24) - 12;
    return `Etc/GMT${offset <= 0 ? "+" : "-"}${Math.abs(offset)}`;
  };
  await pool.query("UPDATE lists SET zone = $1", [zoneAt(2)]);
  const setZone = (number: number, zone: string | null) =>
    pool.query("UPDATE subscribers SET zone = $2 WHERE id = $1", [ledger.subscribers[number - 1], zone]);
  await setZone(1, zoneAt(14));
  await setZone(2, zoneAt(3));
  await setZone(3, null);
  await createWindowKeeper(pool)(campaign);
  expect(await ledger.handOut()).toEqual([ledger.job(1)]);
  const { rows } = await pool.query<{ number: number; local: string }>(
    `SELECT d.number, to_char(d.due_at AT TIME ZONE coalesce(s.zone, $2), 'HH24:MI') AS local FROM deliveries d
     JOIN subscribers s ON s.id = d.subscriber_id WHERE campaign_id = $1 AND d.number > 1 ORDER BY 1`,
    [campaign, zoneAt(2)],
  );
  expect(rows).toEqual([
    { number: 2, local: "08:00" },
    { number: 3, local: "08:00" },
  ]);
  await ledger.balance();
});

const canary = { share: 0.2, waitMs: 30 * 60_000 };

test("a first share goes alone; when it went well the others follow", async () => {
  const ledger = await createLedgerUnderTest(200, { canary });
  const first = await ledger.handOut();
  expect(first.length).toBeGreaterThan(15);
  expect(first.length).toBeLessThan(70);
  await ledger.claim(1, first);
  await ledger.settle(...first.map((job) => accepted(job)));
  await ledger.pass(canary.waitMs + 6_000);
  await ledger.pool.query("UPDATE campaigns SET canary_until = now()");
  expect(await ledger.dispatch.judgeCanaries(0.1)).toBe(0);
  expect(await ledger.handOut()).toHaveLength(200 - first.length);
});

test.each([
  ["too many were refused", 4],
  ["nothing was accepted", 1_000],
])("a first share of which %s pauses its campaign and says so; whoever resumes goes on", async (_words, refusedMax) => {
  const ledger = await createLedgerUnderTest(100, { canary });
  const first = await ledger.handOut();
  await ledger.claim(1, first);
  await ledger.settle(
    ...first.map((job, index) =>
      index < refusedMax
        ? { ...deferred(job), state: "refused" as const, dueInMs: null, detail: "550 5.1.1 no such user" }
        : accepted(job),
    ),
  );
  await ledger.pool.query("UPDATE campaigns SET canary_until = now()");
  expect(await ledger.dispatch.judgeCanaries(0.1)).toBe(1);
  expect(await ledger.state()).toBe("paused");
  const refused = Math.min(refusedMax, first.length);
  expect(await reasonOf(ledger)).toBe(
    `of the first ${first.length} tried, ${first.length - refused} were accepted, ${refused} refused and 0 put off`,
  );
  await orderCampaign(ledger.pool, ledger.campaign, "resume");
  await ledger.dispatch.startDueCampaigns();
  expect(await ledger.dispatch.judgeCanaries(0.1)).toBe(0);
  expect(await ledger.state()).toBe("sending");
});

test("a dry run says who is due when and by which lane, and who lacks a value that the issue needs", async () => {
  const ledger = await createLedgerUnderTest(4);
  await ledger.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Ada"}' WHERE id = $1`, [
    ledger.subscribers[0],
  ]);
  const startsAt = new Date("2030-01-01T09:00:00Z");
  const dry = await planSampleCampaign(ledger.pool, ledger.listId, {
    again: true,
    dryRun: true,
    startsAt,
    requiredFields: ["firstName"],
  });
  expect(dry.waves).toEqual([{ lane: "default", dueAt: startsAt, count: 4 }]);
  expect([...dry.missing]).toEqual([["firstName", 3]]);
  expect(dry.longest).toEqual([{ variant: "", subscriberId: ledger.subscribers[0] }]);
});

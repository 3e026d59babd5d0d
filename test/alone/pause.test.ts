import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { orderCampaign } from "../../src/adapters/postgres/ledger/campaigns.ts";
import { noFaults } from "../../src/drill/fault-plan.ts";
import { readSinkLog } from "../../src/drill/sink-log.ts";
import { startSinkProcess } from "../../src/drill/start-sink-process.ts";
import { createTestDatabase } from "../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../support/planned-campaign.ts";
import { findRedis } from "../support/redis.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { startWorker } from "../support/worker-process.ts";

const redis = findRedis();

/** A database of its own within the run's Redis. */
const ownDatabase = 19;
const readers = 20_000;
/** What is promised (docs/guarantees.md): the receiving server hears of no mail later than this after the order. */
const holdMsMax = 2_000;
/** Two windows of jobs ahead and every retry of a claim would have come by then. */
const watchedMs = 8_000;

test.skipIf(redis === undefined)(
  "a pause takes hold within two seconds at full speed with two processes, and nothing goes out after it",
  async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const folder = makeTemporaryFolder();
    const logFile = join(folder, "sink.log");
    const sink = await startSinkProcess({ logFile, seed: 1, faults: noFaults });
    onTestFinished(() => sink.stop());
    const environment = {
      DATABASE_URL: database.url,
      SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
      DATA_DIR: folder,
      REDIS_URL: `${redis}/${ownDatabase}`,
    };
    const workers = (["dispatch", "deliver", "deliver"] as const).map((name) => startWorker(name, environment));
    onTestFinished(async () => {
      await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
    });
    const { listId } = await createSampleList(database.pool, addresses(readers));
    const { campaign } = await planSampleCampaign(database.pool, listId);
    await waitUntil("mail flows", async () => (await sink.counts()).accepted > 500, 60_000);
    const orderedMs = Date.now();
    await orderCampaign(database.pool, campaign, "pause");
    await waitUntil("the watch is over", () => Date.now() > orderedMs + watchedMs);
    let last = 0;
    let taken = 0;
    for await (const entry of readSinkLog(logFile)) {
      if (entry.event !== "accepted") continue;
      taken += 1;
      last = Math.max(last, Date.parse(entry.at));
    }
    expect(last - orderedMs).toBeLessThanOrEqual(holdMsMax);
    expect(taken).toBeLessThan(readers);
    expect((await sink.counts()).transactions).toBe(taken);
  },
  120_000,
);

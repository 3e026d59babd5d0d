import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readBalance, readReasons } from "../../../src/adapters/postgres/ledger/balance.ts";
import { readWorkerReports } from "../../../src/adapters/postgres/worker-reports.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { startFaultSink } from "../../../src/drill/sink.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { findRedis } from "../../support/redis.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";

const recipients = 400;
const redis = findRedis();

describe.each([
  ["PostgreSQL", 1],
  ["Redis", 2],
] as const)("a campaign on the %s queue", (queue, deliverers) => {
  it.skipIf(queue === "Redis" && redis === undefined)(
    "reaches everyone once who may be mailed, nobody else, closes with a balance that adds up, and its workers end with 0",
    async () => {
      const database = await createTestDatabase();
      onTestFinished(() => database.drop());
      const folder = makeTemporaryFolder();
      const taken: string[] = [];
      const sink = await startFaultSink({
        logFile: join(folder, "sink.log"),
        seed: 1,
        faults: noFaults,
        onMessage: ({ recipient }) => taken.push(recipient),
      });
      onTestFinished(() => sink.stop());
      const environment = {
        DATABASE_URL: database.url,
        SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
        DATA_DIR: folder,
        QUEUE_PREFIX: "whole-line",
        ...(queue === "Redis" ? { REDIS_URL: redis as string } : {}),
      };
      const workers = [
        startWorker("dispatch", environment),
        ...Array.from({ length: deliverers }, () => startWorker("deliver", environment)),
      ];
      onTestFinished(async () => {
        await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
      });

      const { pool } = database;
      const all = addresses(recipients);
      const { listId, subscribers } = await createSampleList(pool, all);
      await pool.query("UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = $1", [subscribers[0]]);
      await pool.query("INSERT INTO suppressions (key, reason, source) VALUES ($1, 'complaint', 'test')", [all[1]]);
      const { campaign, planned, skipped } = await planSampleCampaign(pool, listId);
      expect(planned).toBe(recipients);
      expect([...skipped]).toEqual([
        ["left the list", 1],
        ["suppressed: complaint", 1],
      ]);

      const isSent = async (): Promise<boolean> =>
        (await pool.query("SELECT 1 FROM campaigns WHERE id = $1 AND state = 'sent'", [campaign])).rowCount === 1;
      await waitUntil("the campaign is sent", isSent).catch((error: Error) => {
        throw new Error(`${error.message}\n${workers.map((worker) => worker.output()).join("\n")}`);
      });

      expect(taken.toSorted()).toEqual(all.slice(2).toSorted());
      expect(await readBalance(pool, campaign)).toEqual({
        planned: recipients,
        accepted: recipients - 2,
        refused: 0,
        skipped: 2,
        uncertain: 0,
        remaining: 0,
      });
      expect((await readReasons(pool, campaign)).map(({ detail }) => detail).toSorted()).toEqual([
        "left the list",
        "suppressed: complaint",
      ]);
      await waitUntil("the workers have told what they did", async () => {
        const reports = await readWorkerReports(pool);
        const accepted = reports.reduce((sum, { outcomes }) => sum + (outcomes["accepted"] ?? 0), 0);
        return (
          accepted === recipients - 2 && reports.some(({ kind, queued }) => kind === "dispatch" && "default" in queued)
        );
      });
      expect(await Promise.all(workers.map((worker) => worker.end("SIGTERM")))).toEqual(workers.map(() => 0));
      expect((await pool.query("SELECT 1 FROM worker_reports")).rowCount).toBe(0);
    },
    90_000,
  );
});

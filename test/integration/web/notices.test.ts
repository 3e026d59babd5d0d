import { join } from "node:path";
import { simpleParser } from "mailparser";
import { describe, expect, it, onTestFinished } from "vitest";
import { setListPages } from "../../../src/adapters/postgres/public-lists.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { startFaultSink } from "../../../src/drill/sink.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb } from "../../support/public-web.ts";
import { findRedis } from "../../support/redis.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";

const redis = findRedis();
const bulk = 60;

describe.each(["PostgreSQL", "Redis"])("a confirmation mail on the %s queue", (queue) => {
  it.skipIf(queue === "Redis" && redis === undefined)(
    "goes out while a campaign is under way, in the list's look and the reader's language, and its link confirms",
    async () => {
      const web = await createPublicWeb();
      onTestFinished(() => web.stop());
      const folder = makeTemporaryFolder();
      const taken: { recipient: string; bytes: Buffer }[] = [];
      const sink = await startFaultSink({
        logFile: join(folder, "sink.log"),
        seed: 1,
        faults: noFaults,
        onMessage: (message) => taken.push(message),
      });
      onTestFinished(() => sink.stop());
      const { pool } = web;
      const { listId } = await createSampleList(pool, addresses(bulk));
      const letters = await createSampleList(pool, [], "letters");
      await setListPages(pool, "letters", { template: "letter" });
      // Slow enough that the campaign is not over when the confirmations are.
      await pool.query("UPDATE lanes SET per_second = 1 WHERE name = 'default'");
      const { campaign } = await planSampleCampaign(pool, listId);
      const environment = {
        DATABASE_URL: web.databaseUrl,
        SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
        DATA_DIR: folder,
        SECRET_KEY: "a secret of more than sixteen characters",
        PUBLIC_URL: "https://news.example.com",
        QUEUE_PREFIX: "notices-test",
        ...(queue === "Redis" ? { REDIS_URL: redis as string } : {}),
      };
      const workers = [startWorker("dispatch", environment), startWorker("deliver", environment)];
      onTestFinished(async () => {
        await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
      });
      const mailsTo = (address: string) => taken.filter(({ recipient }) => recipient === address);
      const said = (error: Error): never => {
        throw new Error(`${error.message}\n${workers.map((worker) => worker.output()).join("\n")}`);
      };
      await waitUntil("the campaign is under way", () => taken.length > 0).catch(said);

      await web.post("/join/news", { email: "ada@example.org", lang: "de" });
      await web.post("/join/letters", { email: "ada@example.org", lang: "ar" });
      await waitUntil("both confirmations are there", () => mailsTo("ada@example.org").length === 2).catch(said);
      const remaining =
        "SELECT count(*)::int AS n FROM deliveries WHERE campaign_id = $1 AND state NOT IN ('accepted', 'skipped')";
      expect((await pool.query(remaining, [campaign])).rows[0].n).toBeGreaterThan(0);

      const mails = await Promise.all(mailsTo("ada@example.org").map(({ bytes }) => simpleParser(bytes)));
      const german = mails.find(({ subject }) => subject === "Bitte bestätigen: News");
      const arabic = mails.find(({ subject }) => subject === "يرجى التأكيد: News");
      expect(german?.html).toContain('lang="de"');
      expect(arabic?.html).toMatch(/dir="rtl"/);
      expect(arabic?.html).toContain("Charter");
      const link = /https:\/\/news\.example\.com(\/c\/[\w-]+)/.exec(german?.text ?? "")?.[1] as string;
      expect(german?.html).toContain(`href="https://news.example.com${link}"`);
      expect(`${german?.html}${german?.text}`).not.toMatch(/\/[upv]\/|notice-button/);

      expect((await web.post(link, { press: "confirm" })).status).toBe(200);
      const status =
        "SELECT m.status FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id WHERE s.address_key = 'ada@example.org' AND m.list_id = ANY($1) ORDER BY 1";
      expect((await pool.query(status, [[listId, letters.listId]])).rows).toEqual([
        { status: "pending" },
        { status: "confirmed" },
      ]);
      const settled = "SELECT state, turn, attempts FROM notices ORDER BY id";
      await waitUntil("the notices are settled", async () =>
        (await pool.query(settled)).rows.every(({ state }) => state === "accepted"),
      );
      expect(await Promise.all(workers.map((worker) => worker.end("SIGTERM")))).toEqual([0, 0]);
    },
    120_000,
  );
});

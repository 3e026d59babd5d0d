import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { addRecurrence, listRecurrences } from "../../../src/adapters/postgres/recurrences.ts";
import { readConfig } from "../../../src/app/config.ts";
import { createLogger } from "../../../src/app/log.ts";
import { planRecurrences } from "../../../src/app/plan-recurrences.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList } from "../../support/planned-campaign.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

async function createRecurring(nextAt: Date) {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { pool } = database;
  const { listId } = await createSampleList(pool, addresses(3));
  const folder = makeTemporaryFolder();
  const config = readConfig({ DATA_DIR: makeTemporaryFolder(), SECRET_KEY: "a-secret-of-the-tests-that-is-long" });
  await addRecurrence(pool, { cron: "0 9 * * 2#1", zone: "Europe/Berlin", folder, listId, segment: null, nextAt });
  return {
    pool,
    writeIssue(name: string, date: string) {
      writeFileSync(
        join(folder, name),
        `---\ntemplate: digest\nlang: en\nsubject: The issue of ${date}\npreheader: What is new\ntitle: The issue of ${date}\ndate: ${date}\n---\n\n## A story\n\nSomething happened, and here it is told.\n`,
      );
    },
    round: () => planRecurrences(pool, config, createLogger({ logLevel: "silent" }, "test")),
    campaigns: async () =>
      (await pool.query<{ slug: string }>("SELECT issue_slug AS slug FROM campaigns ORDER BY id")).rows.map(
        (row) => row.slug,
      ),
    said: async () => (await listRecurrences(pool))[0]?.lastSaid,
    next: async () => (await listRecurrences(pool))[0]?.nextAt,
  };
}

test("when its time comes the newest issue whose date has come is planned, once, and the next time is set", async () => {
  const recurring = await createRecurring(new Date(Date.now() - 60_000));
  recurring.writeIssue("2024-04-april.md", "2024-04-02");
  recurring.writeIssue("2024-05-may.md", "2024-05-07");
  recurring.writeIssue("2999-01-later.md", "2999-01-01");
  recurring.writeIssue("draft.md", "not yet");
  await Promise.all([recurring.round(), recurring.round()]);
  expect(await recurring.campaigns(), String(await recurring.said())).toEqual(["2024-05-may"]);
  expect(await recurring.said()).toContain("left out: draft.md");
  const next = await recurring.next();
  expect(next && next > new Date()).toBe(true);
  await recurring.round();
  expect(await recurring.campaigns()).toHaveLength(1);
});

test("an issue that was sent is not followed by an older one", async () => {
  const recurring = await createRecurring(new Date(Date.now() - 60_000));
  recurring.writeIssue("2024-04-april.md", "2024-04-02");
  recurring.writeIssue("2024-05-may.md", "2024-05-07");
  await recurring.round();
  await recurring.pool.query("UPDATE recurrences SET next_at = date_trunc('second', now() - interval '1 minute')");
  await recurring.round();
  expect(await recurring.campaigns()).toEqual(["2024-05-may"]);
  expect(await recurring.said()).toContain("nothing was sent: Issue 2024-05-may was already planned");
});

test("a time that is hours late sends nothing and says so", async () => {
  const recurring = await createRecurring(new Date(Date.now() - 9 * 3_600_000));
  recurring.writeIssue("2024-05-may.md", "2024-05-07");
  await recurring.round();
  expect(await recurring.campaigns()).toEqual([]);
  expect(await recurring.said()).toContain("9 hours late");
});

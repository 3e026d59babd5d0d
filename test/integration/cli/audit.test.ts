import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { runCommand, type CommandAnswer } from "../../support/run-command.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const broadsheet = (...args: string[]): Promise<CommandAnswer> =>
  runCommand(args, { databaseUrl: database.url, dataDir });

it("each command that changes something leaves an entry, a refused one none; the log holds, until somebody changes it", async () => {
  dataDir = makeTemporaryFolder();
  const { listId } = await createSampleList(database.pool, addresses(3), "other");
  const { campaign } = await planSampleCampaign(database.pool, listId);
  const file = join(dataDir, "readers.csv");
  writeFileSync(file, "email\nzoe@example.com\n");
  const done = [
    ["lists", "create", "news", "--from", "news@example.com"],
    ["lists", "update", "news", "--postal", "1 High Street"],
    ["lists", "pages", "news", "--archive", "open"],
    ["lanes", "set", "gmail", "--per-second", "5"],
    ["lanes", "pause", "gmail"],
    ["lanes", "resume", "gmail"],
    ["subscribers", "import", file, "--list", "news"],
    ["suppressions", "add", "zoe@example.com", "--reason", "asked by phone"],
    ["suppressions", "lift", "zoe@example.com", "--reason", "asked again"],
    ["subscribers", "erase", "zoe@example.com", "--yes"],
    ["campaigns", "pause", String(campaign)],
    ["campaigns", "cancel", String(campaign)],
  ];
  for (const args of done) expect({ args, code: (await broadsheet(...args)).code }).toEqual({ args, code: 0 });
  expect((await broadsheet("campaigns", "resume", String(campaign))).code).toBe(2);
  expect((await broadsheet("lists", "create", "news", "--from", "news@example.com")).code).toBe(2);

  const { rows } = await database.pool.query("SELECT actor, action, subject FROM audit_entries ORDER BY number");
  expect(rows.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    "list-made list:news",
    "list-changed list:news",
    "list-changed list:news",
    "lane-changed lane:gmail",
    "lane-changed lane:gmail",
    "lane-changed lane:gmail",
    "subscribers-imported list:news",
    "suppression-added ",
    "suppression-lifted ",
    expect.stringMatching(/^subscriber-erased subscriber:\d+$/),
    `campaign-paused campaign:${campaign}`,
    `campaign-cancelled campaign:${campaign}`,
  ]);
  expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(["command"]));

  const listed = await broadsheet("audit", "--json");
  expect(JSON.parse(listed.stdout)).toHaveLength(rows.length);
  expect(listed.stdout).not.toContain("zoe@example.com");
  expect(JSON.parse((await broadsheet("audit", "--about", "list:news", "--json")).stdout)).toHaveLength(4);

  const whole = await broadsheet("audit", "verify", "--json");
  expect(whole.code).toBe(0);
  const { head } = JSON.parse(whole.stdout) as { head: { number: number; hash: string } };
  expect((await broadsheet("audit", "verify", "--expect", `${head.number}:${head.hash}`)).code).toBe(0);
  expect((await broadsheet("audit", "verify", "--expect", "nothing")).code).toBe(2);
  await database.pool.query(`
    ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
    UPDATE audit_entries SET actor = 'user:1' WHERE number = 5`);
  const broken = await broadsheet("audit", "verify");
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain("entry 5: it was changed");
});

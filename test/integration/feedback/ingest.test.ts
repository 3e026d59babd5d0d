import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { returnPathOf, testSecret, writeBounce, writeReply } from "../../support/returned-mail.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const root = join(import.meta.dirname, "../../..");

function ingest(args: readonly string[], environment: Record<string, string>, input?: Buffer) {
  const { DATABASE_URL: _d, REDIS_URL: _r, SMTP_URL: _s, SECRET_KEY: _k, ...inherited } = process.env;
  const ran = spawnSync(process.execPath, [join(root, "bin/broadsheet.mjs"), "feedback", "ingest", ...args], {
    cwd: makeTemporaryFolder(),
    env: { ...inherited, ...environment },
    ...(input ? { input } : {}),
    encoding: "utf8",
    timeout: 50_000,
  });
  const lines = ran.stdout.split("\n").filter((line) => line !== "");
  return { code: ran.status, lines, errors: ran.stderr };
}

it("prints one JSON object a recipient, without a database and without leaving anything behind", () => {
  const data = join(makeTemporaryFolder(), "data");
  // Nothing listens there.
  const nowhere = { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none", DATA_DIR: data };
  const bounce = writeBounce({ to: "bounces@example.com", recipient: "Gone@Example.net" });
  const ran = ingest(["--json", "-"], nowhere, bounce);
  expect({ ...ran, lines: ran.lines.map((line) => JSON.parse(line) as unknown) }).toEqual({
    code: 0,
    errors: "",
    lines: [
      {
        kind: "hard",
        hard: true,
        recipient: "Gone@Example.net",
        status: "5.1.1",
        diagnostic: "550 5.1.1 User unknown in local recipient table",
        action: "failed",
        campaign: null,
        delivery: null,
      },
    ],
  });
  expect(Object.keys(JSON.parse(ran.lines[0] as string) as object)).toEqual([
    "kind",
    "hard",
    "recipient",
    "status",
    "diagnostic",
    "action",
    "campaign",
    "delivery",
  ]);
  expect(existsSync(data)).toBe(false);
});

it("reads a folder in the order of names, passes over what is no mail, and says 2 of what can't be read", () => {
  const folder = makeTemporaryFolder();
  mkdirSync(join(folder, "b"));
  writeFileSync(join(folder, "c.eml"), writeBounce({ to: "x@example.com", recipient: "third@example.net" }));
  writeFileSync(join(folder, "a.eml"), writeBounce({ to: "x@example.com", recipient: "first@example.net" }));
  writeFileSync(join(folder, "b", "1.eml"), writeBounce({ to: "x@example.com", recipient: "second@example.net" }));
  writeFileSync(join(folder, "table.tsv"), "file\tuser unknown <fourth@example.net>\n");
  writeFileSync(join(folder, "d.eml"), writeReply("x@example.com", "person@example.net"));
  const ran = ingest(["--json", folder], {});
  expect(ran.lines.map((line) => (JSON.parse(line) as { recipient: string }).recipient)).toEqual([
    "first@example.net",
    "second@example.net",
    "third@example.net",
  ]);
  expect(ran.code).toBe(0);
  const missing = ingest(["--json", join(folder, "nothing-here")], {});
  expect(missing).toMatchObject({ code: 2, lines: [] });
  expect(missing.errors).toContain("nothing-here");
  expect(readdirSync(folder)).toHaveLength(5);
});

it("acts on reports about our own deliveries, once, and not at all with --dry-run", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { listId } = await createSampleList(database.pool, addresses(3));
  const { campaign } = await planSampleCampaign(database.pool, listId);
  const file = join(makeTemporaryFolder(), "bounce.eml");
  writeFileSync(file, writeBounce({ to: returnPathOf({ campaign, number: 1 }), recipient: "reader@example.net" }));
  const environment = { DATABASE_URL: database.url, SECRET_KEY: testSecret };
  const suppressed = async () => (await database.pool.query("SELECT key FROM suppressions")).rowCount;

  const dry = ingest(["--json", "--dry-run", file], environment);
  expect(JSON.parse(dry.lines[0] as string)).toMatchObject({ campaign, delivery: `${campaign}.1` });
  expect(await suppressed()).toBe(0);
  const first = ingest([file], environment);
  expect(first.errors).toContain("1 suppressed");
  expect(await suppressed()).toBe(1);
  const second = ingest([file], environment);
  expect(second.errors).toContain("1 known already");
  expect(await suppressed()).toBe(1);
  expect([dry.code, first.code, second.code]).toEqual([0, 0, 0]);
}, 120_000);

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { approveSend, proposeSend } from "../../../src/app/access/approve-send.ts";
import { canApprove } from "../../../src/adapters/postgres/approvals.ts";
import { addRecurrence, listRecurrences } from "../../../src/adapters/postgres/recurrences.ts";
import type { User } from "../../../src/domain/access.ts";
import { readConfig } from "../../../src/app/config.ts";
import { createLogger } from "../../../src/app/log.ts";
import { planRecurrences } from "../../../src/app/plan-recurrences.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList } from "../../support/planned-campaign.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

async function createRecurring(nextAt: Date, needsApproval = false) {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { pool } = database;
  const { listId } = await createSampleList(pool, addresses(3));
  const folder = makeTemporaryFolder();
  const config = readConfig({ DATA_DIR: makeTemporaryFolder(), SECRET_KEY: "a-secret-of-the-tests-that-is-long" });
  const about = { cron: "0 9 * * 2#1", zone: "Europe/Berlin", folder, listId, segment: null };
  await addRecurrence(pool, { ...about, needsApproval, nextAt });
  return {
    pool,
    writeIssue(name: string, date: string) {
      writeFileSync(
        join(folder, name),
        `---\ntemplate: digest\nlang: en\nsubject: The issue of ${date}\npreheader: What is new\ntitle: The issue of ${date}\ndate: ${date}\n---\n\n## A story\n\nSomething happened, and here it is told.\n`,
      );
    },
    /** One colleague proposes to send the issue as soon as it is started, another approves it. */
    async approve(name: string) {
      const { rows } = await pool.query<User>(
        `INSERT INTO users (address_key, address, name, role, password_hash)
         SELECT r || '@example.com', r || '@example.com', 'The ' || r, r, '' FROM unnest('{editor,approver}'::text[]) r
         ON CONFLICT (address_key) DO UPDATE SET name = excluded.name RETURNING id, address, name, role`,
      );
      const [editor, approver] = rows as [User, User];
      const issueFile = join(folder, name);
      const asked = { issueKey: name, issueFile, list: "news", segment: null, at: null, tz: null };
      await approveSend(pool, config, approver, await proposeSend(pool, config, editor, asked), issueFile);
    },
    comeAgain: () => pool.query("UPDATE recurrences SET next_at = date_trunc('second', now() - interval '1 minute')"),
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
  await recurring.comeAgain();
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

test("one that needs an approval sends the newest approved issue, exactly as it was approved, and once", async () => {
  const recurring = await createRecurring(new Date(Date.now() - 60_000), true);
  recurring.writeIssue("2024-04-april.md", "2024-04-02");
  recurring.writeIssue("2024-05-may.md", "2024-05-07");
  await recurring.round();
  expect(await recurring.campaigns()).toEqual([]);
  expect(await recurring.said()).toContain("no issue whose send to this list is approved");

  await recurring.approve("2024-04-april.md");
  await recurring.comeAgain();
  await recurring.round();
  expect(await recurring.campaigns(), String(await recurring.said())).toEqual(["2024-04-april"]);
  const { rows } = await recurring.pool.query<{ id: number }>("SELECT id FROM campaigns");
  const campaign = rows[0]?.id as number;
  expect(await recurring.said()).toContain(`as campaign ${campaign}, approved by The approver`);

  await recurring.comeAgain();
  await recurring.round();
  expect(await recurring.said()).toContain(
    `the newest approved issue, 2024-04-april, went out as campaign ${campaign}`,
  );

  await recurring.approve("2024-05-may.md");
  recurring.writeIssue("2024-05-may.md", "2024-05-08");
  await recurring.comeAgain();
  await recurring.round();
  expect(await recurring.said()).toContain("nothing was sent: This send holds no more");
  expect(await recurring.campaigns()).toEqual(["2024-04-april"]);
});

test("approval is the rule where one colleague can propose and another can approve", async () => {
  const { pool } = await createRecurring(new Date(), false);
  const employ = (role: string) =>
    pool.query("INSERT INTO users (address_key, address, name, role, password_hash) VALUES ($1, $1, $1, $2, '')", [
      `${role}@example.com`,
      role,
    ]);
  expect(await canApprove(pool)).toBe(false);
  await employ("editor");
  await employ("viewer");
  expect(await canApprove(pool)).toBe(false);
  await employ("approver");
  expect(await canApprove(pool)).toBe(true);
  await pool.query("UPDATE users SET disabled_at = now() WHERE role = 'editor'");
  expect(await canApprove(pool)).toBe(false);
});

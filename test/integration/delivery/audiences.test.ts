import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadDigest } from "../../../src/adapters/postgres/ledger/digests.ts";
import { planCampaign } from "../../../src/adapters/postgres/ledger/plan.ts";
import { checkIssues } from "../../../src/app/check-issues.ts";
import { type Config, readConfig } from "../../../src/app/config.ts";
import { composeFor, findReader, readParts, renderIssue } from "../../../src/app/render-issue.ts";
import { dryRunSend, planSend, prepareSend } from "../../../src/app/send-issue.ts";
import { fillNeutral } from "../../../src/digest/neutral-mail.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let pool: Pool;
let folder: string;
let config: Config;
let listNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());
beforeEach(() => {
  folder = makeTemporaryFolder();
  config = readConfig({ DATA_DIR: join(folder, "data") });
});

const interests = ["ai", "books", "chess", "dance", "eggs", "film", "golf", "hats"];

/** A block for everybody, and one for each interest. */
function writeIssue(topics: readonly string[], slug = "2026-11-parts"): string {
  const file = join(folder, `${slug}.yaml`);
  const parts = topics.map(
    (topic) => `  - type: text\n    audience: topics has "${topic}"\n    text: About ${topic}.\n`,
  );
  writeFileSync(
    file,
    `template: letter
subject: Something for each
preheader: Enough words to say why somebody would want to read on this time.
title: Hello
date: 2026-11-20
blocks:
  - type: text
    text: For everybody.
${parts.join("")}`,
  );
  return file;
}

/** A list of its own; the readers' interests by their names. */
async function createReaders(readers: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const slug = `list-${++listNumber}`;
  await pool.query(
    `INSERT INTO lists (slug, name, from_name, from_address, postal_address, list_id)
     VALUES ($1, 'News', 'News', 'news@example.com', '{Street 1}', $1 || '.example.com')`,
    [slug],
  );
  await addReaders(slug, readers);
  return slug;
}

async function addReaders(slug: string, readers: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [name, topics] of Object.entries(readers)) {
    await pool.query(
      `WITH s AS (INSERT INTO subscribers (address_key, address, domain, topics) VALUES ($1, $1, 'example.com', $2) RETURNING id)
       INSERT INTO subscriptions (list_id, subscriber_id, status) SELECT l.id, s.id, 'confirmed' FROM lists l, s WHERE l.slug = $3`,
      [`${name}.${slug}@example.com`, topics, slug],
    );
  }
}

async function plan(slug: string, file: string, again = false) {
  const prepared = await prepareSend(pool, config, { issueFile: file, list: slug, again });
  return { prepared, ...(await planSend(pool, config, "command", prepared)) };
}

/** What each reader of a campaign gets, by the part of the name before the dot: the interests that the text speaks of. */
async function readMails(campaign: number): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ address: string; variant: string; digest: string; number: number }>(
    `SELECT s.address, d.variant, c.digest_id AS digest, d.number FROM deliveries d
     JOIN campaigns c ON c.id = d.campaign_id JOIN subscribers s ON s.id = d.subscriber_id WHERE c.id = $1`,
    [campaign],
  );
  const mails: Record<string, string[]> = {};
  for (const { address, variant, digest, number } of rows) {
    const reader = await findReader(pool, address);
    const identity = { kind: "delivery", id: { campaign, number } } as const;
    const message = composeFor(config, await loadDigest(pool, digest), null, reader, identity, variant);
    const { text, html } = await readParts(message);
    const told = (part: string): string[] => interests.filter((topic) => part.includes(`About ${topic}.`));
    expect(told(html)).toEqual(told(text));
    mails[address.split(".")[0] as string] = told(text);
  }
  return mails;
}

const six = {
  nobody: [],
  one: ["ai"],
  two: ["ai", "books"],
  last: ["hats"],
  most: interests.slice(1),
  all: interests,
  twin: ["books", "ai"],
};

describe("an issue with more audiences than can all be combined", () => {
  it("gives each reader the own sections, and compiles the combinations that there are", async () => {
    const slug = await createReaders(six);
    const { campaign, planned, prepared } = await plan(slug, writeIssue(interests));
    expect(planned).toBe(7);
    expect(prepared.digest.variants.size).toBe(6);
    expect(await readMails(campaign)).toEqual({ ...six, twin: ["ai", "books"] });
  });

  it("always compiles what nobody in particular reads, which the archive shows", async () => {
    const slug = await createReaders({ one: ["ai"] });
    const { prepared } = await plan(slug, writeIssue(interests));
    const { text } = fillNeutral(await loadDigest(pool, prepared.digest.id), () => "https://example.com/");
    expect(text).toContain("For everybody.");
    expect(text).not.toContain("About");
  });

  it("adds a later reader's combination to the same digest, and leaves what was stored as it is", async () => {
    const slug = await createReaders({ one: ["ai"] });
    const file = writeIssue(interests);
    const first = await plan(slug, file);
    const before = (await loadDigest(pool, first.prepared.digest.id)).variants.get("10000000");
    await addReaders(slug, { late: ["chess"] });
    await dryRunSend(pool, await prepareSend(pool, config, { issueFile: file, list: slug, again: true }));
    const second = await plan(slug, file, true);
    expect(second.prepared.digest.id).toBe(first.prepared.digest.id);
    expect(await readMails(second.campaign)).toEqual({ one: ["ai"], late: ["chess"] });
    expect((await loadDigest(pool, first.prepared.digest.id)).variants.get("10000000")).toEqual(before);
  });

  it("counts only those who are sent to: a segment may leave combinations out", async () => {
    const slug = await createReaders(six);
    const prepared = await prepareSend(pool, config, {
      issueFile: writeIssue(interests),
      list: slug,
      segment: 'topics has "hats"',
    });
    expect([...prepared.digest.variants.keys()].toSorted()).toEqual(["00000000", "00000001", "01111111", "11111111"]);
  });

  it("is not planned for a combination that came up while it was compiled; the next try takes it in", async () => {
    const slug = await createReaders({ one: ["ai"] });
    const file = writeIssue(interests);
    const prepared = await prepareSend(pool, config, { issueFile: file, list: slug });
    await addReaders(slug, { late: ["golf"] });
    await expect(planSend(pool, config, "command", prepared)).rejects.toMatchObject({ code: "audience-changed" });
    const campaigns = await pool.query("SELECT 1 FROM campaigns c JOIN lists l ON l.id = c.list_id WHERE l.slug = $1", [
      slug,
    ]);
    expect(campaigns.rowCount).toBe(0);
    expect((await plan(slug, file)).planned).toBe(2);
  });

  it("compiles sixteen combinations and more, up to a bound that is named", async () => {
    const many = Array.from({ length: 16 }, (_, index) => [
      `r${index}`,
      interests.slice(0, 4).filter((_topic, bit) => (index >> bit) & 1),
    ]);
    const slug = await createReaders(Object.fromEntries(many));
    expect(
      (await prepareSend(pool, config, { issueFile: writeIssue(interests), list: slug })).digest.variants.size,
    ).toBe(16);
    const tooMany = Array.from({ length: 65 }, (_, index) => [
      `r${index}`,
      interests.filter((_topic, bit) => ((index + 1) >> bit) & 1),
    ]);
    const larger = await createReaders(Object.fromEntries(tooMany));
    await expect(prepareSend(pool, config, { issueFile: writeIssue(interests), list: larger })).rejects.toThrow(
      "more than 64 variants",
    );
  });

  it("is rendered for one reader, and checked with and without a list", async () => {
    const slug = await createReaders(six);
    const file = writeIssue(interests);
    const rendered = await renderIssue(pool, config, { issueFile: file, as: `two.${slug}@example.com`, list: slug });
    expect(interests.filter((topic) => rendered.text.includes(`About ${topic}.`))).toEqual(["ai", "books"]);
    expect([...rendered.digest.variants.keys()]).toEqual(["11000000"]);
    expect((await checkIssues([file], config)).findings).toEqual([]);
    const report = await checkIssues([file], config, { list: { pool, slug } });
    expect(report).toEqual({ findings: [], recipients: 7, notes: [] });
  });
});

it("a plan without a word on variants takes every one", async () => {
  const slug = await createReaders({ one: ["ai"] });
  const { prepared } = await plan(slug, writeIssue(["ai"], "2026-11-one"));
  const { variants: _variants, ...rest } = prepared.plan;
  expect((await planCampaign(pool, { ...rest, again: true })).planned).toBe(1);
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkIssues } from "../../src/app/check-issues.ts";
import { readConfig } from "../../src/app/config.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const members = 5_000;

it("the pre-flight looks at every confirmed member, each in the own variant, and at nobody else", async () => {
  await database.pool.query(
    `INSERT INTO lists (slug, name, from_name, from_address, postal_address, list_id)
     VALUES ('news', 'News', 'News', 'news@example.com', '{Street 1}', 'news.example.com')`,
  );
  await database.pool.query(
    `INSERT INTO subscribers (address_key, address, domain, attributes)
     SELECT 'p' || n || '@example.com', 'p' || n || '@example.com', 'example.com',
       CASE WHEN n % 10 = 0 THEN '{"plan": "pro"}'::jsonb ELSE '{"firstName": "Ada"}'::jsonb END
     FROM generate_series(1, ${members + 7}) n`,
  );
  await database.pool.query(
    `INSERT INTO subscriptions (list_id, subscriber_id, status)
     SELECT l.id, s.id, (CASE WHEN s.id <= (SELECT min(id) FROM subscribers) + ${members - 1}
       THEN 'confirmed' ELSE 'unsubscribed' END)::subscription_status
     FROM lists l, subscribers s`,
  );
  const folder = makeTemporaryFolder();
  const file = join(folder, "2026-11-preflight.yaml");
  writeFileSync(
    file,
    `template: letter
subject: A letter to look at
preheader: Enough words to say why somebody would want to read on this time.
title: Hello
date: 2026-11-20
silenced:
  - { rule: slot-no-fallback, reason: The pre-flight counts whom it would leave out. }
blocks:
  - type: text
    text: Hello everybody.
  - type: text
    audience: plan = "pro"
    text: Dear {{subscriber.firstName}}.
`,
  );
  const config = readConfig({ DATA_DIR: join(folder, "data") });
  const report = await checkIssues([file], config, { list: { pool: database.pool, slug: "news" } });
  expect(report.recipients).toBe(members);
  expect(report.findings).toMatchObject([
    { rule: "audience-missing", message: expect.stringMatching(/^500 of 5000 recipients have no firstName: p\d+@/) },
  ]);
});

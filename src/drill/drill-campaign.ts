import type { Pool } from "../adapters/postgres/connect.ts";
import { createList } from "../adapters/postgres/lists.ts";
import { issuesRoot } from "../app/project.ts";
import type { Config } from "../app/config.ts";
import { planSend, prepareSend } from "../app/send-issue.ts";
import type { UncertainPolicy } from "../domain/delivery.ts";
import { join } from "node:path";

/** Where the drill's readers live; the names of real providers, since lanes go by them. Nothing leaves this machine. */
const domains = ["example.net", "gmail.com", "example.org", "outlook.com", "example.com", "yahoo.com"];

/** Fills a list and plans a campaign of a sample issue to it, by the same code as a real send. @returns the campaign */
export async function planDrillCampaign(
  pool: Pool,
  config: Config,
  recipients: number,
  policy: UncertainPolicy,
): Promise<number> {
  const list = await createList(pool, {
    slug: "drill",
    name: "Crash drill",
    fromAddress: "drill@newsletter.example.com",
    postalAddress: ["1 Sample Street", "Exampleville EX 12345"],
  });
  await pool.query(
    `WITH people AS (
       INSERT INTO subscribers (address_key, address, domain)
       SELECT a, a, d FROM (
         SELECT 'reader' || n || '@' || ($2::text[])[1 + n % ${domains.length}] AS a, ($2::text[])[1 + n % ${domains.length}] AS d
         FROM generate_series(1, $1::int) n) x
       RETURNING id)
     INSERT INTO subscriptions (list_id, subscriber_id, status) SELECT $3, id, 'confirmed' FROM people`,
    [recipients, domains, list.id],
  );
  const prepared = await prepareSend(pool, config, {
    issueFile: join(issuesRoot, "2026-11-product-note.md"),
    list: "drill",
    policy,
  });
  return (await planSend(pool, config, "command", prepared)).campaign;
}

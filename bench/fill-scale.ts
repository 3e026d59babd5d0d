/** A large database by set-based SQL: people, three lists, campaigns to all of them that ended, and what came back. */
import type { Pool } from "pg";
import { storeDigest } from "../src/adapters/postgres/ledger/digests.ts";
import { partitionOf } from "../src/adapters/postgres/ledger/partition.ts";
import { createSampleDigest } from "../test/support/sample-digest.ts";

export interface Scale {
  readonly subscribers: number;
  readonly deliveries: number;
}

/** One reader in four is with the largest provider, and 5,000 domains share the rest, as lists of companies do. */
const peopleSql = `
INSERT INTO subscribers (address_key, address, domain, lang, zone, topics, attributes, created_at)
SELECT a, a, d, (ARRAY['de', 'en', 'fr', 'pt-BR', NULL])[1 + n % 5], (ARRAY['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', NULL])[1 + n % 4],
  CASE WHEN n % 3 = 0 THEN ARRAY['sport', 'news'] ELSE '{}' END,
  jsonb_build_object('firstName', 'Reader ' || n, 'plan', CASE WHEN n % 10 = 0 THEN 'pro' ELSE 'free' END),
  now() - interval '400 days' + n * interval '20 seconds'
FROM (SELECT n, d, 'person' || n || '@' || d AS a FROM (
  SELECT n, CASE WHEN n % 4 = 0 THEN 'gmail.com' ELSE 'company' || n % 5000 || '.example' END AS d FROM generate_series(1, $1::int) n) x) y`;

const subscriptionsSql = `
INSERT INTO subscriptions (list_id, subscriber_id, status, consent, joined_at)
SELECT $1, id, CASE WHEN id % 50 = 0 THEN 'unsubscribed' WHEN id % 33 = 0 THEN 'pending' ELSE 'confirmed' END::subscription_status,
  '{"source": "import", "file": "people.csv"}', created_at
FROM subscribers WHERE id % $2 = 0`;

/** 94 % accepted, some refused for a handful of reasons, some skipped, a few uncertain. */
const deliveriesSql = (campaign: number): string => `
INSERT INTO ${partitionOf(campaign)} (campaign_id, number, subscriber_id, state, lane, detail, attempts, first_claimed_at, settled_at)
SELECT ${campaign}, row_number() OVER (), id,
  CASE WHEN id % 40 = 0 THEN 'refused' WHEN id % 50 = 0 THEN 'skipped' WHEN id % 20011 = 0 THEN 'uncertain' ELSE 'accepted' END::delivery_state,
  CASE WHEN id % 4 = 0 THEN 'gmail' ELSE 'default' END,
  CASE WHEN id % 40 = 0 THEN (ARRAY['550 5.1.1 user unknown', '552 5.2.2 mailbox full', '554 5.7.1 not wanted'])[1 + id % 3]
       WHEN id % 50 = 0 THEN 'left the list' WHEN id % 20011 = 0 THEN 'the connection ended in the body' ELSE '250 ok' END,
  1, c.starts_at, c.starts_at + (id % 3600) * interval '1 second'
FROM subscribers CROSS JOIN (SELECT starts_at FROM campaigns WHERE id = ${campaign}) c`;

const feedbackSql = `
INSERT INTO feedback (at, source, kind, hard, diagnostic, campaign_id, number, subscriber_id, lane, trust, digest)
SELECT settled_at + interval '1 hour', 'smtp', CASE WHEN subscriber_id % 5 = 0 THEN 'complaint' ELSE 'hard' END, true, 'user unknown', campaign_id, number,
  subscriber_id, lane, 'token', sha256((campaign_id || '.' || number)::bytea)
FROM deliveries WHERE subscriber_id % 500 = 1 AND state = 'accepted'`;

const suppressionsSql = `
INSERT INTO suppressions (key, reason, source)
SELECT address_key, CASE WHEN id % 3 = 0 THEN 'complaint' ELSE 'hard-bounce' END, 'bench' FROM subscribers WHERE id % 40 = 0`;

/** @returns the campaigns, oldest first */
export async function fillScale(
  pool: Pool,
  { subscribers, deliveries }: Scale,
  say: (line: string) => void,
): Promise<readonly number[]> {
  await pool.query(peopleSql, [subscribers]);
  say(`${subscribers} people`);
  const lists = await pool.query<{ id: number }>(
    `INSERT INTO lists (slug, name, from_name, from_address, postal_address, list_id)
     SELECT s, initcap(s), initcap(s), s || '@example.com', '{"1 High Street"}', s || '.example.com'
     FROM unnest('{news,sport,offers}'::text[]) s RETURNING id`,
  );
  const digest = createSampleDigest();
  await storeDigest(pool, digest);
  for (const [index, { id }] of lists.rows.entries()) await pool.query(subscriptionsSql, [id, [1, 4, 20][index]]);
  say("lists");
  const campaigns: number[] = [];
  for (let index = 0; index < Math.ceil(deliveries / subscribers); index++) {
    const made = await pool.query<{ id: number }>(
      `INSERT INTO campaigns (issue_slug, digest_id, list_id, state, planned, starts_at, planned_at, finished_at)
       VALUES ($1, $2, $3, 'sent', $4, now() - $5 * interval '7 days', now() - $5 * interval '7 days', now()) RETURNING id`,
      [`weekly-${index + 1}`, digest.id, lists.rows[0]?.id, subscribers, 60 - index],
    );
    const campaign = made.rows[0]?.id as number;
    await pool.query(`CREATE TABLE ${partitionOf(campaign)} PARTITION OF deliveries FOR VALUES IN (${campaign})`);
    await pool.query(deliveriesSql(campaign));
    campaigns.push(campaign);
    say(`campaign ${campaign}`);
  }
  await pool.query(feedbackSql);
  await pool.query(suppressionsSql);
  // As autovacuum leaves a database at rest.
  await pool.query("VACUUM ANALYZE");
  say("vacuumed");
  return campaigns;
}

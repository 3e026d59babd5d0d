/** An audience and a campaign in a test database, planned by the production code. */
import type { Pool } from "pg";
import { storeDigest } from "../../src/adapters/postgres/ledger/digests.ts";
import { planCampaign, type CampaignPlan, type PlannedCampaign } from "../../src/adapters/postgres/ledger/plan.ts";
import { createSampleDigest } from "./sample-digest.ts";

export interface SampleList {
  readonly listId: number;
  /** Subscriber ids, in the order of the addresses. */
  readonly subscribers: readonly number[];
}

/** A list with confirmed members. */
export async function createSampleList(pool: Pool, addresses: readonly string[], slug = "news"): Promise<SampleList> {
  const list = await pool.query<{ id: number }>(
    `INSERT INTO lists (slug, name, from_name, from_address, postal_address, list_id)
     VALUES ($1, 'News', 'The News', 'news@example.com', '{"1 High Street"}', $1 || '.example.com') RETURNING id`,
    [slug],
  );
  const listId = list.rows[0]?.id as number;
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO subscribers (address_key, address, domain)
     SELECT lower(a), a, split_part(a, '@', 2) FROM unnest($1::text[]) WITH ORDINALITY AS x(a, n) ORDER BY n RETURNING id`,
    [addresses],
  );
  const subscribers = rows.map((row) => row.id);
  await pool.query(
    "INSERT INTO subscriptions (list_id, subscriber_id, status) SELECT $1, unnest($2::bigint[]), 'confirmed'",
    [listId, subscribers],
  );
  return { listId, subscribers };
}

/** Plans the sample digest for a list; the campaign is left to begin by the dispatcher. */
export async function planSampleCampaign(
  pool: Pool,
  listId: number,
  changes: Partial<CampaignPlan> = {},
): Promise<PlannedCampaign> {
  const digest = createSampleDigest();
  await storeDigest(pool, digest);
  return planCampaign(pool, {
    issueSlug: digest.issueSlug,
    listId,
    digestId: digest.id,
    audiences: [],
    fields: ["firstName"],
    selectors: "",
    policy: "hold",
    startsAt: new Date(),
    schedule: {},
    again: false,
    ...changes,
  });
}

export function addresses(count: number, domain = "example.net"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `reader${index + 1}@${domain}`);
}

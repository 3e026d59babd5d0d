import type { Pool, PoolClient } from "pg";
import type { UncertainPolicy } from "../../../domain/delivery.ts";
import type { SegmentExpression } from "../../../domain/segment.ts";
import { InputError, UnavailableError } from "../../../lib/errors.ts";
import { compileSegment } from "../segment-sql.ts";
import { suppressedSql, suppressionReasonSql } from "../suppressions.ts";
import { inTransaction } from "../transaction.ts";
import { variantSql } from "./member-variants.ts";
import { partitionOf } from "./partition.ts";
import { atWishedHourSql, readerWishesSql } from "./reader-wishes.ts";

export interface CampaignPlan {
  readonly issueSlug: string;
  readonly listId: number;
  readonly digestId: string;
  /** The whole list when absent; the text is kept for people. */
  readonly segment?: { readonly text: string; readonly expression: SegmentExpression };
  /** The digest's `audience:` expressions; decide each recipient's variant. */
  readonly audiences: readonly SegmentExpression[];
  /** The variants that the digest holds: a reader of any other stops the plan. All are there when absent. */
  readonly variants?: readonly string[];
  /** Subscriber fields that slots name, without `subscriber.`. */
  readonly fields: readonly string[];
  /** DKIM selectors that sign, comma separated. */
  readonly selectors: string;
  readonly policy: UncertainPolicy;
  /** When the campaign begins, and with it every reader whose own hour does not count. */
  readonly startsAt: Date;
  /** Where each reader's own hour counts: one instant a zone, and one for readers of unknown zones. */
  readonly localStarts?: { readonly byZone: ReadonlyMap<string, Date>; readonly elsewhere: Date };
  readonly schedule: Readonly<Record<string, unknown>>;
  /** A share that goes first (0 to 1), and how long the others wait for its answers. */
  readonly canary?: { readonly share: number; readonly waitMs: number };
  /** Of `fields`, those whose slot has no fallback: whoever lacks a value can't be mailed. */
  readonly requiredFields?: readonly string[];
  /** Mails people again who were already planned for this issue. */
  readonly again: boolean;
  /** With `again`: leaves those out who got the issue, may have got it, or whose mail is still under way. */
  readonly onlyMissed?: boolean;
  /** Counts by the very same statements and then takes everything back. */
  readonly dryRun?: boolean;
}

export interface PlannedCampaign {
  readonly campaign: number;
  readonly planned: number;
  /** Left out from the start, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Who is due when and by which lane, the earliest first; only of a dry run. */
  readonly waves: readonly PlannedWave[];
  /** Readers to be mailed who lack a value that the issue can't do without, by field; only of a dry run. */
  readonly missing: ReadonlyMap<string, number>;
  /** For each variant a reader whose values are the longest; only of a dry run. */
  readonly longest: readonly { readonly variant: string; readonly subscriberId: number }[];
}

export interface PlannedWave {
  readonly lane: string;
  readonly dueAt: Date;
  readonly count: number;
}

/** Plans of one list wait for each other: the second must see the first. */
const planLockClass = 0x42_52_50; // "BRP"

/**
 * Decides who gets the issue: one row a member of the list, those who must not be mailed as `skipped` with the reason. The
 * audience is frozen here: later joiners are not included, later leavers are skipped at the claim. One transaction; a
 * failure or Ctrl-C leaves nothing behind.
 * @throws InputError `already-planned` naming the first campaign, unless `again`
 * @throws UnavailableError `audience-changed`
 */
export async function planCampaign(db: Pool | PoolClient, plan: CampaignPlan): Promise<PlannedCampaign> {
  try {
    return await inTransaction(db, async (client) => {
      const planned = await fillCampaign(client, plan);
      if (plan.dryRun) throw new TakenBack(planned);
      return planned;
    });
  } catch (thrown) {
    if (thrown instanceof TakenBack) return thrown.planned;
    throw thrown;
  }
}

/** Rolls a dry run's transaction back and carries its answer out. */
class TakenBack extends Error {
  readonly planned: PlannedCampaign;
  constructor(planned: PlannedCampaign) {
    super("a dry run is taken back");
    this.planned = planned;
  }
}

async function fillCampaign(client: PoolClient, plan: CampaignPlan): Promise<PlannedCampaign> {
  await client.query("SELECT pg_advisory_xact_lock($1, $2)", [planLockClass, plan.listId]);
  if (!plan.again) await refuseSecondPlan(client, plan);
  const campaign = await insertCampaign(client, plan);
  const table = partitionOf(campaign);
  // Filled as a table of its own and attached after: creating it as a partition blocked every other campaign meanwhile.
  await client.query(`CREATE TABLE ${table} (LIKE deliveries INCLUDING DEFAULTS) WITH (fillfactor = 75)`);
  const before = plan.onlyMissed ? await listPlansBefore(client, plan, campaign) : [];
  const { rowCount } = await client.query(...fillStatement(campaign, table, plan, before));
  if (plan.variants) await refuseUnknownVariants(client, table, plan.variants);
  await client.query(`
    ALTER TABLE ${table} ADD PRIMARY KEY (campaign_id, number);
    CREATE UNIQUE INDEX ON ${table} (subscriber_id, campaign_id);
    CREATE INDEX ON ${table} (lane, due_at) WHERE due_at IS NOT NULL;
    ALTER TABLE ${table} ADD CONSTRAINT ${table}_campaign CHECK (campaign_id = ${campaign});
    ANALYZE ${table};
    ALTER TABLE deliveries ATTACH PARTITION ${table} FOR VALUES IN (${campaign})`);
  const { rows } = await client.query<{ detail: string; count: number }>(
    `SELECT detail, count(*) FROM ${table} WHERE state = 'skipped' GROUP BY detail ORDER BY count(*) DESC, detail`,
  );
  await client.query("UPDATE campaigns SET planned = $2, planned_at = now(), state = 'scheduled' WHERE id = $1", [
    campaign,
    rowCount ?? 0,
  ]);
  const planned = { campaign, planned: rowCount ?? 0, skipped: new Map(rows.map((row) => [row.detail, row.count])) };
  if (!plan.dryRun) return { ...planned, waves: [], missing: new Map(), longest: [] };
  return { ...planned, ...(await forecast(client, table, plan)) };
}

/** Somebody joined or changed in the seconds since the variants were compiled: the next try compiles theirs too. */
async function refuseUnknownVariants(client: PoolClient, table: string, variants: readonly string[]): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM ${table} WHERE state = 'pending' AND variant <> ALL ($1::text[]) LIMIT 1`,
    [variants],
  );
  if (rowCount === 0) return;
  const message =
    "The audience changed while the issue was compiled for it. Nobody was mailed and nothing was planned; send again.";
  throw new UnavailableError("audience-changed", message);
}

/** What a flight plan says beside the counts, from the very rows that would be sent. */
async function forecast(
  client: PoolClient,
  table: string,
  plan: CampaignPlan,
): Promise<Pick<PlannedCampaign, "waves" | "missing" | "longest">> {
  const waves = await client.query<PlannedWave>(
    `SELECT lane, due_at AS "dueAt", count(*)::int AS count FROM ${table} WHERE state = 'pending' GROUP BY 1, 2 ORDER BY 2, 1`,
  );
  const value = `CASE f WHEN 'lang' THEN s.lang WHEN 'zone' THEN s.zone ELSE s.attributes ->> f END`;
  const missing = await client.query<{ field: string; count: number }>(
    `SELECT f AS field, count(*)::int AS count FROM ${table} d JOIN subscribers s ON s.id = d.subscriber_id, unnest($1::text[]) f
     WHERE d.state = 'pending' AND coalesce(${value}, '') = '' GROUP BY f ORDER BY f`,
    [plan.requiredFields ?? []],
  );
  const longest = await client.query<{ variant: string; subscriberId: number }>(
    `SELECT DISTINCT ON (d.variant) d.variant, d.subscriber_id AS "subscriberId"
     FROM ${table} d JOIN subscribers s ON s.id = d.subscriber_id
     WHERE d.state = 'pending'
     ORDER BY d.variant, octet_length(s.address) + (SELECT coalesce(sum(octet_length(${value})), 0) FROM unnest($1::text[]) f) DESC
     LIMIT ${variantsMax}`,
    [plan.fields],
  );
  return {
    waves: waves.rows,
    missing: new Map(missing.rows.map((row) => [row.field, row.count])),
    longest: longest.rows,
  };
}

/** Variants whose size is looked at; an issue with more has sixteen audiences and more. */
const variantsMax = 64;

async function refuseSecondPlan(client: PoolClient, plan: CampaignPlan): Promise<void> {
  const { rows } = await client.query<{ id: number; state: string; planned_at: Date }>(
    `SELECT id, state, planned_at FROM campaigns
     WHERE list_id = $1 AND issue_slug = $2 AND state <> 'cancelled' ORDER BY id LIMIT 1`,
    [plan.listId, plan.issueSlug],
  );
  const first = rows[0];
  if (!first) return;
  throw new InputError({
    code: "already-planned",
    message:
      `Issue ${plan.issueSlug} was already planned for this list: campaign ${first.id} (${first.state}), ` +
      `on ${first.planned_at.toISOString()}. Nobody was mailed. Say --again to mail it a second time.`,
  });
}

/** Cancelled ones too: what went out before somebody stopped them went out. */
async function listPlansBefore(client: PoolClient, plan: CampaignPlan, campaign: number): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>(
    "SELECT id FROM campaigns WHERE list_id = $1 AND issue_slug = $2 AND id <> $3 AND planned IS NOT NULL ORDER BY id",
    [plan.listId, plan.issueSlug, campaign],
  );
  return rows.map(({ id }) => id);
}

async function insertCampaign(client: PoolClient, plan: CampaignPlan): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO campaigns (issue_slug, digest_id, list_id, segment, state, policy, starts_at, schedule, fields, selectors, canary_until)
     VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      plan.issueSlug,
      plan.digestId,
      plan.listId,
      plan.segment?.text ?? null,
      plan.policy,
      plan.startsAt,
      JSON.stringify(plan.schedule),
      plan.fields,
      plan.selectors,
      plan.canary ? new Date(plan.startsAt.getTime() + plan.canary.waitMs) : null,
    ],
  );
  return rows[0]?.id as number;
}

/**
 * The audience as rows. Set-based: a million members take some seconds.
 * @param before campaigns whose recipients are left out, unless their mail was refused or skipped for good
 */
function fillStatement(
  campaign: number,
  table: string,
  plan: CampaignPlan,
  before: readonly number[],
): [string, unknown[]] {
  const zones = [...(plan.localStarts?.byZone ?? [])];
  const values: unknown[] = [campaign, plan.listId, plan.localStarts?.elsewhere ?? plan.startsAt];
  values.push(
    zones.map(([zone]) => zone),
    zones.map(([, start]) => start),
  );
  const predicate = (expression: SegmentExpression): string => {
    const compiled = compileSegment(expression, values.length + 1);
    values.push(...compiled.values);
    return compiled.sql;
  };
  if (plan.canary)
    values.push(plan.canary.share, new Date(plan.startsAt.getTime() + plan.canary.waitMs + canaryMarginMs));
  const variant = variantSql(plan.audiences, predicate);
  const inSegment = plan.segment ? predicate(plan.segment.expression) : "true";
  // Each campaign's own table by name, so that those of others are never looked at.
  const missed = before.map(
    (id) =>
      `NOT EXISTS (SELECT 1 FROM ${partitionOf(id)} e WHERE e.subscriber_id = s.id AND e.state NOT IN ('refused', 'skipped'))`,
  );
  const belongs = [inSegment, ...missed].map((condition) => `(${condition})`).join(" AND ");
  const text = `
INSERT INTO ${table} (campaign_id, number, subscriber_id, due_at, settled_at, state, lane, variant, detail)
SELECT $1, row_number() OVER (), who.id,
  CASE WHEN why.reason IS NULL THEN ${atWishedHourSql(plan.canary ? afterCanarySql : ownStartSql, "wish")} END,
  CASE WHEN why.reason IS NOT NULL THEN now() END,
  CASE WHEN why.reason IS NULL THEN 'pending' ELSE 'skipped' END::delivery_state,
  coalesce(l.name, 'default'), who.variant, why.reason
FROM (
  SELECT s.id, s.domain, s.zone, ${variant} AS variant, CASE
    WHEN m.status = 'unsubscribed' THEN 'left the list'
    WHEN m.status = 'pending' THEN 'not confirmed'
    WHEN m.paused_until > $3 THEN 'paused by the reader'
    WHEN ${suppressedSql("s")} THEN 'suppressed: ' || ${suppressionReasonSql("s")}
  END AS reason
  FROM subscriptions m
  JOIN subscribers s ON s.id = m.subscriber_id
  WHERE m.list_id = $2 AND (${belongs})
) who
LEFT JOIN (SELECT DISTINCT ON (domain) unnest(domains) AS domain, name FROM lanes ORDER BY domain, name) l ON l.domain = who.domain
LEFT JOIN unnest($4::text[], $5::timestamptz[]) AS z(zone, start) ON z.zone = who.zone
LEFT JOIN (${readerWishesSql("$2", "$3")}) wish ON wish.id = who.id
CROSS JOIN LATERAL (SELECT coalesce(who.reason, wish.reason) AS reason) why`;
  return [text, values];
}

const ownStartSql = "coalesce(z.start, $3::timestamptz)";

/** Who goes first is picked by a hash, so that no domain or age of reader leads. */
const afterCanarySql = `CASE WHEN abs(hashint8extended(who.id, $1) % 1000000) >= $6::float8 * 1000000
  THEN greatest(${ownStartSql}, $7::timestamptz) ELSE ${ownStartSql} END`;

/** The first share is judged before the others are due, also by a dispatcher that looks a little late. */
const canaryMarginMs = 5_000;

/** The zones in which a list's members live; readers without one are not counted here. */
export async function readMemberZones(pool: Pool, listId: number): Promise<readonly string[]> {
  const { rows } = await pool.query<{ zone: string }>(
    `SELECT DISTINCT s.zone FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
     WHERE m.list_id = $1 AND s.zone IS NOT NULL ORDER BY 1`,
    [listId],
  );
  return rows.map((row) => row.zone);
}

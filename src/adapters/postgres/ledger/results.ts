/** What became of a campaign, counted from its rows for the report. */
import type { Pool } from "pg";
import type { Balance } from "../../../domain/ledger.ts";
import { partitionOf } from "./partition.ts";

export interface GroupResult extends Omit<Balance, "planned" | "remaining"> {
  readonly name: string;
  readonly planned: number;
}

const counts = `count(*) AS planned, count(*) FILTER (WHERE d.state = 'accepted') AS accepted,
  count(*) FILTER (WHERE d.state = 'refused') AS refused, count(*) FILTER (WHERE d.state = 'skipped') AS skipped,
  count(*) FILTER (WHERE d.state = 'uncertain') AS uncertain`;

const sums = ["planned", "accepted", "refused", "skipped", "uncertain"]
  .map((part) => `sum(${part})::bigint AS ${part}`)
  .join(", ");

/** The lane each delivery was planned for, the largest first. */
export async function readLaneResults(pool: Pool, campaign: number): Promise<readonly GroupResult[]> {
  const { rows } = await pool.query<GroupResult>(
    `SELECT d.lane AS name, ${counts} FROM ${partitionOf(campaign)} d GROUP BY d.lane ORDER BY planned DESC, name LIMIT ${lanesMax}`,
  );
  return rows;
}

/** An installation has a handful. */
const lanesMax = 100;

/**
 * By recipients' domains; those that a lane names together are one provider. The largest first, the others in one line.
 * @param limit providers that are named
 */
export async function readProviderResults(
  pool: Pool,
  campaign: number,
  limit: number,
): Promise<readonly GroupResult[]> {
  const { rows } = await pool.query<GroupResult>(
    // Counted by domain once; names and places are given to the few rows that this leaves.
    `WITH by_domain AS (
       SELECT s.domain, ${counts} FROM ${partitionOf(campaign)} d LEFT JOIN subscribers s ON s.id = d.subscriber_id GROUP BY s.domain),
     by_name AS (
       SELECT coalesce(l.name, b.domain, '(erased)') AS name, ${sums} FROM by_domain b
       LEFT JOIN (SELECT DISTINCT ON (domain) unnest(domains) AS domain, name FROM lanes ORDER BY domain, name) l ON l.domain = b.domain
       GROUP BY 1),
     ranked AS (SELECT *, row_number() OVER (ORDER BY planned DESC, name) > $1 AS other FROM by_name)
     SELECT CASE WHEN other THEN '(all others)' ELSE name END AS name, ${sums}
     FROM ranked GROUP BY 1, other ORDER BY other, planned DESC, name`,
    [limit],
  );
  return rows;
}

export interface AcceptedSpan {
  /** The beginning of a piece of time, and what was accepted in it. */
  readonly from: Date;
  readonly accepted: number;
}

/** Widths of the pieces, in seconds: from a minute to thirty days. */
const widths = [60, 300, 900, 3_600, 21_600, 86_400, 604_800, 2_592_000];
/** As many as a chart and a table can show. */
const spansMax = 48;

/** When mails were accepted, in pieces as fine as a table bears. Empty pieces are left out. */
export async function readAcceptedOverTime(
  pool: Pool,
  campaign: number,
): Promise<{ readonly widthSeconds: number; readonly spans: readonly AcceptedSpan[] }> {
  const table = partitionOf(campaign);
  const { rows: ends } = await pool.query<{ first: Date | null; seconds: number | null }>(
    `SELECT min(settled_at) AS first, extract(epoch FROM max(settled_at) - min(settled_at))::float8 AS seconds
     FROM ${table} WHERE state = 'accepted'`,
  );
  const seconds = ends[0]?.seconds ?? 0;
  const widthSeconds = widths.find((width) => seconds / width < spansMax) ?? (widths.at(-1) as number);
  const { rows } = await pool.query<AcceptedSpan>(
    `SELECT date_bin(make_interval(secs => $1), settled_at, 'epoch') AS from, count(*) AS accepted
     FROM ${table} WHERE state = 'accepted' GROUP BY 1 ORDER BY 1 LIMIT ${spansMax + 1}`,
    [widthSeconds],
  );
  return { widthSeconds, spans: rows };
}

/**
 * The replies behind refusals, the most frequent first. Servers write the reader's address and numbers of their own into each;
 * these are taken out, so that one sentence is one reply.
 */
export async function readRefusals(
  pool: Pool,
  campaign: number,
): Promise<readonly { readonly detail: string; readonly count: number }[]> {
  const { rows } = await pool.query<{ detail: string; count: number }>(
    `SELECT regexp_replace(regexp_replace(coalesce(detail, ''), $1, '(address)', 'g'), $2, '(number)', 'g') AS detail, count(*)
     FROM ${partitionOf(campaign)} WHERE state = 'refused' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${repliesMax}`,
    [addressPattern, numberPattern],
  );
  return rows;
}

const addressPattern = `[^\\s<>"'(),;:]+@[^\\s<>"'(),;:]+`;
/** Four digits and more, with the letters of an identifier around them; a reply's own codes have three. */
const numberPattern = "[[:alnum:]._-]*[0-9]{4,}[[:alnum:]._-]*";

/** Sentences beyond are counted as unread. */
const repliesMax = 500;

/** People who left by a link or the button of this campaign's mail, and have not come back. */
export async function countLeavers(pool: Pool, campaign: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(DISTINCT subscriber_id) FROM subscriptions
     WHERE consent -> 'left' ->> 'delivery' IS NOT NULL AND split_part(consent -> 'left' ->> 'delivery', '.', 1) = $1
       AND status = 'unsubscribed'`,
    [String(campaign)],
  );
  return rows[0]?.count ?? 0;
}

/** The campaigns of the same list that were planned before, the newest first. */
export async function listEarlierCampaigns(
  pool: Pool,
  campaign: { readonly id: number; readonly listId: number },
  limit: number,
): Promise<readonly { readonly id: number; readonly issueSlug: string; readonly startsAt: Date }[]> {
  const { rows } = await pool.query<{ id: number; issueSlug: string; startsAt: Date }>(
    `SELECT id, issue_slug AS "issueSlug", starts_at AS "startsAt" FROM campaigns
     WHERE list_id = $1 AND id < $2 AND planned IS NOT NULL AND state <> 'cancelled' ORDER BY id DESC LIMIT $3`,
    [campaign.listId, campaign.id, limit],
  );
  return rows;
}

/**
 * Deliveries about which something came back after the server had taken them, by kind. What our own session was told is not
 * among them: it is the balance's.
 */
export async function countReturns(
  pool: Pool,
  campaign: number,
): Promise<readonly { readonly kind: string; readonly reason: string | null; readonly deliveries: number }[]> {
  const { rows } = await pool.query<{ kind: string; reason: string | null; deliveries: number }>(
    `SELECT kind, reason, count(DISTINCT number) AS deliveries FROM feedback
     WHERE campaign_id = $1 AND source <> 'session' GROUP BY kind, reason ORDER BY deliveries DESC, kind, reason`,
    [campaign],
  );
  return rows;
}

/** Readers who called a campaign's mail spam, and those whose mail came back, each counted once. */
export async function countComplainersAndBounced(
  pool: Pool,
  campaign: number,
): Promise<{ readonly complained: number; readonly bounced: number }> {
  const { rows } = await pool.query<{ complained: number; bounced: number }>(
    `SELECT count(DISTINCT number) FILTER (WHERE kind = 'complaint') AS complained,
            count(DISTINCT number) FILTER (WHERE kind IN ('hard', 'soft', 'full', 'policy')) AS bounced
     FROM feedback WHERE campaign_id = $1 AND source <> 'session'`,
    [campaign],
  );
  return rows[0] as { complained: number; bounced: number };
}

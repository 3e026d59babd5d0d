import type { Pool } from "pg";
import type { DeliveryState } from "../../domain/delivery.ts";

/** One thing that happened to a person, in the ledger's own words. */
export interface PersonEvent {
  readonly at: Date;
  /** Where the page after this one begins. */
  readonly cursor: string;
  readonly kind: "known" | "joined" | "left" | "mail" | "feedback" | "suppressed" | "lifted";
  /** A list's name, an issue's slug, the kind of a report, a reason. */
  readonly about: string;
  /** A server's words, the proof of a consent, the source of a suppression. */
  readonly detail: string | null;
  readonly campaignId: number | null;
  readonly state: DeliveryState | null;
}

interface EventRow extends Omit<PersonEvent, "cursor"> {
  readonly micros: string;
  readonly key: string;
}

/** A cursor is a moment and what happened then: several things happen in one transaction. */
const cursorPattern = /^(\d{1,17})\.([a-z]{1,10}-\d{1,19})$/;

/**
 * Every source has an index on the person, and nobody has more than some thousand events: they are put in order as a whole.
 * A consent's own facts are told without the leaving that is written beside them.
 */
const timelineSql = `
WITH person AS (SELECT id, address_key, created_at FROM subscribers WHERE id = $1),
events AS (
  SELECT created_at AS at, 'known' AS kind, 'a-' || id AS key, '' AS about, NULL AS detail, NULL::bigint AS campaign, NULL::delivery_state AS state
  FROM person
  UNION ALL
  SELECT m.joined_at, 'joined', 'b-' || m.list_id, l.name, nullif((m.consent - 'left')::text, '{}'), NULL, NULL
  FROM subscriptions m JOIN lists l ON l.id = m.list_id WHERE m.subscriber_id = $1
  UNION ALL
  SELECT coalesce((m.consent #>> '{left,at}')::timestamptz, m.changed_at), 'left', 'l-' || m.list_id, l.name, m.consent #>> '{left,by}', NULL, NULL
  FROM subscriptions m JOIN lists l ON l.id = m.list_id WHERE m.subscriber_id = $1 AND m.status = 'unsubscribed'
  UNION ALL
  SELECT coalesce(d.settled_at, d.first_claimed_at, c.planned_at, c.created_at), 'mail', 'm-' || d.campaign_id, c.issue_slug, d.detail, d.campaign_id, d.state
  FROM deliveries d JOIN campaigns c ON c.id = d.campaign_id WHERE d.subscriber_id = $1
  UNION ALL
  SELECT f.at, 'feedback', 'f-' || f.id, f.kind, f.diagnostic, f.campaign_id, NULL
  FROM feedback f WHERE f.subscriber_id = $1
  UNION ALL
  SELECT g.at, CASE g.action WHEN 'added' THEN 'suppressed' ELSE 'lifted' END, 's-' || g.id, g.reason, g.source, NULL, NULL
  FROM suppression_log g JOIN person ON g.key = person.address_key
),
placed AS (SELECT *, (extract(epoch FROM at) * 1000000)::bigint AS micros FROM events)
SELECT at, kind, key, about, detail, campaign AS "campaignId", state, micros::text AS micros FROM placed
WHERE $2::bigint IS NULL OR (micros, key COLLATE "C") < ($2, $3)
ORDER BY micros DESC, key COLLATE "C" DESC LIMIT $4`;

/**
 * What happened to one person, newest first.
 * @param before a `cursor`; one that isn't ours begins anew
 */
export async function readTimeline(
  pool: Pool,
  subscriberId: number,
  page: { readonly before?: string | undefined; readonly limit: number },
): Promise<readonly PersonEvent[]> {
  const [, micros = null, key = null] = cursorPattern.exec(page.before ?? "") ?? [];
  const { rows } = await pool.query<EventRow>({
    name: "person-timeline",
    text: timelineSql,
    values: [subscriberId, micros, key, page.limit],
  });
  return rows.map(({ micros: at, key: what, ...event }) => ({ ...event, cursor: `${at}.${what}` }));
}

import type { Pool } from "pg";
import type { CampaignState } from "./ledger/campaigns.ts";

export interface CalendarCampaign {
  readonly id: number;
  readonly issueSlug: string;
  readonly listSlug: string;
  readonly state: CampaignState;
  readonly startsAt: Date;
  /** The wall-clock time where readers get it at their own hour, ISO 8601 without a zone; else `null`. */
  readonly local: string | null;
}

/** A page of a month; an installation that sends more has a list for it. */
const campaignsMax = 500;

/** Campaigns that begin in a span, in that order. */
export async function listCampaignsBetween(pool: Pool, from: Date, to: Date): Promise<readonly CalendarCampaign[]> {
  const { rows } = await pool.query<CalendarCampaign>(
    `SELECT c.id, c.issue_slug AS "issueSlug", l.slug AS "listSlug", c.state, c.starts_at AS "startsAt", c.schedule ->> 'local' AS local
     FROM campaigns c JOIN lists l ON l.id = c.list_id
     WHERE c.planned IS NOT NULL AND c.starts_at >= $1 AND c.starts_at < $2 ORDER BY c.starts_at, c.id LIMIT ${campaignsMax}`,
    [from, to],
  );
  return rows;
}

export interface CalendarProposal {
  readonly id: number;
  readonly issueSlug: string;
  readonly listSlug: string;
  /** As written. */
  readonly at: string;
  readonly tz: string | null;
  readonly isApproved: boolean;
}

/** More proposals than a team keeps open at once. */
const proposalsMax = 200;

/** Sends with a time of their own that nobody has started or withdrawn yet. */
export async function listTimedProposals(pool: Pool): Promise<readonly CalendarProposal[]> {
  const { rows } = await pool.query<CalendarProposal>(
    `SELECT id, issue_slug AS "issueSlug", list_slug AS "listSlug", at, tz, approved_at IS NOT NULL AS "isApproved"
     FROM approvals WHERE at IS NOT NULL AND voided IS NULL AND campaign_id IS NULL ORDER BY id DESC LIMIT ${proposalsMax}`,
  );
  return rows;
}

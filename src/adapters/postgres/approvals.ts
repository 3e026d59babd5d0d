import type { Pool, PoolClient } from "pg";

/** What a proposal asks for beside list, segment and time, as it was written; what is not said is absent. */
export interface ProposalOptions {
  readonly window?: string;
  readonly canary?: string;
  readonly canaryWait?: string;
  /** `hold` where it isn't said. */
  readonly policy?: "resend";
  /** Everybody who was not planned for the issue yet, where it isn't said. */
  readonly whom?: "missed" | "again";
}

/** The flight plan as it was looked at when the send was proposed. */
export interface ProposedFlight {
  readonly legs: readonly {
    readonly lane: string;
    readonly count: number;
    /** ISO 8601. */
    readonly startsAt: string;
    /** `null` where the lane does not end by itself. */
    readonly endsAt: string | null;
    readonly pausedReason: string | null;
    readonly assumed: boolean;
  }[];
  readonly endsAt: string | null;
  readonly missing: readonly { readonly field: string; readonly count: number }[];
  readonly largestBytes: number | null;
  readonly findings: readonly {
    readonly severity: "error" | "warning" | "note";
    readonly message: string;
    readonly mend: string;
    readonly line: number | null;
  }[];
}

/** A proposed send as it was looked at, with who proposed and who approved it. */
export interface Approval {
  readonly id: number;
  readonly issueKey: string;
  readonly issueSlug: string;
  readonly listSlug: string;
  readonly segment: string | null;
  readonly at: string | null;
  readonly tz: string | null;
  readonly options: ProposalOptions;
  readonly digestId: string;
  /** Hash of all that was approved: digest, list, segment, schedule, policy and the other options. */
  readonly binding: string;
  readonly planned: number;
  readonly toSend: number;
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  /** `null` of one that was proposed before flight plans were kept. */
  readonly flight: ProposedFlight | null;
  readonly authorId: number;
  readonly author: string;
  readonly createdAt: Date;
  readonly approver: string | null;
  readonly approvedAt: Date | null;
  /** Why it holds no more. */
  readonly voided: string | null;
  readonly campaignId: number | null;
}

export type NewApproval = Omit<
  Approval,
  "id" | "author" | "createdAt" | "approver" | "approvedAt" | "voided" | "campaignId"
>;

const select = `
SELECT p.id, p.issue_key AS "issueKey", p.issue_slug AS "issueSlug", p.list_slug AS "listSlug", p.segment, p.at, p.tz, p.options,
  p.digest_id AS "digestId", p.binding, p.planned, p.to_send AS "toSend", p.skipped, p.flight, p.author_id AS "authorId",
  a.name AS author, p.created_at AS "createdAt", b.name AS approver, p.approved_at AS "approvedAt", p.voided,
  p.campaign_id AS "campaignId"
FROM approvals p JOIN users a ON a.id = p.author_id LEFT JOIN users b ON b.id = p.approver_id`;

export async function addApproval(db: Pool | PoolClient, approval: NewApproval): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    `INSERT INTO approvals (issue_key, issue_slug, list_slug, segment, at, tz, digest_id, binding, planned, to_send, skipped, author_id, options, flight)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id`,
    [
      approval.issueKey,
      approval.issueSlug,
      approval.listSlug,
      approval.segment,
      approval.at,
      approval.tz,
      approval.digestId,
      approval.binding,
      approval.planned,
      approval.toSend,
      JSON.stringify(approval.skipped),
      approval.authorId,
      approval.options,
      approval.flight,
    ],
  );
  return rows[0]?.id as number;
}

/** The issue's file of a campaign that was proposed in the console; `null` of any other. */
export async function findCampaignIssueKey(pool: Pool, campaign: number): Promise<string | null> {
  const { rows } = await pool.query<{ key: string }>("SELECT issue_key AS key FROM approvals WHERE campaign_id = $1", [
    campaign,
  ]);
  return rows[0]?.key ?? null;
}

/** Newest first. */
export async function listApprovals(pool: Pool, limit: number): Promise<readonly Approval[]> {
  return (await pool.query<Approval>(`${select} ORDER BY p.id DESC LIMIT $1`, [limit])).rows;
}

export async function findApproval(pool: Pool, id: number): Promise<Approval | null> {
  return (await pool.query<Approval>(`${select} WHERE p.id = $1`, [id])).rows[0] ?? null;
}

/**
 * Approved sends to a list and segment that were to begin as soon as they are started, the newest first: what a recurrence may
 * start, and what was started already. One to those missed is no issue's own.
 */
export async function listApprovedSends(
  pool: Pool,
  listSlug: string,
  segment: string | null,
): Promise<readonly Approval[]> {
  const { rows } = await pool.query<Approval>(
    `${select} WHERE p.list_slug = $1 AND p.segment IS NOT DISTINCT FROM $2 AND p.at IS NULL AND p.options ->> 'whom' IS NULL
       AND p.approved_at IS NOT NULL AND p.voided IS NULL ORDER BY p.id DESC LIMIT ${approvedMax}`,
    [listSlug, segment],
  );
  return rows;
}

/** More issues than a folder holds of a year. */
const approvedMax = 400;

/** Whether there is somebody to propose a send and somebody else to approve it. */
export async function canApprove(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ enough: boolean }>(
    `SELECT count(*) > 1 AND count(*) FILTER (WHERE role IN ('admin', 'approver')) > 0 AS enough
     FROM users WHERE disabled_at IS NULL AND role <> 'viewer'`,
  );
  return rows[0]?.enough ?? false;
}

/** @returns false when it is no longer open, or the approver is its author */
export async function approve(db: Pool | PoolClient, id: number, approverId: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE approvals SET approver_id = $2, approved_at = now()
     WHERE id = $1 AND author_id <> $2 AND approver_id IS NULL AND voided IS NULL AND campaign_id IS NULL`,
    [id, approverId],
  );
  return rowCount === 1;
}

/** Ends a proposal, approved or not; one that was sent stays as it is. */
export async function voidApproval(db: Pool | PoolClient, id: number, why: string): Promise<boolean> {
  const { rowCount } = await db.query(
    "UPDATE approvals SET voided = $2 WHERE id = $1 AND voided IS NULL AND campaign_id IS NULL",
    [id, why],
  );
  return rowCount === 1;
}

export async function setApprovalCampaign(db: Pool | PoolClient, id: number, campaignId: number): Promise<void> {
  await db.query("UPDATE approvals SET campaign_id = $2 WHERE id = $1", [id, campaignId]);
}

import type { Pool } from "pg";

export interface ArchivedIssue {
  readonly issueSlug: string;
  readonly digestId: string;
  readonly sentAt: Date;
}

/*
 * What went to a whole list: a campaign for a segment was not meant for everybody. An issue that was sent twice stands once,
 * as it was sent last, at the time of the first.
 */
const archived = `
SELECT c.issue_slug AS "issueSlug", (array_agg(c.digest_id ORDER BY c.id DESC))[1] AS "digestId", min(c.starts_at) AS "sentAt"
FROM campaigns c WHERE c.list_id = $1 AND c.segment IS NULL AND c.state IN ('sending', 'sent') AND c.planned IS NOT NULL`;

/** Newest first. */
export async function listArchive(
  pool: Pool,
  listId: number,
  limit: number,
  offset: number,
): Promise<readonly ArchivedIssue[]> {
  const { rows } = await pool.query<ArchivedIssue>({
    name: "archive-page",
    text: `${archived} GROUP BY c.issue_slug ORDER BY min(c.starts_at) DESC, c.issue_slug LIMIT $2 OFFSET $3`,
    values: [listId, limit, offset],
  });
  return rows;
}

export async function findArchived(pool: Pool, listId: number, issueSlug: string): Promise<ArchivedIssue | null> {
  const { rows } = await pool.query<ArchivedIssue>({
    name: "archive-issue",
    text: `${archived} AND c.issue_slug = $2 GROUP BY c.issue_slug`,
    values: [listId, issueSlug],
  });
  return rows[0] ?? null;
}

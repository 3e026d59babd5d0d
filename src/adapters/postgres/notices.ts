import type { Pool } from "pg";
import type { NoticeKind } from "../../domain/reader-request.ts";

/** A mail that belongs to no campaign is entered before it is sent. @returns its number */
export async function openNotice(
  pool: Pool,
  notice: { readonly kind: NoticeKind; readonly listId: number | null; readonly address: string },
): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO notices (kind, list_id, address, state, due_at) VALUES ($1, $2, $3, 'sending', NULL) RETURNING id",
    [notice.kind, notice.listId, notice.address],
  );
  return rows[0]?.id as number;
}

export async function settleNotice(
  pool: Pool,
  id: number,
  state: "accepted" | "refused" | "uncertain",
  detail: string,
): Promise<void> {
  await pool.query(
    "UPDATE notices SET state = $2, detail = $3, settled_at = now() WHERE id = $1 AND state IN ('sending', 'uncertain')",
    [id, state, detail],
  );
}

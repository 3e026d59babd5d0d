import type { Pool, PoolClient } from "pg";

/** Whom a list's readers reach when they answer. */
export interface ListMailboxes {
  readonly listId: number;
  readonly slug: string;
  readonly fromAddress: string;
  readonly replyTo: string | null;
}

/** Nobody keeps more lists. */
const listsMax = 1_000;

export async function readListMailboxes(db: Pool | PoolClient): Promise<readonly ListMailboxes[]> {
  const { rows } = await db.query<ListMailboxes>({
    name: "list-mailboxes",
    text: `SELECT id AS "listId", slug, from_address AS "fromAddress", reply_to AS "replyTo" FROM lists ORDER BY id LIMIT ${listsMax}`,
  });
  return rows;
}

/**
 * Enters a person's answer as a notice to the list's reply-to address (to its From where it has none); the dispatcher hands
 * it out at its next round.
 * @param senderKey the person's address key, by which it is erased with her
 * @returns its number, or `null` when there is no such list
 */
export async function queueForwardNotice(
  db: Pool | PoolClient,
  forward: { readonly listId: number; readonly raw: Buffer; readonly senderKey: string | null },
): Promise<number | null> {
  const { rows } = await db.query<{ id: number }>({
    name: "queue-forward",
    text: `INSERT INTO notices (kind, list_id, address, address_key, attached)
           SELECT 'forward', id, coalesce(reply_to, from_address), $3, $2 FROM lists WHERE id = $1 RETURNING id`,
    values: [forward.listId, forward.raw, forward.senderKey],
  });
  return rows[0]?.id ?? null;
}

export async function readForwardedMail(pool: Pool, notice: number): Promise<Buffer | null> {
  const { rows } = await pool.query<{ attached: Buffer | null }>("SELECT attached FROM notices WHERE id = $1", [
    notice,
  ]);
  return rows[0]?.attached ?? null;
}

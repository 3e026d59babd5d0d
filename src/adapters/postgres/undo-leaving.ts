import type { Pool } from "pg";

/**
 * Takes back a press that was a mistake: this list, and the lists that were left with it by one press. Only a recent
 * leaving by a page or a one-click is undone: an old mail that was passed on must not sign its reader up again, and what a
 * complaint or an operator ended stays ended.
 * @returns how many subscriptions stand as before
 */
export async function undoLeaving(
  pool: Pool,
  reader: { readonly subscriberId: number; readonly listId: number },
  withinMs: number,
): Promise<number> {
  const { rowCount } = await pool.query({
    name: "undo-leaving",
    text: undoSql,
    values: [reader.subscriberId, reader.listId, withinMs],
  });
  return rowCount ?? 0;
}

const undoSql = `
UPDATE subscriptions m SET
  status = (m.consent -> 'left' ->> 'was')::subscription_status,
  changed_at = now(),
  consent = m.consent - 'left' || jsonb_build_object('undone', m.consent -> 'left' || jsonb_build_object('undoneAt', now()))
WHERE m.subscriber_id = $1 AND m.status = 'unsubscribed'
  AND (m.list_id = $2 OR m.consent -> 'left' ->> 'by' = 'page, every list')
  AND m.consent -> 'left' ->> 'by' IN ('one-click', 'page', 'page, every list')
  AND m.consent -> 'left' ->> 'was' IN ('pending', 'confirmed')
  AND (m.consent -> 'left' ->> 'at')::timestamptz > now() - $3::float8 * interval '1 millisecond'`;

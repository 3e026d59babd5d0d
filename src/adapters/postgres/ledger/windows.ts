import type { Pool } from "pg";
import { partitionOf } from "./partition.ts";

/** A campaign's sending window as it was said, with the list's zone; `null` when mail may go at any hour. */
export async function readCampaignWindow(
  pool: Pool,
  campaign: number,
): Promise<{ readonly window: string; readonly listId: number; readonly zone: string } | null> {
  const { rows } = await pool.query<{ window: string | null; listId: number; zone: string }>({
    name: "campaign-window",
    text: `SELECT c.schedule ->> 'window' AS window, c.list_id AS "listId", l.zone
           FROM campaigns c JOIN lists l ON l.id = c.list_id WHERE c.id = $1`,
    values: [campaign],
  });
  const row = rows[0];
  return row?.window ? { window: row.window, listId: row.listId, zone: row.zone } : null;
}

/**
 * Sets the timer of what is due to its window's opening. The turn stays: a job of it that is in the queue already may go.
 * @param byZone the next opening of each zone whose window is closed
 * @param elsewhere for readers of no or an unknown zone; `null` when their window is open
 * @param zones all zones that are known, closed or open
 */
export async function moveToOpening(
  pool: Pool,
  campaign: number,
  byZone: ReadonlyMap<string, Date>,
  elsewhere: Date | null,
  zones: readonly string[],
): Promise<number> {
  const closed = [...byZone];
  const { rowCount } = await pool.query({
    name: `window-${campaign}`,
    text: `
      UPDATE ${partitionOf(campaign)} d SET due_at = w.opens
      FROM subscribers s LEFT JOIN unnest($1::text[], $2::timestamptz[]) AS z(zone, opens) ON z.zone = s.zone,
        LATERAL (SELECT CASE WHEN s.zone = ANY($4::text[]) THEN z.opens ELSE $3::timestamptz END AS opens) w
      WHERE s.id = d.subscriber_id AND d.due_at <= now() AND d.state IN ('pending', 'deferred') AND w.opens > now()`,
    values: [closed.map(([zone]) => zone), closed.map(([, opens]) => opens), elsewhere, zones],
  });
  return rowCount ?? 0;
}

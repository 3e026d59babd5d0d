import type { Pool } from "pg";
import type { DeliveryState } from "../../domain/delivery.ts";

export interface PersonDelivery {
  readonly campaignId: number;
  readonly issueSlug: string;
  readonly plannedAt: Date | null;
  readonly state: DeliveryState;
  readonly settledAt: Date | null;
  readonly detail: string | null;
}

/** A year of weekly mails on one page. */
const deliveriesMax = 60;

/** What one person was sent, newest first. */
export async function listPersonDeliveries(pool: Pool, subscriberId: number): Promise<readonly PersonDelivery[]> {
  const { rows } = await pool.query<PersonDelivery>(
    `SELECT d.campaign_id AS "campaignId", c.issue_slug AS "issueSlug", c.planned_at AS "plannedAt", d.state,
       d.settled_at AS "settledAt", d.detail
     FROM deliveries d JOIN campaigns c ON c.id = d.campaign_id
     WHERE d.subscriber_id = $1 ORDER BY d.campaign_id DESC LIMIT ${deliveriesMax}`,
    [subscriberId],
  );
  return rows;
}

/** The address key of a subscriber's number; `null` for one who isn't there, or no longer. */
export async function findAddressKey(pool: Pool, subscriberId: number): Promise<string | null> {
  const { rows } = await pool.query<{ key: string }>("SELECT address_key AS key FROM subscribers WHERE id = $1", [
    subscriberId,
  ]);
  return rows[0]?.key ?? null;
}

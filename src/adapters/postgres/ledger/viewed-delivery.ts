import type { Pool } from "pg";
import type { DeliveryId, FrozenDelivery } from "../../../domain/delivery.ts";
import { readFrozen, type FrozenRow } from "./claim.ts";

export interface ViewedDelivery {
  readonly digestId: string;
  readonly frozen: FrozenDelivery;
}

/** What one mail was made of; `null` before its first claim and after its reader was erased. */
export async function findViewedDelivery(pool: Pool, { campaign, number }: DeliveryId): Promise<ViewedDelivery | null> {
  const { rows } = await pool.query<{ digest: string; frozen: FrozenRow | null; variant: string }>({
    name: "viewed-delivery",
    text: `SELECT c.digest_id AS digest, d.frozen, d.variant FROM deliveries d JOIN campaigns c ON c.id = d.campaign_id
           WHERE d.campaign_id = $1 AND d.number = $2`,
    values: [campaign, number],
  });
  const [row] = rows;
  return row?.frozen ? { digestId: row.digest, frozen: readFrozen(row.frozen, row.variant) } : null;
}

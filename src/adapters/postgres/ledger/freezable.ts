import type { Pool } from "pg";
import type { FrozenDelivery } from "../../../domain/delivery.ts";

/** What a claim would freeze of a person now; `null` when she is gone. */
export async function readFreezable(
  pool: Pool,
  subscriberId: number,
  fields: readonly string[],
): Promise<Pick<FrozenDelivery, "subscriberId" | "address" | "values" | "zone"> | null> {
  const { rows } = await pool.query<{
    subscriberId: number;
    address: string;
    zone: string | null;
    values: Record<string, string> | null;
  }>(
    `SELECT s.id AS "subscriberId", s.address, s.zone, (SELECT jsonb_object_agg(f, v) FROM (
       SELECT f, CASE f WHEN 'lang' THEN s.lang WHEN 'zone' THEN s.zone ELSE s.attributes ->> f END AS v
       FROM unnest($2::text[]) f) x WHERE v IS NOT NULL) AS values
     FROM subscribers s WHERE s.id = $1`,
    [subscriberId, fields],
  );
  return rows[0] ? { ...rows[0], values: rows[0].values ?? {} } : null;
}

import type { Pool, PoolClient } from "pg";
import type { SubscriptionStatus } from "../../domain/subscriber.ts";

/** A person as her own links see her. */
export interface ReaderRecord {
  readonly id: number;
  readonly address: string;
  readonly addressKey: string;
  readonly lang: string | null;
  readonly zone: string | null;
  readonly topics: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** `null` for one who was erased, and for the nobody of a test mail. */
export async function findReaderById(db: Pool | PoolClient, id: number): Promise<ReaderRecord | null> {
  const { rows } = await db.query<ReaderRecord>({
    name: "reader-by-id",
    text: `SELECT id, address, address_key AS "addressKey", lang, zone, topics, attributes FROM subscribers WHERE id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

export interface ReaderStanding {
  readonly status: SubscriptionStatus | null;
  /** Other lists that she still gets or is about to. */
  readonly otherLists: number;
}

export async function readStanding(
  db: Pool | PoolClient,
  subscriberId: number,
  listId: number,
): Promise<ReaderStanding> {
  const { rows } = await db.query<{ status: SubscriptionStatus | null; others: number }>({
    name: "reader-standing",
    text: `SELECT max(status::text) FILTER (WHERE list_id = $2) AS status,
             (count(*) FILTER (WHERE list_id <> $2 AND status <> 'unsubscribed'))::int AS others
           FROM subscriptions WHERE subscriber_id = $1`,
    values: [subscriberId, listId],
  });
  return { status: rows[0]?.status ?? null, otherLists: rows[0]?.others ?? 0 };
}

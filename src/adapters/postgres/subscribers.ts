import type { Pool, PoolClient } from "pg";
import type { Address } from "../../domain/address.ts";
import type { Subscriber, SubscriptionStatus } from "../../domain/subscriber.ts";
import type { Suppression } from "../../domain/suppression.ts";
import { findSuppression } from "./suppressions.ts";

/** A subscriber as the database keeps one. */
export interface SubscriberRecord extends Subscriber {
  readonly addressKey: string;
  readonly domain: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A membership with its proof of consent. */
export interface Subscription {
  readonly listId: number;
  readonly list: string;
  readonly listName: string;
  readonly status: SubscriptionStatus;
  readonly consent: Readonly<Record<string, unknown>>;
  readonly joinedAt: Date;
  readonly changedAt: Date;
  readonly pausedUntil: Date | null;
}

export interface SubscriberDetails extends SubscriberRecord {
  readonly subscriptions: readonly Subscription[];
  /** What bars the address; null for one who may be mailed. */
  readonly suppression: Suppression | null;
}

const columns = `s.id, s.address_key AS "addressKey", s.address, s.domain, s.lang, s.zone, s.topics, s.attributes,
  s.created_at AS "createdAt", s.updated_at AS "updatedAt"`;

const pageMax = 1_000;

/** The person behind an address, or `null`. */
export async function findSubscriber(db: Pool | PoolClient, addressKey: string): Promise<SubscriberRecord | null> {
  const { rows } = await db.query<SubscriberRecord>({
    name: "find-subscriber",
    text: `SELECT ${columns} FROM subscribers s WHERE s.address_key = $1`,
    values: [addressKey],
  });
  return rows[0] ?? null;
}

/** All that is held on one person; `null` for one who isn't known. */
export async function showSubscriber(db: Pool | PoolClient, addressKey: string): Promise<SubscriberDetails | null> {
  const subscriber = await findSubscriber(db, addressKey);
  if (!subscriber) return null;
  const { rows: subscriptions } = await db.query<Subscription>({
    name: "find-subscriptions",
    text: `SELECT m.list_id AS "listId", l.slug AS list, l.name AS "listName", m.status, m.consent,
             m.joined_at AS "joinedAt", m.changed_at AS "changedAt", m.paused_until AS "pausedUntil"
           FROM subscriptions m JOIN lists l ON l.id = m.list_id WHERE m.subscriber_id = $1 ORDER BY l.slug`,
    values: [subscriber.id],
  });
  const suppression = await findSuppression(db, { key: addressKey, domain: subscriber.domain });
  return { ...subscriber, subscriptions, suppression };
}

export interface SubscriberSearch {
  /** The beginning of an address in any case, or `@` and a whole domain; empty for everybody. */
  readonly prefix: string;
  readonly listId?: number;
  /** The last `addressKey` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** People by the beginning of their address, or of a domain, in order. An index answers each: a page of a million takes milliseconds. */
export async function searchSubscribers(pool: Pool, search: SubscriberSearch): Promise<readonly SubscriberRecord[]> {
  const prefix = search.prefix.trim().normalize("NFC").toLowerCase();
  const byDomain = prefix.startsWith("@");
  const { rows } = await pool.query<SubscriberRecord>({
    name: byDomain ? "search-domain" : "search-prefix",
    text: byDomain ? searchDomainSql : searchPrefixSql,
    values: [
      byDomain ? prefix.slice(1) : prefix,
      search.after ?? "",
      search.listId ?? null,
      Math.min(search.limit, pageMax),
    ],
  });
  return rows;
}

/** People in the order of their numbers; of one list those who are or were on it. */
export async function listSubscribers(
  pool: Pool,
  page: { readonly after: number; readonly listId?: number; readonly limit: number },
): Promise<readonly SubscriberRecord[]> {
  const { rows } = await pool.query<SubscriberRecord>(
    page.listId === undefined
      ? { name: "page-subscribers", text: pageAllSql, values: [page.after, Math.min(page.limit, pageMax)] }
      : {
          name: "page-members",
          text: pageMembersSql,
          values: [page.after, Math.min(page.limit, pageMax), page.listId],
        },
  );
  return rows;
}

const pageAllSql = `SELECT ${columns} FROM subscribers s WHERE s.id > $1 ORDER BY s.id LIMIT $2`;

/** Along the membership's own key, so that a page of a million takes milliseconds wherever it begins. */
const pageMembersSql = `
SELECT ${columns} FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
WHERE m.list_id = $3 AND m.subscriber_id > $1 ORDER BY m.subscriber_id LIMIT $2`;

const pageSql = (condition: string): string => `
(SELECT ${columns} FROM subscribers s
 WHERE ${condition} AND s.address_key > $2
   AND ($3::bigint IS NULL OR EXISTS (SELECT 1 FROM subscriptions m WHERE m.list_id = $3 AND m.subscriber_id = s.id))
 ORDER BY s.address_key LIMIT $4)`;

/** A range, since LIKE with a parameter uses no index in a plan that serves every parameter. */
const beginsWith = (prefix: string): string =>
  `s.address_key >= ${prefix} AND s.address_key < ${prefix} || U&'\\+10FFFF'`;

/**
 * A quoted local part, such as the old Japanese form, begins with its quote: another range (one that lies within that of an
 * empty prefix). As one condition with OR the
 * server read the whole index in its order to find a page (290 ms of a million).
 */
export const searchPrefixSql = `
SELECT * FROM (${pageSql(beginsWith("$1::text"))} UNION ${pageSql(beginsWith(`('"' || $1::text)`))}) found
ORDER BY "addressKey" LIMIT $4`;

const searchDomainSql = pageSql("s.domain = $1");

/** What is known of a person besides the address; a field that is absent stays as it is. */
export interface SubscriberChanges {
  readonly lang?: string | null;
  readonly zone?: string | null;
  readonly topics?: readonly string[];
  /** `null` takes an attribute away; those that aren't named stay. */
  readonly attributes?: Readonly<Record<string, string | null>>;
}

/** The person of this address, made where there is none yet. One who exists keeps the spelling and all values. */
export async function ensureSubscriber(
  db: Pool | PoolClient,
  address: Pick<Address, "key" | "address" | "domain">,
): Promise<{ readonly id: number; readonly isNew: boolean }> {
  const inserted = await db.query<{ id: number }>({
    name: "insert-subscriber",
    text: "INSERT INTO subscribers (address_key, address, domain) VALUES ($1, $2, $3) ON CONFLICT (address_key) DO NOTHING RETURNING id",
    values: [address.key, address.address, address.domain],
  });
  if (inserted.rows[0]) return { id: inserted.rows[0].id, isNew: true };
  const found = await findSubscriber(db, address.key);
  // Erased between the two statements: the third try meets nobody in its way.
  return found ? { id: found.id, isNew: false } : ensureSubscriber(db, address);
}

/** @returns whether there is such a person */
export async function updateSubscriber(
  db: Pool | PoolClient,
  id: number,
  changes: SubscriberChanges,
): Promise<boolean> {
  const attributes = Object.entries(changes.attributes ?? {});
  const kept = Object.fromEntries(attributes.filter(([, value]) => value !== null));
  const removed = attributes.filter(([, value]) => value === null).map(([name]) => name);
  const { rowCount } = await db.query({
    name: "update-subscriber",
    text: `UPDATE subscribers SET
             lang = CASE WHEN $2 THEN $3 ELSE lang END,
             zone = CASE WHEN $4 THEN $5 ELSE zone END,
             topics = coalesce($6::text[], topics),
             attributes = (attributes || $7::jsonb) - $8::text[],
             updated_at = now()
           WHERE id = $1`,
    values: [
      id,
      changes.lang !== undefined,
      changes.lang ?? null,
      changes.zone !== undefined,
      changes.zone ?? null,
      changes.topics ?? null,
      JSON.stringify(kept),
      removed,
    ],
  });
  return rowCount === 1;
}

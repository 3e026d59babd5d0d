import type { Pool, PoolClient } from "pg";
import {
  cancelledMs,
  confirmationMsMax,
  confirmationPauseMs,
  type ReaderRequestKind,
} from "../../domain/reader-request.ts";

export interface NewReaderRequest {
  readonly kind: ReaderRequestKind;
  readonly listId: number;
  readonly address: { readonly key: string; readonly address: string; readonly domain: string };
  readonly lang: string;
  readonly subscriberId?: number;
  readonly consent: Readonly<Record<string, unknown>>;
}

export interface ReaderRequest {
  readonly id: number;
  readonly kind: ReaderRequestKind;
  readonly listId: number;
  readonly addressKey: string;
  readonly address: string;
  readonly domain: string;
  readonly lang: string;
  readonly subscriberId: number | null;
  readonly consent: Readonly<Record<string, unknown>>;
  readonly expired: boolean;
  readonly confirmedAt: Date | null;
  readonly cancelledAt: Date | null;
}

const columns = `id, kind, list_id AS "listId", address_key AS "addressKey", address, domain, lang,
  subscriber_id AS "subscriberId", consent,
  coalesce(expires_at <= now(), false) AS expired, confirmed_at AS "confirmedAt", cancelled_at AS "cancelledAt"`;

/**
 * Enters what was asked for, or counts it where it stands already: one row an address and list, one statement whoever asks
 * and whatever we know of the address. A mail is wanted unless there was one lately or its reader said "not me".
 */
export async function askFor(db: Pool | PoolClient, request: NewReaderRequest): Promise<number> {
  const { address } = request;
  const { rows } = await db.query<{ id: number }>({
    name: "ask-for",
    text: askSql,
    values: [
      request.kind,
      request.listId,
      address.key,
      address.address,
      address.domain,
      request.lang,
      request.subscriberId ?? null,
      JSON.stringify(request.consent),
      confirmationPauseMs,
      cancelledMs,
    ],
  });
  return rows[0]?.id as number;
}

const quiet = `(r.mailed_at > now() - $9::float8 * interval '1 millisecond' OR r.cancelled_at > now() - $10::float8 * interval '1 millisecond')`;

/** Within the quiet time the words that were mailed stay: they are what a press would confirm. */
const askSql = `
INSERT INTO reader_requests AS r (kind, list_id, address_key, address, domain, lang, subscriber_id, consent, mail_due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
ON CONFLICT (kind, list_id, address_key) DO UPDATE SET
  asked = r.asked + 1,
  asked_at = now(),
  address = CASE WHEN ${quiet} THEN r.address ELSE excluded.address END,
  lang = CASE WHEN ${quiet} THEN r.lang ELSE excluded.lang END,
  consent = CASE WHEN ${quiet} THEN r.consent ELSE excluded.consent END,
  subscriber_id = CASE WHEN ${quiet} THEN r.subscriber_id ELSE excluded.subscriber_id END,
  mail_due_at = CASE WHEN ${quiet} THEN r.mail_due_at ELSE coalesce(r.mail_due_at, now()) END
RETURNING r.id`;

export async function findRequest(db: Pool | PoolClient, id: number): Promise<ReaderRequest | null> {
  const { rows } = await db.query<ReaderRequest>({
    name: "find-request",
    text: `SELECT ${columns} FROM reader_requests WHERE id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

/** The same, held until the transaction ends. */
export async function lockRequest(client: PoolClient, id: number): Promise<ReaderRequest | null> {
  const { rows } = await client.query<ReaderRequest>(
    `SELECT ${columns} FROM reader_requests WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0] ?? null;
}

/** Those that wait for a mail, oldest first; another process's are passed over. */
export async function lockDueRequests(client: PoolClient, limit: number): Promise<readonly ReaderRequest[]> {
  const { rows } = await client.query<ReaderRequest>(
    `SELECT ${columns} FROM reader_requests WHERE mail_due_at <= now() ORDER BY mail_due_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [limit],
  );
  return rows;
}

/** A mail is on its way: the link lives from now on, and what was confirmed or cancelled before is past. */
export async function markMailed(client: PoolClient, id: number): Promise<void> {
  await client.query(
    `UPDATE reader_requests SET mail_due_at = NULL, mailed_at = now(), confirmed_at = NULL, cancelled_at = NULL,
       expires_at = now() + $2::float8 * interval '1 millisecond' WHERE id = $1`,
    [id, confirmationMsMax],
  );
}

/** No mail for this one. */
export async function dropMail(client: PoolClient, id: number): Promise<void> {
  await client.query("UPDATE reader_requests SET mail_due_at = NULL WHERE id = $1", [id]);
}

export async function markConfirmed(client: PoolClient, id: number): Promise<void> {
  await client.query("UPDATE reader_requests SET confirmed_at = now() WHERE id = $1", [id]);
}

export async function markCancelled(db: Pool | PoolClient, id: number): Promise<void> {
  await db.query(
    "UPDATE reader_requests SET cancelled_at = now(), mail_due_at = NULL WHERE id = $1 AND confirmed_at IS NULL",
    [id],
  );
}

/** The other end of a change of address. */
export async function findRequestOf(
  db: Pool | PoolClient,
  of: { readonly kind: ReaderRequestKind; readonly listId: number; readonly addressKey: string },
): Promise<ReaderRequest | null> {
  const { rows } = await db.query<ReaderRequest>(
    `SELECT ${columns} FROM reader_requests WHERE kind = $1 AND list_id = $2 AND address_key = $3`,
    [of.kind, of.listId, of.addressKey],
  );
  return rows[0] ?? null;
}

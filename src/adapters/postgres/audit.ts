import type { Pool, PoolClient } from "pg";
import {
  hashAuditLink,
  sealAuditHash,
  type AuditLink,
  type AuditVerdict,
  type NewAuditEntry,
} from "../../domain/audit.ts";
import { assert } from "../../lib/assert.ts";

/**
 * Appends to the log. The lock on its head is held until the transaction ends, so this is the last thing a transaction does:
 * whoever holds the lock waits for nobody, and no circle of waiting can form.
 * @param key the current one of `createAuditKeys`
 */
export async function appendAudit(
  client: PoolClient,
  entry: NewAuditEntry,
  key: Buffer,
): Promise<{ readonly number: number; readonly hash: Buffer }> {
  const { rows } = await client.query<{ number: number; hash: Buffer; at: Date }>({
    name: "lock-audit-head",
    text: "SELECT number, hash, date_trunc('milliseconds', clock_timestamp()) AS at FROM audit_head FOR UPDATE",
  });
  const head = rows[0];
  assert(head !== undefined, "The audit log has a head.");
  const link: AuditLink = {
    number: head.number + 1,
    at: head.at,
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    facts: JSON.stringify(entry.facts ?? {}),
    previous: head.hash,
  };
  const hash = hashAuditLink(link);
  await client.query({
    name: "append-audit",
    text: `WITH entry AS (
             INSERT INTO audit_entries (number, at, actor, action, subject, facts, previous, hash, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ), detail AS (
             INSERT INTO audit_details (number, address_key, words) SELECT $1, $10, $11 WHERE $11::text IS NOT NULL
           ) UPDATE audit_head SET number = $1, hash = $8`,
    values: [
      link.number,
      link.at,
      link.actor,
      link.action,
      link.subject,
      link.facts,
      link.previous,
      hash,
      sealAuditHash(hash, key),
      entry.detail?.addressKey ?? null,
      entry.detail?.words ?? null,
    ],
  });
  return { number: link.number, hash };
}

/** What a page shows of an entry. */
export interface AuditRecord {
  readonly number: number;
  readonly at: Date;
  readonly actor: string;
  /** The name of the person or token behind the actor, where there is one. */
  readonly actorName: string | null;
  readonly action: string;
  readonly subject: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** `null` where there was nothing personal, or it went with the person. */
  readonly words: string | null;
}

export interface AuditPage {
  /** Entries with a smaller number. */
  readonly before?: number;
  /** Only what was done to this. */
  readonly subject?: string;
  readonly limit: number;
}

const pageMax = 1_000;

/** Newest first. */
export async function listAudit(pool: Pool, page: AuditPage): Promise<readonly AuditRecord[]> {
  const { rows } = await pool.query<Omit<AuditRecord, "facts"> & { facts: string }>(
    `SELECT e.number, e.at, e.actor, e.action, e.subject, e.facts, d.words, coalesce(u.name, t.name) AS "actorName"
     FROM audit_entries e
     LEFT JOIN audit_details d ON d.number = e.number
     LEFT JOIN users u ON e.actor = 'user:' || u.id
     LEFT JOIN api_tokens t ON e.actor = 'token:' || t.id
     WHERE ($1::bigint IS NULL OR e.number < $1) AND ($2::text IS NULL OR e.subject = $2)
     ORDER BY e.number DESC LIMIT $3`,
    [page.before ?? null, page.subject ?? null, Math.min(page.limit, pageMax)],
  );
  return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) as Record<string, unknown> }));
}

/** What stands beside the log about one address, oldest first: hers to know, and gone when she is. */
export async function listAuditDetails(
  pool: Pool,
  addressKey: string,
): Promise<readonly { readonly at: Date; readonly action: string; readonly words: string }[]> {
  const { rows } = await pool.query<{ at: Date; action: string; words: string }>(
    `SELECT e.at, e.action, d.words FROM audit_details d JOIN audit_entries e ON e.number = d.number
     WHERE d.address_key = $1 ORDER BY d.number LIMIT ${pageMax}`,
    [addressKey],
  );
  return rows;
}

const batchRows = 1_000;
/** After the first few the others follow from them. */
const problemsMax = 20;

type StoredLink = AuditLink & { readonly hash: Buffer; readonly seal: Buffer };

/**
 * Walks the whole chain, a thousand entries at a time: the numbers have no gap, each entry's hash is that of its facts and of
 * the entry before, each was sealed with a secret of ours, and the newest is the head. A hundred thousand take some six seconds.
 * @param keys of `createAuditKeys`
 * @param expected a head that was kept elsewhere
 */
export async function verifyAudit(
  pool: Pool,
  keys: readonly Buffer[],
  expected: { readonly number: number; readonly hash: string } | null = null,
): Promise<AuditVerdict> {
  // The head first: what is appended meanwhile is looked at next time.
  const { rows } = await pool.query<{ number: number; hash: Buffer; start: Buffer }>(
    `SELECT h.number, h.hash, sha256(convert_to('broadsheet audit ' || i.id::text, 'UTF8')) AS start
     FROM audit_head h, installation i`,
  );
  const head = rows[0];
  assert(head !== undefined, "The audit log has a head.");
  const problems: { number: number; what: string }[] = [];
  const report = (number: number, what: string): void => {
    if (problems.length < problemsMax) problems.push({ number, what });
  };
  let previous = head.start;
  let last = 0;
  let entries = 0;
  let expectedSeen = expected === null || (expected.number === 0 && head.start.toString("hex") === expected.hash);
  for (;;) {
    const batch = await pool.query<StoredLink>(
      `SELECT number, at, actor, action, subject, facts, previous, hash, seal FROM audit_entries
       WHERE number > $1 AND number <= $2 ORDER BY number LIMIT ${batchRows}`,
      [last, head.number],
    );
    for (const link of batch.rows) {
      if (link.number !== last + 1)
        report(
          link.number,
          last + 1 === link.number - 1
            ? `entry ${last + 1} is missing`
            : `entries ${last + 1} to ${link.number - 1} are missing`,
        );
      else if (!link.previous.equals(previous)) report(link.number, "it does not follow from the entry before it");
      const hash = hashAuditLink(link);
      if (!hash.equals(link.hash)) report(link.number, "it was changed: its hash is not that of its facts");
      if (!keys.some((key) => sealAuditHash(link.hash, key).equals(link.seal)))
        report(link.number, "its seal was made with none of the secrets of this installation");
      if (expected?.number === link.number) expectedSeen = link.hash.toString("hex") === expected.hash;
      previous = link.hash;
      last = link.number;
      entries += 1;
    }
    if (batch.rows.length < batchRows) break;
  }
  if (last !== head.number) report(head.number, `the newest entries are missing: the last one is ${last}`);
  else if (!previous.equals(head.hash)) report(head.number, "the newest entry is not the one that was written last");
  const beyond = await pool.query("SELECT 1 FROM audit_entries WHERE number < 1 LIMIT 1");
  if (beyond.rowCount) report(0, "there are entries before the first");
  if (expected && !expectedSeen) report(expected.number, "the entry that was noted elsewhere is not in the log");
  return { entries, head: { number: head.number, hash: head.hash.toString("hex") }, problems };
}

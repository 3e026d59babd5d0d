import type { Pool, PoolClient } from "pg";
import type { NewSuppression, Suppression, SuppressionReason } from "../../domain/suppression.ts";
import { InputError } from "../../lib/errors.ts";
import { csvLine } from "../../lib/csv-line.ts";
import { inTransaction } from "./transaction.ts";
import { openCursor } from "./cursor.ts";

/**
 * Whether a subscriber must not be mailed, as a condition that is never null.
 * @param alias of `subscribers` in the statement around it
 */
export function suppressedSql(alias: string): string {
  // Two conditions, not one with OR inside: for a plan of a million the server then hashes each, for a claim it looks up.
  return `(EXISTS (SELECT 1 FROM suppressions x WHERE x.key = ${alias}.address_key) OR EXISTS (SELECT 1 FROM suppressions x WHERE x.key = '@' || ${alias}.domain))`;
}

/** The reason, or null for one who may be mailed; an address's own comes before its domain's. */
export function suppressionReasonSql(alias: string): string {
  return `coalesce((SELECT x.reason FROM suppressions x WHERE x.key = ${alias}.address_key), (SELECT x.reason FROM suppressions x WHERE x.key = '@' || ${alias}.domain))`;
}

const columns = `key, reason, source, provisional, created_at AS "createdAt"`;

/** How many entries travel in one statement. */
const batchSize = 1_000;
const pageMax = 1_000;

/**
 * Suppresses. One that stands already keeps its first reason, but a second proof makes a provisional one final. What
 * changes is logged in the same statement, so that neither can be without the other.
 * @returns how many are new or became final
 */
export async function addSuppressions(db: Pool | PoolClient, entries: readonly NewSuppression[]): Promise<number> {
  let changed = 0;
  for (let start = 0; start < entries.length; start += batchSize) {
    const batch = entries.slice(start, start + batchSize);
    const { rowCount } = await db.query({
      name: "add-suppressions",
      text: addSql,
      values: [
        batch.map(({ key }) => key),
        batch.map(({ reason }) => reason),
        batch.map(({ source }) => source),
        batch.map(({ provisional }) => provisional ?? false),
      ],
    });
    changed += rowCount ?? 0;
  }
  return changed;
}

/** The same key twice in a batch: a final one wins. Sorted, so that two batches never wait for each other in a circle. */
const addSql = `
WITH changed AS (
  INSERT INTO suppressions AS standing (key, reason, source, provisional)
  SELECT DISTINCT ON (key COLLATE "C") key, reason, source, provisional
  FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS given(key, reason, source, provisional)
  ORDER BY key COLLATE "C", provisional
  ON CONFLICT (key) DO UPDATE SET reason = excluded.reason, source = excluded.source, provisional = false
  WHERE standing.provisional AND NOT excluded.provisional
  RETURNING key, reason, source
)
INSERT INTO suppression_log (key, action, reason, source) SELECT key, 'added', reason, source FROM changed`;

/**
 * Lets an address or a domain be mailed again; the reason is kept for good.
 * @param keys the key as `readSuppressionKey` gives it, and for an address its erased keys
 * @returns whether there was one to lift
 * @throws InputError `suppression-reason` without a reason
 */
export async function liftSuppression(
  db: Pool | PoolClient,
  keys: readonly string[],
  lifting: { readonly reason: string; readonly source: string },
): Promise<boolean> {
  const reason = lifting.reason.trim();
  if (reason === "") {
    throw new InputError({
      code: "suppression-reason",
      message: 'Lifting a suppression needs a reason; it is kept in the log (--reason "...").',
    });
  }
  const { rowCount } = await db.query(
    `WITH lifted AS (DELETE FROM suppressions WHERE key = ANY ($1::text[]) RETURNING key)
     INSERT INTO suppression_log (key, action, reason, source) SELECT key, 'lifted', $2, $3 FROM lifted`,
    [keys, reason, lifting.source],
  );
  return (rowCount ?? 0) > 0;
}

/** What bars this address: its own suppression, its domain's, or that of one who was erased. */
export async function findSuppression(
  db: Pool | PoolClient,
  address: { readonly key: string; readonly domain: string },
  erasedKeys: readonly string[] = [],
): Promise<Suppression | null> {
  const { rows } = await db.query<Suppression>({
    name: "find-suppression",
    text: `SELECT ${columns} FROM suppressions WHERE key = ANY ($1::text[]) ORDER BY array_position($1::text[], key) LIMIT 1`,
    values: [[address.key, ...erasedKeys, `@${address.domain}`]],
  });
  return rows[0] ?? null;
}

/** Which suppressions are meant; what is absent leaves nobody out. */
export interface SuppressionFilter {
  readonly reason?: SuppressionReason;
  /** `true`: those that wait for a second proof. */
  readonly provisional?: boolean;
}

/** @param first the number of the first of two parameters, which `filterValues` gives */
const filterSql = (first: number): string =>
  `($${first}::boolean IS NULL OR provisional = $${first}) AND ($${first + 1}::text IS NULL OR reason = $${first + 1})`;

function filterValues({ provisional, reason }: SuppressionFilter): unknown[] {
  return [provisional ?? null, reason ?? null];
}

/** Suppressions in the order of their keys, from after a key on. */
export async function listSuppressions(
  pool: Pool,
  page: SuppressionFilter & { readonly prefix?: string; readonly after?: string; readonly limit: number },
): Promise<readonly Suppression[]> {
  const prefix = page.prefix ?? "";
  const { rows } = await pool.query<Suppression>(
    `SELECT ${columns} FROM suppressions
     WHERE key > $1 AND key >= $2 AND key < $3 AND ${filterSql(5)} ORDER BY key LIMIT $4`,
    [page.after ?? "", prefix, `${prefix}\u{10ffff}`, Math.min(page.limit, pageMax), ...filterValues(page)],
  );
  return rows;
}

export interface SuppressionLogEntry {
  readonly key: string;
  readonly action: "added" | "lifted";
  readonly reason: string;
  readonly source: string;
  readonly at: Date;
}

/** What was done about these keys, oldest first. */
export async function readSuppressionLog(pool: Pool, keys: readonly string[]): Promise<readonly SuppressionLogEntry[]> {
  const { rows } = await pool.query<SuppressionLogEntry>(
    `SELECT key, action, reason, source, at FROM suppression_log WHERE key = ANY ($1::text[]) ORDER BY id LIMIT ${pageMax}`,
    [keys],
  );
  return rows;
}

/**
 * Suppresses everything that `batches` gives, or nothing when it throws.
 * @returns how many are new
 */
export async function importSuppressions(
  pool: Pool,
  batches: AsyncIterable<readonly NewSuppression[]>,
): Promise<number> {
  return inTransaction(pool, async (client) => {
    let added = 0;
    for await (const batch of batches) added += await addSuppressions(client, batch);
    return added;
  });
}

/** Suppressions in the order of their keys, a bounded number at a time, as they all stood when the first was asked for. */
export async function* readSuppressionRows(
  pool: Pool,
  filter: SuppressionFilter = {},
): AsyncGenerator<readonly Suppression[]> {
  const client = await pool.connect();
  let broken = false;
  const text = `SELECT ${columns} FROM suppressions WHERE ${filterSql(1)} ORDER BY key`;
  const cursor = openCursor<Suppression>(client, text, filterValues(filter));
  try {
    for (;;) {
      const rows = await cursor.read(batchSize);
      if (rows.length === 0) break;
      yield rows;
    }
  } catch (thrown) {
    broken = true;
    throw thrown;
  } finally {
    // One who stops in the middle leaves it open.
    if (!broken) await cursor.close();
    client.release(broken);
  }
}

/** Suppressions as CSV, in the form that an import reads; hashes of erased people too, to be applied after a restore. */
export async function* exportSuppressions(pool: Pool, filter: SuppressionFilter = {}): AsyncGenerator<string> {
  yield csvLine(["address", "reason", "source", "provisional", "since"]);
  for await (const rows of readSuppressionRows(pool, filter)) {
    yield rows
      .map((row) => csvLine([row.key, row.reason, row.source, String(row.provisional), row.createdAt.toISOString()]))
      .join("");
  }
}

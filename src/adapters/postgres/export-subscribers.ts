import type { Pool, PoolClient } from "pg";
import type { SegmentExpression } from "../../domain/segment.ts";
import { csvLine } from "../../lib/csv-line.ts";
import { compileSegment } from "./segment-sql.ts";
import { openCursor } from "./cursor.ts";

export interface ExportOptions {
  /** Only the members of this list, each with the status there. */
  readonly listId?: number;
  readonly segment?: SegmentExpression;
}

interface ExportRow {
  readonly address: string;
  readonly lang: string | null;
  readonly zone: string | null;
  readonly topics: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: string | null;
  readonly joined: Date;
}

const batchRows = 1_000;
/** As many columns as an import takes, without ours. */
const attributesMax = 900;
/** Columns of ours, in the order in which people look for them. An import of the file reads them as they are. */
const firstColumns = ["email", "firstName", "lastName", "lang", "zone", "topics"];

/**
 * People as CSV, in the order of their addresses: one state of the database however long it takes, a bounded amount at a
 * time. Every attribute that anybody has is a column.
 */
export async function* exportSubscribers(pool: Pool, options: ExportOptions): AsyncGenerator<string> {
  const client = await pool.connect();
  let broken = true;
  try {
    // The reader may be a slow pipe; the pool's own bound on waiting for us would end the export.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query("SET LOCAL idle_in_transaction_session_timeout = 0");
    const { from, values } = audienceOf(options);
    const names = await attributeNames(client, from, values);
    const extra = names.filter((name) => !firstColumns.includes(name));
    const ownColumns = options.listId === undefined ? ["joined"] : ["status", "joined"];
    const taken = new Set([...firstColumns, ...ownColumns]);
    yield csvLine([...firstColumns, ...ownColumns, ...extra.map((name) => (taken.has(name) ? `${name}Column` : name))]);
    const status =
      options.listId === undefined ? "NULL AS status, s.created_at AS joined" : "m.status, m.joined_at AS joined";
    const cursor = openCursor<ExportRow>(
      client,
      `SELECT s.address, s.lang, s.zone, s.topics, s.attributes, ${status} ${from} ORDER BY s.address_key`,
      values,
    );
    for (;;) {
      const rows = await cursor.read(batchRows);
      if (rows.length === 0) break;
      yield rows.map((row) => exportLine(row, ownColumns, extra)).join("");
    }
    await client.query("COMMIT");
    broken = false;
  } finally {
    // One who stops in the middle leaves a cursor and a transaction behind, which the session's end closes.
    client.release(broken);
  }
}

function audienceOf({ listId, segment }: ExportOptions): { from: string; values: unknown[] } {
  const values: unknown[] = listId === undefined ? [] : [listId];
  const source =
    listId === undefined
      ? "FROM subscribers s"
      : "FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id AND m.list_id = $1";
  if (!segment) return { from: source, values };
  const compiled = compileSegment(segment, values.length + 1);
  return { from: `${source} WHERE ${compiled.sql}`, values: [...values, ...compiled.values] };
}

async function attributeNames(client: PoolClient, from: string, values: readonly unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT name FROM (SELECT jsonb_object_keys(s.attributes) AS name ${from}) x ORDER BY name LIMIT ${attributesMax}`,
    [...values],
  );
  return rows.map(({ name }) => name);
}

function exportLine(row: ExportRow, ownColumns: readonly string[], extra: readonly string[]): string {
  const attribute = (name: string): string => String(row.attributes[name] ?? "");
  const own = ownColumns.map((column) => (column === "status" ? (row.status ?? "") : row.joined.toISOString()));
  return csvLine([
    row.address,
    attribute("firstName"),
    attribute("lastName"),
    row.lang ?? "",
    row.zone ?? "",
    row.topics.join(";"),
    ...own,
    ...extra.map(attribute),
  ]);
}

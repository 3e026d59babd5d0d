import type { Pool, PoolClient } from "pg";
import {
  checkList,
  completeList,
  type ListChanges,
  type ListSettings,
  type NewList,
} from "../../domain/list-settings.ts";
import type { List, SubscriptionStatus } from "../../domain/subscriber.ts";
import { InputError } from "../../lib/errors.ts";
import { nearestName } from "../../lib/nearest-name.ts";

/** A list with what pages and `lists show` tell of it. */
export interface ListDetails extends List {
  readonly lang: string;
  /** Settings that only pages read, such as a public archive. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly subscriptions: Readonly<Record<SubscriptionStatus, number>>;
}

interface ListRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly from_name: string;
  readonly from_address: string;
  readonly reply_to: string | null;
  readonly postal_address: readonly string[];
  readonly list_id: string;
  readonly zone: string;
  readonly lang: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly created_at: Date;
}

const columns =
  "id, slug, name, from_name, from_address, reply_to, postal_address, list_id, zone, lang, settings, created_at";

/** Nobody keeps more lists; bounds what a page shows. */
const listsMax = 1_000;

/** @throws InputError `list-unknown`, with the slug that was probably meant */
export async function findList(pool: Pool, slug: string): Promise<List> {
  return readList(await findRow(pool, slug));
}

/** One list with its numbers; counting a million subscriptions takes some 100 ms. */
export async function showList(pool: Pool, slug: string): Promise<ListDetails> {
  const [details] = await withCounts(pool, [await findRow(pool, slug)]);
  return details as ListDetails;
}

/** A list as a choice shows it. */
export type ListName = Pick<List, "slug" | "name" | "zone">;

/** Every list for a choice: nothing is counted. */
export async function allListNames(pool: Pool): Promise<readonly ListName[]> {
  const { rows } = await pool.query<ListName>(`SELECT slug, name, zone FROM lists ORDER BY slug LIMIT ${listsMax}`);
  return rows;
}

/** Every list with its numbers, by slug. */
export async function allLists(pool: Pool): Promise<readonly ListDetails[]> {
  const { rows } = await pool.query<ListRow>(`SELECT ${columns} FROM lists ORDER BY slug LIMIT ${listsMax}`);
  return withCounts(pool, rows);
}

/** @throws InputError `list-settings` with every problem, `list-exists` */
export async function createList(db: Pool | PoolClient, given: NewList): Promise<List> {
  const list = completeList(given);
  const { rows } = await db.query<ListRow>(
    `INSERT INTO lists (slug, name, from_name, from_address, reply_to, postal_address, list_id, zone, lang)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (slug) DO NOTHING RETURNING ${columns}`,
    [
      list.slug,
      list.name,
      list.fromName,
      list.fromAddress,
      list.replyTo,
      list.postalAddress,
      list.listId,
      list.zone,
      list.lang,
    ],
  );
  if (!rows[0]) {
    throw new InputError({
      code: "list-exists",
      message: `There is a list ${list.slug} already; change it with broadsheet lists update ${list.slug}.`,
    });
  }
  return readList(rows[0]);
}

/** Slug and List-Id stay: links and readers' filters know the list by them. @throws InputError `list-settings`, `list-unknown` */
export async function updateList(db: Pool | PoolClient, slug: string, changes: ListChanges): Promise<List> {
  const row = await findRow(db, slug);
  const list = checkList({ ...settingsOf(row), ...changes });
  const { rows } = await db.query<ListRow>(
    `UPDATE lists SET name = $2, from_name = $3, from_address = $4, reply_to = $5, postal_address = $6, zone = $7, lang = $8
     WHERE slug = $1 RETURNING ${columns}`,
    [slug, list.name, list.fromName, list.fromAddress, list.replyTo, list.postalAddress, list.zone, list.lang],
  );
  return readList(rows[0] as ListRow);
}

async function findRow(db: Pool | PoolClient, slug: string): Promise<ListRow> {
  const { rows } = await db.query<ListRow>({
    name: "find-list",
    text: `SELECT ${columns} FROM lists WHERE slug = $1`,
    values: [slug],
  });
  if (rows[0]) return rows[0];
  const others = await db.query<{ slug: string }>(`SELECT slug FROM lists ORDER BY slug LIMIT ${listsMax}`);
  const slugs = others.rows.map((row) => row.slug);
  const nearest = nearestName(slug, slugs);
  const known =
    slugs.length === 0
      ? "there is none yet: broadsheet lists create SLUG --from ADDRESS"
      : `there are ${slugs.slice(0, 10).join(", ")}`;
  throw new InputError({
    code: "list-unknown",
    message: `There is no list ${JSON.stringify(slug)}; ${nearest === null ? known : `did you mean ${nearest}?`}`,
  });
}

async function withCounts(pool: Pool, rows: readonly ListRow[]): Promise<ListDetails[]> {
  const counted = await pool.query<{ list_id: number; status: SubscriptionStatus; count: number }>(
    "SELECT list_id, status, count(*) FROM subscriptions WHERE list_id = ANY ($1::bigint[]) GROUP BY list_id, status",
    [rows.map(({ id }) => id)],
  );
  return rows.map((row) => {
    const subscriptions = { pending: 0, confirmed: 0, unsubscribed: 0 };
    for (const { list_id, status, count } of counted.rows) if (list_id === row.id) subscriptions[status] = count;
    return { ...readList(row), lang: row.lang, settings: row.settings, createdAt: row.created_at, subscriptions };
  });
}

function readList(row: ListRow): List {
  const { id, slug, name, zone } = row;
  return {
    id,
    slug,
    name,
    zone,
    sender: {
      listSlug: slug,
      listName: name,
      fromName: row.from_name,
      fromAddress: row.from_address,
      replyTo: row.reply_to,
      postalAddress: row.postal_address,
      listId: row.list_id,
    },
  };
}

function settingsOf(row: ListRow): ListSettings {
  return {
    slug: row.slug,
    name: row.name,
    fromName: row.from_name,
    fromAddress: row.from_address,
    replyTo: row.reply_to,
    postalAddress: row.postal_address,
    listId: row.list_id,
    zone: row.zone,
    lang: row.lang,
  };
}

import type { Pool, PoolClient } from "pg";

/** What public pages tell of a list: its name, its language, and what its owner opened to the public. */
export interface PublicList {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly lang: string;
  readonly zone: string;
  readonly fromName: string;
  readonly postalAddress: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}

const columns = `id, slug, name, lang, zone, from_name AS "fromName", postal_address AS "postalAddress", settings`;

export async function findPublicList(pool: Pool, slug: string): Promise<PublicList | null> {
  const { rows } = await pool.query<PublicList>({
    name: "public-list-by-slug",
    text: `SELECT ${columns} FROM lists WHERE slug = $1`,
    values: [slug],
  });
  return rows[0] ?? null;
}

export async function findPublicListById(db: Pool | PoolClient, id: number): Promise<PublicList | null> {
  const { rows } = await db.query<PublicList>({
    name: "public-list-by-id",
    text: `SELECT ${columns} FROM lists WHERE id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

/** What a list's owner opened to the public. `null` goes back to what holds when nothing is said. */
export interface ListPages {
  /** The sign-up page and forms; open unless closed. */
  readonly signup?: boolean | null;
  /** The public archive; closed unless opened. */
  readonly archive?: boolean | null;
  /** Offered on the preference page. */
  readonly topics?: readonly string[] | null;
  /** A sentence on the sign-up page. */
  readonly description?: string | null;
  /** The template whose look confirmation mails wear. */
  readonly template?: string | null;
}

/** Sets what is named and leaves the rest. @returns whether there is such a list */
export async function setListPages(db: Pool | PoolClient, slug: string, pages: ListPages): Promise<boolean> {
  const { rowCount } = await db.query(
    "UPDATE lists SET settings = jsonb_strip_nulls(settings || $2::jsonb) WHERE slug = $1",
    [slug, JSON.stringify(pages)],
  );
  return rowCount === 1;
}

import type { Pool } from "pg";

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

export async function findPublicListById(pool: Pool, id: number): Promise<PublicList | null> {
  const { rows } = await pool.query<PublicList>({
    name: "public-list-by-id",
    text: `SELECT ${columns} FROM lists WHERE id = $1`,
    values: [id],
  });
  return rows[0] ?? null;
}

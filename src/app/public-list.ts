import type { Pool } from "pg";
import { findPublicList, findPublicListById, type PublicList } from "../adapters/postgres/public-lists.ts";

export type { PublicList };

/** Sign-up is open unless the list's settings close it; an archive is closed unless they open it. */
const openByDefault = { signup: true, archive: false } as const;

const slugPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The list, where its owner opened that page to the public; else `null`, as for one that does not exist. */
export async function findOpenList(
  pool: Pool,
  slug: string,
  page: keyof typeof openByDefault,
): Promise<PublicList | null> {
  if (!slugPattern.test(slug)) return null;
  const list = await findPublicList(pool, slug);
  const setting = list?.settings[page];
  return list && (typeof setting === "boolean" ? setting : openByDefault[page]) ? list : null;
}

export async function findListById(pool: Pool, id: number): Promise<PublicList | null> {
  return findPublicListById(pool, id);
}

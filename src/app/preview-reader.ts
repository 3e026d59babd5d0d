import type { Pool } from "pg";
import { findReader, inventReader, type Reader } from "./render-issue.ts";

/** Whom the mail is shown as. */
export interface PreviewReader {
  /** A subscriber's, or any. */
  readonly address: string;
  /** Laid over what is known; an empty value takes the field away. */
  readonly values: Readonly<Record<string, string>>;
  readonly lang: string;
  readonly zone: string;
  /** Another variant than the reader's own; empty for that. */
  readonly variant: string;
}

export const inventedAddress = "reader@example.com";

/**
 * The subscriber with that address or an invented one, with the asked values laid over.
 * @param openPool opens the database; `null` where there is none
 * @throws InputError where a real address belongs to nobody
 */
export async function findPreviewReader(
  asked: PreviewReader,
  openPool: () => Promise<Pool | null>,
): Promise<{ readonly reader: Reader; readonly isKnown: boolean }> {
  const isInvented = asked.address === "" || /@(?:[^@]*\.)?example\.(?:com|org|net)$/i.test(asked.address);
  const pool = asked.address === "" ? null : await openIfUseful(isInvented, openPool);
  const found = pool ? await findReader(pool, asked.address) : inventReader(asked.address || inventedAddress);
  const attributes: Record<string, string> = { ...found.attributes };
  for (const [name, value] of Object.entries(asked.values)) {
    if (value === "") delete attributes[name];
    else attributes[name] = value;
  }
  const reader = { ...found, attributes, lang: asked.lang || found.lang, zone: asked.zone || found.zone };
  return { reader, isKnown: found.id !== 0 };
}

/** A database that isn't there is no reason to show nothing. */
async function openIfUseful(isInvented: boolean, openPool: () => Promise<Pool | null>): Promise<Pool | null> {
  try {
    return await openPool();
  } catch (error) {
    if (isInvented) return null;
    throw error;
  }
}

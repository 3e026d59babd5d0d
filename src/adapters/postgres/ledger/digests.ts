import type { Pool } from "pg";
import type { Digest, EncodedPart } from "../../../domain/digest.ts";
import { InputError } from "../../../lib/errors.ts";
import { inTransaction } from "../transaction.ts";

/**
 * Keeps the digest. The same id is the same content, so a second put changes nothing but to add the variants that were not
 * compiled the first time, for another audience.
 */
export async function storeDigest(pool: Pool, digest: Digest): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      "INSERT INTO digests (id, issue_slug, content) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
      [digest.id, digest.issueSlug, encodeDigest(digest)],
    );
    if (rowCount === 1) return;
    const { rows } = await client.query<{ content: Buffer }>("SELECT content FROM digests WHERE id = $1 FOR UPDATE", [
      digest.id,
    ]);
    const stored = decodeDigest(rows[0]?.content as Buffer);
    if ([...digest.variants.keys()].every((key) => stored.variants.has(key))) return;
    // What is stored wins: retries of earlier campaigns are made of it.
    const variants = new Map([...digest.variants, ...stored.variants]);
    await client.query("UPDATE digests SET content = $2 WHERE id = $1", [
      digest.id,
      encodeDigest({ ...stored, variants }),
    ]);
  });
}

/** @throws InputError `unknown-digest` */
export async function loadDigest(pool: Pool, id: string): Promise<Digest> {
  const { rows } = await pool.query<{ content: Buffer }>({
    name: "load-digest",
    text: "SELECT content FROM digests WHERE id = $1",
    values: [id],
  });
  if (!rows[0]) throw new InputError({ code: "unknown-digest", message: `The ledger holds no digest ${id}.` });
  return decodeDigest(rows[0].content);
}

/** The encoded chunks are stored as they are: a later version of the encoder must not change what a retry sends. */
export function encodeDigest(digest: Digest): Buffer {
  const json = JSON.stringify({ ...digest, variants: [...digest.variants.values()] }, (_key, value: unknown) =>
    isSerializedBuffer(value) ? { b: Buffer.from(value.data).toString("base64") } : value,
  );
  return Buffer.from(json, "utf8");
}

export function decodeDigest(content: Buffer): Digest {
  const stored = JSON.parse(content.toString("utf8"), (_key, value: unknown) =>
    isPackedBuffer(value) ? Buffer.from(value.b, "base64") : value,
  ) as Omit<Digest, "variants"> & { variants: { key: string; text: EncodedPart; html: EncodedPart }[] };
  return {
    ...stored,
    variants: new Map(stored.variants.map((variant) => [variant.key, variant])),
  } as unknown as Digest;
}

/** What `Buffer.toJSON` gives; JSON.stringify calls it before the replacer sees the value. */
function isSerializedBuffer(value: unknown): value is { type: "Buffer"; data: number[] } {
  return (
    typeof value === "object" && value !== null && (value as { type?: unknown }).type === "Buffer" && "data" in value
  );
}

function isPackedBuffer(value: unknown): value is { b: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).length === 1 &&
    typeof (value as { b?: unknown }).b === "string"
  );
}

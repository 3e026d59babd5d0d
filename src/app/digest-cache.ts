import type { Digest } from "../domain/digest.ts";

/** Digests in one process: two or three campaigns at once are usual, and one with 64 variants takes some 10 MB. */
const digestsMax = 16;

/**
 * Loads each digest once; two deliveries that ask at the same time share the answer. It is loaded anew for a variant that
 * it did not have: a later campaign of the same issue may have added some.
 */
export function createDigestCache(
  load: (id: string) => Promise<Digest>,
): (id: string, variant?: string) => Promise<Digest> {
  const kept = new Map<string, Promise<Digest>>();
  const find = (id: string): Promise<Digest> => {
    const known = kept.get(id);
    if (known) return known;
    const loading = load(id);
    kept.set(id, loading);
    // A failure is not kept: the next delivery asks again.
    loading.catch(() => kept.delete(id));
    if (kept.size > digestsMax) kept.delete(kept.keys().next().value as string);
    return loading;
  };
  return async (id, variant) => {
    const known = find(id);
    const digest = await known;
    if (variant === undefined || digest.variants.has(variant)) return digest;
    // Of those that find it lacking at the same time one loads.
    if (kept.get(id) === known) kept.delete(id);
    return find(id);
  };
}

import type { Digest } from "../domain/digest.ts";

/** Digests in one process: two or three campaigns at once are usual, and one with 16 variants takes some 3 MB. */
const digestsMax = 16;

/** Loads each digest once; two deliveries that ask at the same time share the answer. */
export function createDigestCache(load: (id: string) => Promise<Digest>): (id: string) => Promise<Digest> {
  const kept = new Map<string, Promise<Digest>>();
  return (id) => {
    const known = kept.get(id);
    if (known) return known;
    const loading = load(id);
    kept.set(id, loading);
    // A failure is not kept: the next delivery asks again.
    loading.catch(() => kept.delete(id));
    if (kept.size > digestsMax) kept.delete(kept.keys().next().value as string);
    return loading;
  };
}

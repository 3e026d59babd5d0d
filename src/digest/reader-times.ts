import type { Digest } from "../domain/digest.ts";
import { formatReaderTime } from "./format-times.ts";

/** There are some 600 zones; more names than this are somebody's invention. */
const zonesMax = 1000;

const times = new WeakMap<Digest, Map<string, (string | undefined)[]>>();

/**
 * `event.<n>.readerTime` for a reader's zone, from a cache: Intl takes some 50 us, and readers share few zones.
 * Empty where the zone is unknown, to us or to this Node.
 */
export function findReaderTime(digest: Digest, event: number, zone: string | null): string {
  if (zone === null) return "";
  let byZone = times.get(digest);
  if (!byZone) times.set(digest, (byZone = new Map()));
  let ofZone = byZone.get(zone);
  if (!ofZone) {
    if (byZone.size >= zonesMax) byZone.clear();
    byZone.set(zone, (ofZone = []));
  }
  return (ofZone[event] ??= computeReaderTime(digest, event, zone));
}

function computeReaderTime(digest: Digest, event: number, zone: string): string {
  const found = digest.events[event];
  if (!found) return "";
  try {
    return formatReaderTime(found, zone, digest.lang);
  } catch (error) {
    // Intl's word for a zone it does not know.
    if (error instanceof RangeError) return "";
    throw error;
  }
}

/**
 * Counts different texts without keeping them: 8 bytes of their SHA-1 in a flat table, so that a million Message-IDs cost
 * 16 MB and not 100. Two texts share 64 bits with a chance of about 3 in 100 million at a million texts.
 */
import { hash } from "node:crypto";
import { assert } from "../../lib/assert.ts";

export interface DistinctCounter {
  /** `true` when the text was not seen before. */
  add(text: string): boolean;
  count(): number;
}

const slotsAtStart = 4096;
/** 2^25 slots are 256 MB: past some 25 million different texts a catcher is the wrong tool, and says so. */
const slotsMax = 2 ** 25;
const fillMax = 0.75;

export function createDistinctCounter(): DistinctCounter {
  let slots = slotsAtStart;
  let table = new Uint32Array(slots * 2);
  let used = 0;

  /** Finds the pair or its free place by linear probing; a pair of zeros means free. */
  function place(target: Uint32Array, size: number, high: number, low: number): boolean {
    let slot = low & (size - 1);
    for (let probe = 0; probe < size; probe += 1) {
      const at = slot * 2;
      if (target[at] === 0 && target[at + 1] === 0) {
        target[at] = high;
        target[at + 1] = low;
        return true;
      }
      if (target[at] === high && target[at + 1] === low) return false;
      slot = (slot + 1) & (size - 1);
    }
    assert(false, "a table that is never full has a free slot");
  }

  function grow(): void {
    assert(slots < slotsMax, "fewer than 25 million different Message-IDs are taken between two starts");
    const bigger = new Uint32Array(slots * 4);
    for (let at = 0; at < table.length; at += 2) {
      const high = table[at] as number;
      const low = table[at + 1] as number;
      if (high !== 0 || low !== 0) place(bigger, slots * 2, high, low);
    }
    table = bigger;
    slots *= 2;
  }

  return {
    add(text) {
      if (used >= slots * fillMax) grow();
      const digest = hash("sha1", text, "buffer");
      const high = digest.readUInt32LE(0);
      const low = digest.readUInt32LE(4) || 1; // never the pair of zeros that means free
      const isNew = place(table, slots, high, low);
      if (isNew) used += 1;
      return isNew;
    },
    count: () => used,
  };
}

/** Chance as a port: a simulation passes a seeded one. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
}

export const systemRandom: Random = { next: () => Math.random() };

/** A small, fast generator (mulberry32) whose whole run follows from its seed. Not for secrets. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = state;
      mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

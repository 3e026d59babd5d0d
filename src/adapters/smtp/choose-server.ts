/**
 * Smooth weighted round robin: of weights 2 and 1 the order is a, b, a and again, never a, a, b in bursts. Only those
 * that are free at the moment take part, and those that were not lose nothing by it.
 */
export function createWeightedChoice<T>(weightOf: (candidate: T) => number): (free: readonly T[]) => T | null {
  const credit = new Map<T, number>();
  return (free) => {
    let best: T | null = null;
    let total = 0;
    for (const candidate of free) {
      const weight = weightOf(candidate);
      total += weight;
      credit.set(candidate, (credit.get(candidate) ?? 0) + weight);
      if (best === null || (credit.get(candidate) as number) > (credit.get(best) as number)) best = candidate;
    }
    if (best !== null) credit.set(best, (credit.get(best) as number) - total);
    return best;
  };
}

import type { Random } from "../lib/random.ts";

/** What a drill breaks, and how. */
export type KillTarget = "deliver" | "dispatch" | "redis-kill" | "redis-flush" | "postgres";

/** Deliver processes hold the work, so they die most often. */
const weights: Readonly<Record<KillTarget, number>> = {
  deliver: 12,
  dispatch: 3,
  "redis-kill": 2,
  "redis-flush": 2,
  postgres: 2,
};

/** Chooses the next victim. @param targets what this drill has */
export function chooseTarget(random: Random, targets: readonly KillTarget[]): KillTarget {
  const total = targets.reduce((sum, target) => sum + weights[target], 0);
  let left = random.next() * total;
  for (const target of targets) {
    left -= weights[target];
    if (left < 0) return target;
  }
  return targets[0] as KillTarget;
}

/** Pause before the next kill: half to one and a half times the mean. */
export function chooseGapMs(random: Random, meanMs: number): number {
  return meanMs * (0.5 + random.next());
}

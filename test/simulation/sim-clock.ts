import type { Clock } from "../../src/lib/clock.ts";

/** Time that stands still until the simulation moves it to the next timer. */
export interface SimClock extends Clock {
  /** Milliseconds since the start. */
  nowMs(): number;
  /** Runs the earliest timer and everything that follows from it at once. @returns false when none is left */
  step(): Promise<boolean>;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

export function createSimClock(): SimClock {
  let nowMs = 0;
  let order = 0;
  let timers: Timer[] = [];
  return {
    nowMs: () => nowMs,
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      const timer: Timer = { atMs: nowMs + Math.max(0, delayMs), order: (order += 1), callback, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    async step() {
      timers = timers.filter((timer) => !timer.cancelled);
      const next = timers.reduce<Timer | null>(
        (best, timer) =>
          best === null || timer.atMs < best.atMs || (timer.atMs === best.atMs && timer.order < best.order)
            ? timer
            : best,
        null,
      );
      if (!next) return false;
      next.cancelled = true;
      nowMs = Math.max(nowMs, next.atMs);
      next.callback();
      await settleMicrotasks();
      return true;
    },
  };
}

/** Lets every promise that can go on do so; the longest chain of awaits in one delivery is far shorter. */
async function settleMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}

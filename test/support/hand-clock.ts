import type { Clock } from "../../src/lib/clock.ts";

/** A clock whose timers ring when the test says so, and not before. */
export interface HandClock extends Clock {
  /** Moves the time on; timers that are due ring, those that they set included. */
  advance(byMs: number): void;
}

export function createHandClock(startMs = 0): HandClock {
  let nowMs = startMs;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(byMs) {
      nowMs += byMs;
      for (const timer of timers) {
        if (timer.atMs <= nowMs && timers.delete(timer)) timer.callback();
      }
    },
  };
}

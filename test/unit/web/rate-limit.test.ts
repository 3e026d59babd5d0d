import { expect, it } from "vitest";
import type { Clock } from "../../../src/lib/clock.ts";
import { createRateLimit } from "../../../src/web/public/rate-limit.ts";

function createClock(): Clock & { advance(ms: number): void } {
  let now = 0;
  return { now: () => new Date(now), monotonicMs: () => now, after: () => () => {}, advance: (ms) => void (now += ms) };
}

it("So many tries a key and window, and as many again in the next", () => {
  const clock = createClock();
  const limit = createRateLimit(2, 1_000, clock);
  expect([limit.take("a"), limit.take("a"), limit.take("a"), limit.take("b")]).toEqual([true, true, false, true]);
  clock.advance(999);
  expect(limit.take("a")).toBe(false);
  clock.advance(1);
  expect(limit.take("a")).toBe(true);
});

it("A flood of keys keeps memory bounded", () => {
  const limit = createRateLimit(1, 1_000_000, createClock());
  for (let key = 0; key <= 50_000; key += 1) expect(limit.take(String(key))).toBe(true);
  // The window began anew, so the first key is let in again.
  expect(limit.take("50001")).toBe(true);
  expect(limit.take("0")).toBe(true);
});

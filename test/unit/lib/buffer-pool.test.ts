import { expect, test } from "vitest";
import { BugError } from "../../../src/lib/assert.ts";
import { createBufferPool } from "../../../src/lib/buffer-pool.ts";

test("gives out buffers of exactly the length, and memory that was given back first", () => {
  const pool = createBufferPool(1_000_000);
  const first = pool.take(40_000);
  expect(first).toHaveLength(40_000);
  pool.give(first);
  const again = pool.take(50_000);
  expect(again).toHaveLength(50_000);
  expect(again.buffer).toBe(first.buffer);
});

test("never lends one block twice", () => {
  const pool = createBufferPool(1_000_000);
  const taken = Array.from({ length: 20 }, () => pool.take(20_000));
  expect(new Set(taken.map((buffer) => buffer.buffer)).size).toBe(20);
  for (const buffer of taken) pool.give(buffer);
  const again = Array.from({ length: 20 }, () => pool.take(20_000));
  expect(new Set(again.map((buffer) => buffer.buffer)).size).toBe(20);
});

test("a buffer given back twice, or one of somebody else, is a bug", () => {
  const pool = createBufferPool(1_000_000);
  const buffer = pool.take(100);
  pool.give(buffer);
  expect(() => pool.give(buffer)).toThrow(BugError);
  expect(() => pool.give(Buffer.alloc(20_000))).toThrow(BugError);
});

test("keeps no more than it may, and nothing that is very long", () => {
  const pool = createBufferPool(40_000);
  const taken = [pool.take(20_000), pool.take(20_000)];
  for (const buffer of taken) pool.give(buffer);
  const kept = [pool.take(20_000), pool.take(20_000)].filter(({ buffer }) =>
    taken.some((old) => old.buffer === buffer),
  );
  expect(kept).toHaveLength(1);
  const long = pool.take(2_000_000);
  expect(long).toHaveLength(2_000_000);
  pool.give(long);
  expect(pool.take(2_000_000).buffer).not.toBe(long.buffer);
});

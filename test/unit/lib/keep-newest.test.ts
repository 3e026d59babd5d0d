import { expect, it } from "vitest";
import { keepNewest } from "../../../src/lib/keep-newest.ts";

it("keeps as many as asked, and a value that is asked for again longest", () => {
  const kept = new Map<string, number>();
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["a", 3],
    ["c", 4],
  ] as const)
    keepNewest(kept, key, value, 2);
  expect([...kept]).toEqual([
    ["a", 3],
    ["c", 4],
  ]);
});

import { expect, it } from "vitest";
import { createDistinctCounter } from "../../../../src/adapters/catcher/distinct-counter.ts";

it("counts each text once, across many growths of its table", () => {
  const counter = createDistinctCounter();
  const fresh = [0, 0];
  for (let round = 0; round < 2; round += 1) {
    for (let index = 0; index < 50_000; index += 1)
      if (counter.add(`<${index}@example.com>`)) fresh[round] = (fresh[round] ?? 0) + 1;
  }
  expect(fresh).toEqual([50_000, 0]);
  expect(counter.count()).toBe(50_000);
});

it("takes the empty text and near ones for different", () => {
  const counter = createDistinctCounter();
  expect(["", " ", "a", "A", "a", ""].map((text) => counter.add(text))).toEqual([true, true, true, true, false, false]);
});

import { expect, test } from "vitest";
import { createWeightedChoice } from "../../../../src/adapters/smtp/choose-server.ts";

test("shares follow the weights in every short stretch, without bursts", () => {
  const choose = createWeightedChoice<string>((name) => ({ a: 5, b: 1, c: 1 })[name] ?? 0);
  const round = Array.from({ length: 70 }, () => choose(["a", "b", "c"]));
  for (let start = 0; start < 70; start += 7) {
    const stretch = round.slice(start, start + 7);
    expect(stretch.filter((name) => name === "a")).toHaveLength(5);
    expect(stretch.filter((name) => name === "b")).toHaveLength(1);
  }
  expect(round.join("")).not.toContain("aaaaa");
});

test("only those that are free are chosen, and nobody is when nobody is", () => {
  const choose = createWeightedChoice<string>(() => 1);
  expect(choose([])).toBeNull();
  expect([choose(["b"]), choose(["b"])]).toEqual(["b", "b"]);
  expect(new Set([choose(["a", "b"]), choose(["a", "b"])])).toEqual(new Set(["a", "b"]));
});

import { expect, test } from "vitest";
import { createFaultDice } from "../../../src/drill/fault-dice.ts";
import { checkFaultPlan, faultTable, leavesDoubt, noFaults, type FaultKind } from "../../../src/drill/fault-plan.ts";

const plan = { ...noFaults, rates: { "rcpt-450": 0.2, "rcpt-550": 0.1, "dot-drop-after": 0.5 }, attemptsMax: 2 };

test("the same seed, stage, key and attempt meet the same fault in any order", () => {
  const keys = Array.from({ length: 200 }, (_, index) => `reader${index}@example.com`);
  const ordered = createFaultDice(42, plan);
  const reversed = createFaultDice(42, plan);
  const forward = keys.map((key) => ordered.throwFor("rcpt", key, 1));
  const backward = keys.toReversed().map((key) => reversed.throwFor("rcpt", key, 1));
  expect(backward.toReversed()).toEqual(forward);
  expect(keys.map((key) => createFaultDice(43, plan).throwFor("rcpt", key, 1))).not.toEqual(forward);
  expect(keys.map((key) => ordered.throwFor("rcpt", key, 2))).not.toEqual(forward);
});

test("faults strike as often as the plan says, and only at their stage", () => {
  const dice = createFaultDice(7, plan);
  const counts = new Map<FaultKind | null, number>();
  for (let index = 0; index < 20_000; index += 1) {
    const kind = dice.throwFor("rcpt", `reader${index}@example.com`, 1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  expect(new Set(counts.keys())).toEqual(new Set([null, "rcpt-450", "rcpt-550"]));
  expect((counts.get("rcpt-450") ?? 0) / 20_000).toBeCloseTo(0.2, 1);
  expect((counts.get("rcpt-550") ?? 0) / 20_000).toBeCloseTo(0.1, 1);
});

test("later attempts go through", () => {
  const dice = createFaultDice(1, { ...plan, rates: { "dot-drop-after": 1 } });
  expect([1, 2, 3, 4].map((attempt) => dice.throwFor("dot", "ada@example.com", attempt))).toEqual([
    "dot-drop-after",
    "dot-drop-after",
    null,
    null,
  ]);
});

test("a plan with impossible rates is refused in words", () => {
  const check = (rates: object) => () => checkFaultPlan({ ...noFaults, rates });
  expect(check({ "rcpt-450": 1.5 })).toThrow(/rcpt-450 must be from 0 to 1/);
  expect(check({ "rcpt-450": 0.6, "rcpt-550": 0.6 })).toThrow(/at rcpt together/);
  expect(check({ "rcpt-451": 0.1 })).toThrow(/no fault "rcpt-451"/);
  expect(check({ "rcpt-450": 0.5, "rcpt-550": 0.5, "dot-451": 1 })).not.toThrow();
});

test("only faults that give no answer after the body had begun leave doubt", () => {
  const doubtful = Object.entries(faultTable)
    .filter(([, fault]) => leavesDoubt(fault))
    .map(([kind]) => kind);
  expect(doubtful.toSorted()).toEqual(
    [
      "body-drop",
      "body-silence",
      "dot-cut-after",
      "dot-cut-before",
      "dot-drip-after",
      "dot-drop-after",
      "dot-drop-before",
      "dot-silence-after",
      "dot-silence-before",
    ].toSorted(),
  );
});

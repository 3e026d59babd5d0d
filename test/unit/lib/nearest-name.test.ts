import { expect, test } from "vitest";
import { nearestName } from "../../../src/lib/nearest-name.ts";

const names = ["subject", "preheader", "title", "text", "type", "date"];

test.each([
  ["subjekt", "subject"],
  ["titel", "title"],
  ["Title", "title"],
  ["preheder", "preheader"],
  ["txet", "text"],
  ["dat", "date"],
])("%s was meant to be %s", (written, meant) => {
  expect(nearestName(written, names)).toBe(meant);
});

test.each(["", "zzz", "audience", "x".repeat(10_000)])("%j is none of them", (written) => {
  expect(nearestName(written, names)).toBeNull();
});

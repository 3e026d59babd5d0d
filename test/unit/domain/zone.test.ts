import { expect, it } from "vitest";
import { isZone, zoneNames } from "../../../src/domain/zone.ts";

it.each([
  "Europe/Berlin",
  "europe/berlin",
  "UTC",
  "Asia/Kolkata",
  "Asia/Calcutta",
  "US/Pacific",
  "America/Argentina/Buenos_Aires",
])("%s is a zone", (name) => {
  expect(isZone(name)).toBe(true);
});

it.each([
  "",
  "Berlin",
  "Mars/Olympus_Mons",
  "+02:00",
  "GMT+2",
  "CEST",
  "Europe/Berlin\n",
  "Europe/Berlin; DROP TABLE",
  "x".repeat(1000),
])("%j is none", (name) => {
  expect(isZone(name)).toBe(false);
});

it("lists names that are zones, each once, in order", () => {
  expect(zoneNames).toContain("Asia/Tokyo");
  expect(zoneNames).toContain("UTC");
  expect(zoneNames.filter((name) => !isZone(name))).toEqual([]);
  expect(zoneNames).toEqual([...new Set(zoneNames)].toSorted());
});

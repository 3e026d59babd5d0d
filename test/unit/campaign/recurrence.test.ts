import { expect, test } from "vitest";
import { nextOccurrence } from "../../../src/campaign/recurrence.ts";

function times(cron: string, zone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let at = new Date(after);
  while (found.length < count) {
    at = nextOccurrence(cron, zone, at);
    found.push(at.toISOString());
  }
  return found;
}

test("every first Tuesday at nine in Berlin, through summer and winter", () => {
  // From a calendar of 2026: the Tuesdays on 6 January, 3 February, 3 March, 7 April.
  expect(times("0 9 * * 2#1", "Europe/Berlin", "2026-01-01T00:00:00Z", 4)).toEqual([
    "2026-01-06T08:00:00.000Z",
    "2026-02-03T08:00:00.000Z",
    "2026-03-03T08:00:00.000Z",
    "2026-04-07T07:00:00.000Z",
  ]);
});

test("a time that a clock change skips comes once, and so does one that comes twice", () => {
  expect(times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
    "2026-03-29T01:30:00.000Z",
    "2026-03-30T00:30:00.000Z",
  ]);
  expect(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
});

test.each(["* * * * * *", "0 9 * *", "61 9 * * *", "every tuesday", ""])("%s is refused with an example", (cron) => {
  expect(() => nextOccurrence(cron, "UTC", new Date(0))).toThrow("0 9 * * 2#1");
});

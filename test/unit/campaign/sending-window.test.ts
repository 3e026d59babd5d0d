import { expect, test } from "vitest";
import { nextOpening, readSendingWindow } from "../../../src/campaign/sending-window.ts";

function opening(window: string, zone: string, at: string): string | null {
  return nextOpening(readSendingWindow(window), zone, new Date(at))?.toISOString() ?? null;
}

test.each([
  // Berlin is one hour ahead of UTC in winter.
  ["08:00-20:00", "2026-12-01T07:00:00Z", null],
  ["08:00-20:00", "2026-12-01T18:59:59Z", null],
  ["08:00-20:00", "2026-12-01T06:59:59Z", "2026-12-01T07:00:00.000Z"],
  ["08:00-20:00", "2026-12-01T19:00:00Z", "2026-12-02T07:00:00.000Z"],
  ["08:00-24:00", "2026-12-01T22:59:59Z", null],
  ["08:00-24:00", "2026-12-01T23:00:00Z", "2026-12-02T07:00:00.000Z"],
  ["22:00-06:00", "2026-12-01T04:59:00Z", null],
  ["22:00-06:00", "2026-12-01T05:00:00Z", "2026-12-01T21:00:00.000Z"],
  ["22:00-06:00", "2026-12-01T22:30:00Z", null],
  // Clocks go forward in the night of 29 March: 08:00 is an hour earlier in UTC than the day before.
  ["08:00-20:00", "2026-03-28T20:00:00Z", "2026-03-29T06:00:00.000Z"],
  // 02:30 does not exist that night.
  ["02:30-04:00", "2026-03-28T23:00:00Z", "2026-03-29T01:30:00.000Z"],
])("window %s in Berlin at %s opens next at %s", (window, at, expected) => {
  expect(opening(window, "Europe/Berlin", at)).toBe(expected);
});

test("each zone has its own opening", () => {
  const at = "2026-12-01T12:00:00Z";
  expect(opening("08:00-20:00", "Asia/Tokyo", at)).toBe("2026-12-01T23:00:00.000Z");
  expect(opening("08:00-20:00", "America/Los_Angeles", at)).toBe("2026-12-01T16:00:00.000Z");
});

test.each(["8-20", "08:00", "25:00-26:00", "08:00-08:00", "08:00-24:30"])("%s is no window", (text) => {
  expect(() => readSendingWindow(text)).toThrow("such as 08:00-20:00");
});

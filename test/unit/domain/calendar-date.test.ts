import fc from "fast-check";
import { expect, test } from "vitest";
import { isCalendarDate } from "../../../src/domain/calendar-date.ts";

test.each(["2024-02-29", "2000-02-29", "2024-12-31", "1970-01-01"])("%s is a day", (text) => {
  expect(isCalendarDate(text)).toBe(true);
});

test.each([
  "2023-02-29",
  "1900-02-29",
  "2024-04-31",
  "2024-13-01",
  "2024-00-10",
  "2024-01-00",
  "24-01-01",
  "2024-1-1",
  "2024-01-01T00:00",
  "",
  "1969-12-31",
])("%s is none", (text) => {
  expect(isCalendarDate(text)).toBe(false);
});

test("it agrees with the calendar of the language", () => {
  const number = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1970, max: 9999 }), number, number, (year, month, day) => {
      const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
      const moment = new Date(Date.UTC(year, month - 1, day));
      expect(isCalendarDate(text)).toBe(moment.toISOString().startsWith(text));
    }),
  );
});

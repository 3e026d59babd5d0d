import { describe, expect, it } from "vitest";
import { formatDate, formatEventTime, formatReaderTime, nameZone } from "../../../src/digest/format-times.ts";
import { createEvent } from "../../support/rich-issue.ts";

const evening = { date: "2024-06-05", time: "17:00", instantMs: Date.parse("2024-06-05T21:00:00Z") };
const wholeDay = { date: "2024-06-25", instantMs: Date.parse("2024-06-25T07:00:00Z") };

describe("an event's time", () => {
  it("is told as it is where the event takes place, with the zone in words", () => {
    expect(formatEventTime(createEvent(0, { start: evening }), "en", "2024-05-31")).toEqual({
      month: "Jun",
      day: "5",
      weekday: "Wed",
      time: "5:00\u00a0PM Eastern Time",
      full: "Wednesday, June 5, 5:00\u00a0PM Eastern Time",
    });
  });

  it.each([
    ["de", "17:00 (Nordamerikanische Ostküstenzeit)"],
    ["fr", "17:00 (heure de l’Est nord-américain)"],
    ["es", "17:00 (hora oriental)"],
    ["ja", "17:00（米国東部時間）"],
    ["ar", "5:00 م (التوقيت الشرقي لأمريكا الشمالية)"],
  ])("is told in %s", (lang, time) => {
    const told = formatEventTime(createEvent(0, { start: evening }), lang, "2024-05-31").time;
    expect(told.replaceAll("\u00a0", " ")).toBe(time);
  });

  it("is a range when it has an end", () => {
    const end = { date: "2024-06-05", time: "18:30", instantMs: evening.instantMs + 5_400_000 };
    const told = formatEventTime(createEvent(0, { start: evening, end }), "en-GB", "2024-05-31").time;
    expect(told).toBe("17:00–18:30 Eastern Time");
    expect(formatEventTime(createEvent(0, { start: evening, end }), "ja", "2024-05-31").time).toContain("17:00～18:30");
  });

  it("is a day without hours, or a range of days", () => {
    const zone = "America/Los_Angeles";
    const end = { date: "2024-06-27", instantMs: wholeDay.instantMs + 2 * 86_400_000 };
    expect(formatEventTime(createEvent(0, { start: wholeDay, zone }), "en", "2024-05-31").full).toBe(
      "Tuesday, June 25, All day",
    );
    expect(formatEventTime(createEvent(0, { start: wholeDay, end, zone }), "de", "2024-05-31").full).toBe(
      "25.–27. Juni",
    );
  });

  it("names the year when it is not the edition's", () => {
    expect(formatEventTime(createEvent(0, { start: evening }), "en", "2023-12-15").full).toContain("June 5, 2024");
  });

  it("doesn't depend on the zone of the machine", () => {
    expect(formatDate("2024-05-31", "en")).toBe("May 31, 2024");
    expect(formatDate("2024-01-01", "ja")).toBe("2024年1月1日");
    expect(nameZone("UTC", 0, "en")).toBe("Coordinated Universal Time");
  });
});

describe("the time where the reader lives", () => {
  const event = { instantMs: evening.instantMs, zone: "America/New_York", wholeDay: false };

  it("is told on the same day without the day, and on another with it", () => {
    expect(formatReaderTime(event, "America/Los_Angeles", "en")).toBe(" · 2:00\u00a0PM where you are");
    expect(formatReaderTime(event, "Asia/Tokyo", "en")).toBe(" · Thu, Jun 6, 6:00\u00a0AM where you are");
    expect(formatReaderTime(event, "Europe/Berlin", "de")).toBe(" · bei Ihnen 23:00");
  });

  it("is empty where it says nothing new: unknown zone, same clock, whole day", () => {
    expect(formatReaderTime(event, null, "en")).toBe("");
    expect(formatReaderTime(event, "America/New_York", "en")).toBe("");
    expect(formatReaderTime(event, "America/Toronto", "en")).toBe("");
    expect(formatReaderTime({ ...event, wholeDay: true }, "Asia/Tokyo", "en")).toBe("");
  });

  it("knows that clocks change at different times of the year", () => {
    const march = { ...event, instantMs: Date.parse("2024-03-20T21:00:00Z") };
    expect(formatReaderTime(march, "Europe/Berlin", "en")).toContain("10:00\u00a0PM");
    expect(formatReaderTime(event, "Europe/Berlin", "en")).toContain("11:00\u00a0PM");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarUrl, formatCalendar } from "../../../src/digest/calendar.ts";
import { createEvent, paragraph, slot, text } from "../../support/rich-issue.ts";

const context = { issue: { slug: "2024-05", lang: "en", date: "2024-05-31" }, listId: "news.example.com" };

describe("an event's calendar file", () => {
  it("gives an instant in UTC, with what, where and a link", () => {
    const end = { date: "2024-06-06", time: "18:30", instantMs: Date.parse("2024-06-06T22:30:00Z") };
    const file = formatCalendar(
      createEvent(3, { end, location: "Pier 57, New York", speakers: ["Ada", "Grace"] }),
      context,
    );
    expect(read(file)).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//Broadsheet//Broadsheet//EN",
      "METHOD:PUBLISH",
      "BEGIN:VEVENT",
      "UID:2024-05-3@news.example.com",
      "DTSTAMP:20240531T000000Z",
      "DTSTART:20240606T210000Z",
      "DTEND:20240606T223000Z",
      "SUMMARY;LANGUAGE=en:Production-ready async inference",
      "LOCATION;LANGUAGE=en:Pier 57\\, New York",
      "DESCRIPTION;LANGUAGE=en:Ada\\, Grace\\n\\nRegister: https://example.com/events/3?a=1&b=2",
      "URL:https://example.com/events/3?a=1&b=2",
      "END:VEVENT",
      "END:VCALENDAR",
    ]);
  });

  it("gives whole days as dates, the end after the last of them", () => {
    const start = { date: "2024-02-28", instantMs: Date.parse("2024-02-28T08:00:00Z") };
    const end = { date: "2024-02-29", instantMs: Date.parse("2024-02-29T08:00:00Z") };
    const lines = read(formatCalendar(createEvent(0, { start, end }), context));
    expect(lines).toContain("DTSTART;VALUE=DATE:20240228");
    expect(lines).toContain("DTEND;VALUE=DATE:20240301");
    const oneDay = read(formatCalendar(createEvent(0, { start }), context));
    expect(oneDay).toContain("DTEND;VALUE=DATE:20240229");
  });

  it("invents no end, and shows a slot's fallback because it is the same for all", () => {
    const title = [...text("A walk with "), slot("subscriber.firstName", "you")];
    const lines = read(formatCalendar(createEvent(0, { title }), context));
    expect(lines.some((line) => line.startsWith("DTEND"))).toBe(false);
    expect(lines).toContain("SUMMARY;LANGUAGE=en:A walk with you");
  });

  it("keeps to the octets of a line and loses nothing, whatever the title holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (words) => {
        const file = formatCalendar(createEvent(0, { title: text(words), body: [paragraph(words)] }), context);
        for (const line of file.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(file.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
        const summary = read(file)
          .find((line) => line.startsWith("SUMMARY"))
          ?.slice("SUMMARY;LANGUAGE=en:".length);
        expect(unescape(summary ?? "")).toBe(words);
      }),
    );
  });

  it("is reached below the pages' address by the digest's id", () => {
    expect(calendarUrl("https://news.example.com/", "ab12", 4)).toBe("https://news.example.com/calendar/ab12/4.ics");
  });
});

/** RFC 5545 section 3.1: a line break followed by a space is none. */
function read(file: string): readonly string[] {
  expect(file.endsWith("\r\n")).toBe(true);
  return file.replaceAll("\r\n ", "").split("\r\n").slice(0, -1);
}

function unescape(value: string): string {
  return value.replace(/\\([\\;,nN])/g, (_, character: string) => (/n/i.test(character) ? "\n" : character));
}

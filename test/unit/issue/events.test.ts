import { describe, expect, test } from "vitest";
import type { Event } from "../../../src/domain/issue.ts";
import { firstBlock, head, parse, withBlock } from "./issue-text.ts";

function eventOf(zone: string, fields: string): Event {
  const text = withBlock(
    `type: events\ngroups:\n  - place: p\n    zone: ${zone}\n    events:\n      - { title: t, ${fields} }`,
  );
  const [group] = firstBlock(text, "events").groups;
  return group?.events[0] as Event;
}

const instant = (text: string): number => Date.parse(text);

describe("an event knows its instant", () => {
  test.each([
    ["America/New_York", "date: 2024-06-05, time: 17:00", "2024-06-05T21:00Z"],
    ["America/New_York", "date: 2024-12-05, time: '17:00'", "2024-12-05T22:00Z"],
    ["america/los_angeles", "date: 2024-06-12, time: 10:00", "2024-06-12T17:00Z"],
    ["Asia/Kathmandu", "date: 2024-06-12, time: 00:00", "2024-06-11T18:15Z"],
    ["UTC", "date: 2028-02-29, time: 23:59", "2028-02-29T23:59Z"],
  ])("in %s, %s", (zone, fields, expected) => {
    expect(eventOf(zone, fields).start.instantMs).toBe(instant(expected));
  });

  test("the zone has its usual spelling", () => {
    expect(eventOf("america/los_angeles", "date: 2024-06-12").zone).toBe("America/Los_Angeles");
  });

  test("of an hour that comes twice the earlier is meant", () => {
    expect(eventOf("America/New_York", "date: 2024-11-03, time: 01:30").start.instantMs).toBe(
      instant("2024-11-03T05:30Z"),
    );
    expect(eventOf("Europe/Berlin", "date: 2024-10-27, time: 02:30").start.instantMs).toBe(
      instant("2024-10-27T00:30Z"),
    );
  });

  test("a whole day begins with its first instant there, which need not be midnight", () => {
    const { start } = eventOf("America/Sao_Paulo", "date: 2018-11-04");
    expect(start).toEqual({ date: "2018-11-04", instantMs: instant("2018-11-04T03:00Z") });
  });

  test.each([
    ["end: 18:30", { date: "2024-06-05", time: "18:30", instantMs: instant("2024-06-05T22:30Z") }],
    ["end: 2024-06-06 01:00", { date: "2024-06-06", time: "01:00", instantMs: instant("2024-06-06T05:00Z") }],
    ["end: 2024-06-06T01:00", { date: "2024-06-06", time: "01:00", instantMs: instant("2024-06-06T05:00Z") }],
  ])("%s", (end, expected) => {
    expect(eventOf("America/New_York", `date: 2024-06-05, time: 17:00, ${end}`).end).toEqual(expected);
  });

  test("an event of several whole days ends with a day", () => {
    const { end } = eventOf("UTC", "date: 2024-06-05, end: 2024-06-07");
    expect(end).toEqual({ date: "2024-06-07", instantMs: instant("2024-06-07T00:00Z") });
  });

  test("its own zone wins over the group's, and events are numbered through the issue", () => {
    const block = (zone: string) => `  - type: events
    groups:
      - place: a
        zone: Europe/Berlin
        events:
          - { title: one, date: 2024-06-05, time: 12:00 }
          - { title: two, date: 2024-06-05, time: 12:00, zone: ${zone} }
`;
    const issue = parse(`${head}blocks:\n${block("Asia/Tokyo")}${block("UTC")}`);
    const events = issue.blocks.flatMap((one) =>
      one.type === "events" ? one.groups.flatMap((group) => group.events) : [],
    );
    expect(events.map(({ index, zone, start }) => [index, zone, new Date(start.instantMs).toISOString()])).toEqual([
      [0, "Europe/Berlin", "2024-06-05T10:00:00.000Z"],
      [1, "Asia/Tokyo", "2024-06-05T03:00:00.000Z"],
      [2, "Europe/Berlin", "2024-06-05T10:00:00.000Z"],
      [3, "UTC", "2024-06-05T12:00:00.000Z"],
    ]);
  });
});

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { localInstant, readStartTime, spanOf } from "../../../src/campaign/start-time.ts";

const now = new Date("2026-06-01T12:00:00Z");

/**
 * The oracle: Python's zoneinfo. `fold=0` takes the first of two equal times, and moves a skipped time on by the length of the
 * gap when it goes through UTC and back, as RFC 5545 section 3.3.5 reads a local time.
 */
function askZoneinfo(questions: readonly (readonly [local: string, zone: string])[]): number[] {
  const program = `
import json, sys
from datetime import datetime
from zoneinfo import ZoneInfo
print(json.dumps([int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=0).timestamp() * 1000) for local, zone in json.load(sys.stdin)]))`;
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-c", program], {
    input: JSON.stringify(questions),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Python's zoneinfo did not answer: ${stderr}`);
  return JSON.parse(stdout) as number[];
}

const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/London",
  "America/New_York",
  "America/St_Johns",
  "America/Sao_Paulo",
  "America/Havana",
  "Australia/Lord_Howe",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "Pacific/Apia",
  "Asia/Kolkata",
  "Asia/Tehran",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "Antarctica/Troll",
] as const;

test("every quarter of an hour around the clock changes of three years is the instant that Python's zoneinfo says", () => {
  const days = ["2024", "2025", "2026"].flatMap((year) =>
    [
      "03-09",
      "03-10",
      "03-29",
      "03-30",
      "03-31",
      "04-05",
      "04-06",
      "09-27",
      "09-28",
      "10-25",
      "10-26",
      "10-27",
      "11-01",
      "11-02",
      "11-03",
      "04-25",
      "06-21",
    ].map((day) => `${year}-${day}`),
  );
  const questions = days.flatMap((day) =>
    zones.flatMap((zone) =>
      Array.from({ length: 20 }, (_, quarter) => {
        const time = `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
        return [`${day}T${time}`, zone] as const;
      }),
    ),
  );
  const answers = askZoneinfo(questions);
  const wrong = questions.flatMap(([local, zone], index) => {
    const oursMs = localInstant(local, zone).getTime();
    return oursMs === answers[index]
      ? []
      : [`${local} ${zone}: ${new Date(oursMs).toISOString()} for ${new Date(answers[index] as number).toISOString()}`];
  });
  expect(questions.length).toBeGreaterThan(15_000);
  expect(wrong).toEqual([]);
});

test("a skipped time is moved on by the gap, one that comes twice is taken the first time", () => {
  expect(localInstant("2026-03-29T02:30", "Europe/Berlin").toISOString()).toBe("2026-03-29T01:30:00.000Z");
  expect(localInstant("2026-10-25T02:30", "Europe/Berlin").toISOString()).toBe("2026-10-25T00:30:00.000Z");
  expect(localInstant("2026-04-05T01:45", "Australia/Lord_Howe").toISOString()).toBe("2026-04-04T14:45:00.000Z");
});

test("no reader's hour comes before a local campaign begins or after it has ended", () => {
  const { first, last } = spanOf("2026-12-01T09:00");
  for (const zone of zones) {
    const at = localInstant("2026-12-01T09:00", zone).getTime();
    expect(at).toBeGreaterThanOrEqual(first.getTime());
    expect(at).toBeLessThanOrEqual(last.getTime());
  }
});

test("a time is an instant, or has a zone, or is each reader's own", () => {
  const at = (when: string, tz?: string) => readStartTime(when, tz, now);
  expect(readStartTime(undefined, undefined, now)).toEqual({ type: "instant", at: now });
  expect(at("2026-12-01T08:00:00Z")).toEqual({ type: "instant", at: new Date("2026-12-01T08:00:00Z") });
  expect(at("2026-12-01 09:00", "Europe/Berlin")).toEqual({ type: "instant", at: new Date("2026-12-01T08:00:00Z") });
  expect(at("2026-12-01 09:00", "subscriber")).toEqual({ type: "subscriber", local: "2026-12-01T09:00:00" });
});

test.each([
  ["2026-12-01 09:00", undefined, "has no zone"],
  ["2026-02-30 09:00", "UTC", "is not a time"],
  ["tomorrow", "UTC", "is not a time"],
  ["2026-12-01 09:00", "CET", "abbreviation"],
  ["2026-12-01 09:00", "Europe/Berlni", "Europe/Berlin"],
  [undefined, "subscriber", "needs --at"],
] as const)("--at %s --tz %s is refused in words", (when, tz, words) => {
  expect(() => readStartTime(when, tz, now)).toThrow(words);
});

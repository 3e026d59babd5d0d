import { describe, expect, it } from "vitest";
import { matchesSegment, type SegmentSubject } from "../../../src/audience/matches-segment.ts";
import { parseSegment } from "../../../src/domain/segment-parse.ts";
import type { SegmentExpression } from "../../../src/domain/segment.ts";

const ada: SegmentSubject = {
  addressKey: "ada.lovelace@xn--bcher-kva.example",
  domain: "xn--bcher-kva.example",
  lang: "de-AT",
  zone: "Europe/Vienna",
  topics: ["ai", "events"],
  attributes: { plan: "pro", seats: "9", vip: "Yes", size: "10-50", empty: "" },
  joinedAt: new Date("2024-05-01T23:30:00Z"),
};

const matches = (text: string): boolean => matchesSegment(parseSegment(text), ada);

describe("a subscriber belongs", () => {
  it.each([
    'lang = "de"',
    'lang = "de-at"',
    'lang in ("en", "de")',
    'zone = "europe/vienna"',
    'topics has "ai"',
    'topics in ("sport", "events")',
    'address = "ADA.Lovelace@Bücher.example"',
    'address contains "Lovelace"',
    'domain = "bücher.example"',
    'joined = "2024-05-01"',
    'joined > "2024-04-30"',
    "seats = 9",
    "seats < 10",
    'seats > "10"',
    "vip = true",
    'plan != "free"',
    'unknown != "x"',
    "unknown is not present",
    "empty is not present",
    'plan in ("pro", "team") and not (lang = "en" or topics has "sport")',
  ])("where %s", (text) => {
    expect(matches(text)).toBe(true);
  });
});

describe("a subscriber does not belong", () => {
  it.each([
    'lang = "d"',
    'lang = "de-DE"',
    'lang != "de"',
    'topics has "AI"',
    'plan = "Pro"',
    "size > 5",
    "size != 5 and size = 5",
    "vip = false",
    "unknown = false",
    'unknown < "x"',
    'joined < "2024-05-01"',
    "constructor is present",
  ])("where %s", (text) => {
    expect(matches(text)).toBe(false);
  });
});

describe("a tree that no parser made is checked", () => {
  const deep = (levels: number): SegmentExpression =>
    levels === 0 ? { type: "present", field: "plan" } : { type: "not", operand: deep(levels - 1) };

  it.each<[string, SegmentExpression]>([
    ["a misnamed field", { type: "present", field: "email" }],
    ["an operator that doesn't fit", { type: "comparison", field: "topics", operator: "<", value: "ai" }],
    ["a day that doesn't exist", { type: "comparison", field: "joined", operator: "=", value: "2024-02-30" }],
    ["a NUL", { type: "comparison", field: "plan", operator: "=", value: "a\0" }],
    ["half a character", { type: "comparison", field: "plan", operator: "=", value: "\ud800" }],
    ["an endless number", { type: "comparison", field: "seats", operator: "<", value: Infinity }],
    ["a long value", { type: "comparison", field: "plan", operator: "=", value: "x".repeat(1_001) }],
    ["many values", { type: "in", field: "plan", values: Array.from({ length: 2_001 }, () => "x") }],
    ["a deep nest", deep(100)],
  ])("for %s", (_, expression) => {
    expect(() => matchesSegment(expression, ada)).toThrow("The segment can't be used");
  });
});

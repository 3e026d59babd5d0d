import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSegment, SegmentError } from "../../../src/domain/segment-parse.ts";
import type { SegmentExpression } from "../../../src/domain/segment.ts";

const is = (field: string, value: string | number | boolean, operator = "="): SegmentExpression =>
  ({ type: "comparison", field, operator, value }) as SegmentExpression;

describe("a segment's written form", () => {
  test.each<[string, SegmentExpression]>([
    ['lang = "de"', is("lang", "de")],
    ["plan != 'pro'", is("plan", "pro", "!=")],
    ["score>=-1.5", is("score", -1.5, ">=")],
    ["score < 3", is("score", 3, "<")],
    ["vip = TRUE", is("vip", true)],
    ['joined > "2026-01-31"', is("joined", "2026-01-31", ">")],
    ['topics HAS "ai"', is("topics", "ai", "has")],
    ['company contains "O\'Hara \\"& Sons\\" \\\\"', is("company", 'O\'Hara "& Sons" \\', "contains")],
    ['städte.größe-2 = "x"', is("städte.größe-2", "x")],
    ['plan in ("pro", "team", 3)', { type: "in", field: "plan", values: ["pro", "team", 3] }],
    ['topics in ("ai","db")', { type: "in", field: "topics", values: ["ai", "db"] }],
    ["zone is present", { type: "present", field: "zone" }],
    ["zone is not present", { type: "not", operand: { type: "present", field: "zone" } }],
    ["plan not in (1)", { type: "not", operand: { type: "in", field: "plan", values: [1] } }],
    ["not not a = 1", { type: "not", operand: { type: "not", operand: is("a", 1) } }],
    ["inland = 1", is("inland", 1)],
    [
      'lang = "de" and (topics has "ai" or plan in ("pro", "team"))',
      {
        type: "and",
        operands: [
          is("lang", "de"),
          { type: "or", operands: [is("topics", "ai", "has"), { type: "in", field: "plan", values: ["pro", "team"] }] },
        ],
      },
    ],
    [
      "a = 1 or b = 2 and not c = 3 or d = 4",
      {
        type: "or",
        operands: [
          is("a", 1),
          { type: "and", operands: [is("b", 2), { type: "not", operand: is("c", 3) }] },
          is("d", 4),
        ],
      },
    ],
    ["((a = 1))", is("a", 1)],
  ])("%s", (text, expression) => {
    expect(parseSegment(text)).toEqual(expression);
  });

  test.each<[string, number, RegExp]>([
    ["", 1, /expected a field .* the text ends/],
    ["   ", 4, /the text ends/],
    ["lang", 5, /expected one of =/],
    ["lang = ", 8, /expected a value/],
    ["lang = de", 8, /stands in quotes: write "de"/],
    ['lang = "de', 8, /never closed/],
    ["lang = “de”", 8, /typographic quote/],
    ['lang == "de"', 6, /write `=`/],
    ['language = "de"', 1, /write the field as `lang`/],
    ['Lang = "de"', 1, /write the field as `lang`/],
    ['email = "a@example.com"', 1, /`address`/],
    ['plan hsa "x"', 6, /expected `has`/],
    ['plan has "x"', 10, /`has` is for `topics`/],
    ['topics = "x"', 10, /asked with `has`/],
    ['joined > "2024-02-30"', 10, /a day such as/],
    ["joined > 2024", 10, /compared with a text/],
    ["a = 1 b = 2", 7, /expected `and` or `or`/],
    ["a = 1 && b = 2", 7, /write `and`/],
    ["a = 1 || b = 2", 7, /write `or`/],
    ["!a = 1", 1, /write `not`/],
    ["(a = 1", 7, /closing parenthesis/],
    ["a = 1)", 6, /expected `and` or `or`.*"\)"/],
    ["a in ()", 7, /expected a value/],
    ["a in (1 2)", 9, /a comma or a closing/],
    ["a in 1", 6, /opening parenthesis/],
    ["a not = 1", 7, /expected `in`/],
    ["a is 1", 6, /`present` or `not present`/],
    ["and = 1", 1, /expected a field/],
    ["a = 1.2.3", 5, /means nothing/],
    ["a = 1; drop", 6, /means nothing/],
    [`${"(".repeat(100)}a = 1${")".repeat(100)}`, 33, /nested too deeply/],
    [`${"not ".repeat(100)}a = 1`, 129, /nested too deeply/],
    [`a = "${"x".repeat(5000)}"`, 4001, /at most 4,000 characters/],
  ])("%s is wrong at column %i", (text, column, words) => {
    const problem = (() => {
      try {
        return parseSegment(text);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(problem).toBeInstanceOf(SegmentError);
    expect((problem as SegmentError).sentence).toMatch(words);
    expect((problem as SegmentError).column).toBe(column);
  });

  test("any text is a segment or is refused with a column within it", () => {
    const pieces = fc.constantFrom(
      "lang",
      "topics",
      "a",
      " ",
      "=",
      "!=",
      "<",
      "(",
      ")",
      ",",
      "and",
      "or",
      "not",
      "in",
      "is",
      "present",
      "has",
      '"x"',
      "'",
      '"',
      "\\",
      "1",
      "-2",
      "true",
      "é",
      "\n",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((some) => some.join("")),
          fc.string(),
        ),
        (text) => {
          expect(columnOf(text)).toBeGreaterThanOrEqual(0);
          expect(columnOf(text)).toBeLessThanOrEqual(text.length + 1);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("what is written is what is read", () => {
    const field = fc.constantFrom("plan", "score", "x.y-z");
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constantFrom(0.5, -2.25));
    const leaf = fc.oneof(
      fc.record({
        type: fc.constant("comparison"),
        field,
        operator: fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
        value,
      }),
      fc.record({ type: fc.constant("in"), field, values: fc.array(value, { minLength: 1, maxLength: 4 }) }),
      fc.record({ type: fc.constant("present"), field }),
    ) as fc.Arbitrary<SegmentExpression>;
    const tree = fc.letrec<{ node: SegmentExpression }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.record({ type: fc.constant("not"), operand: tie("node") }) as fc.Arbitrary<SegmentExpression>,
        fc.record({
          type: fc.constantFrom("and", "or"),
          operands: fc.array(tie("node"), { minLength: 2, maxLength: 3 }),
        }) as fc.Arbitrary<SegmentExpression>,
      ),
    })).node;
    fc.assert(
      fc.property(tree, (expression) => {
        const text = write(expression);
        fc.pre(text.length <= 4000);
        expect(parseSegment(text)).toEqual(expression);
      }),
      { numRuns: 500 },
    );
  });
});

/** Where a text is wrong, from 1; 0 when it is right. */
function columnOf(text: string): number {
  try {
    parseSegment(text);
    return 0;
  } catch (thrown) {
    if (thrown instanceof SegmentError) return thrown.column;
    throw thrown;
  }
}

function write(node: SegmentExpression): string {
  const literal = (value: string | number | boolean): string =>
    typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : String(value);
  switch (node.type) {
    case "and":
    case "or":
      return `(${node.operands.map(write).join(` ${node.type} `)})`;
    case "not":
      return `not (${write(node.operand)})`;
    case "comparison":
      return `${node.field} ${node.operator} ${literal(node.value)}`;
    case "in":
      return `${node.field} in (${node.values.map(literal).join(", ")})`;
    case "present":
      return `${node.field} is present`;
  }
}

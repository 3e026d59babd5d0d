import fc from "fast-check";
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileSegment } from "../../../src/adapters/postgres/segment-sql.ts";
import { createSegmentMatcher, type SegmentSubject } from "../../../src/audience/matches-segment.ts";
import { parseSegment } from "../../../src/domain/segment-parse.ts";
import type { SegmentExpression, SegmentValue } from "../../../src/domain/segment.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

/** Few and awkward, so that random conditions often hold and often don't. */
const texts = [
  "",
  "a",
  "A",
  "ab",
  "pro",
  "9",
  "10",
  "-0",
  "09",
  "1.5",
  "1.50",
  "1e3",
  "123456789012345.123456789",
  "true",
  "YES",
  "no",
  "é",
  "e\u0301",
  "ß",
  "ＡＢ",
  "🎉",
  "\uffee",
  "a\\b",
  "%",
  "_",
  "'",
  '"',
  "$1",
  "--",
  "{a}",
  "de",
  "\u2028",
];
const attributeNames = ["plan", "seats", "vip", "constructor", "__proto__", "a'b", "$1", "größe"];
const languages = [null, "de", "de-AT", "en", "dev", "pt-BR"];
const zones = [null, "Europe/Berlin", "Europe/Vienna", "UTC"];
const topics = ["ai", "AI", "events", "a'b", "é", "{x}"];
const domains = ["example.com", "gmail.com", "xn--bcher-kva.example"];
const days = ["2024-02-28", "2024-02-29", "2024-03-01", "1970-01-01", "9999-12-31"];
const instants = [
  "2024-02-28T23:59:59.999Z",
  "2024-02-29T00:00:00.000Z",
  "2024-02-29T12:34:56.789Z",
  "2024-03-01T00:00:00.000Z",
];

const attributes = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...attributeNames), fc.constantFrom(...texts)), {
    selector: ([name]) => name,
    maxLength: 5,
  })
  .map((entries) => Object.fromEntries(entries.map(([name, text]) => [name, text.normalize("NFC")])));

const subject: fc.Arbitrary<SegmentSubject> = fc
  .record({
    local: fc.constantFrom("ada", "max", "zoë", "a+b", '"a..b"'),
    domain: fc.constantFrom(...domains),
    lang: fc.constantFrom(...languages),
    zone: fc.constantFrom(...zones),
    topics: fc.uniqueArray(fc.constantFrom(...topics), { maxLength: 4 }),
    attributes,
    joinedAt: fc.constantFrom(...instants).map((text) => new Date(text)),
  })
  .map(({ local, ...rest }) => ({ ...rest, addressKey: `${local}@${rest.domain}` }));

const attributeValue: fc.Arbitrary<SegmentValue> = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(0, -0, 9, 10, 1.5, 1000, -1, 0.1 + 0.2, Number("123456789012345.12"), 1e21, 5e-324),
  fc.boolean(),
);
const ownText = fc.oneof(
  fc.record({ field: fc.constant("lang"), value: fc.constantFrom("de", "DE_at", "deutsch", "en", "d") }),
  fc.record({ field: fc.constant("zone"), value: fc.constantFrom("europe/berlin", "Europe/Vienna", "Mars", "a") }),
  fc.record({ field: fc.constant("domain"), value: fc.constantFrom("Bücher.example", "GMAIL.com", "example", "-") }),
  fc.record({
    field: fc.constant("address"),
    value: fc.constantFrom("ADA@example.com", "zoë@gmail.com", "a..b@gmail.com", "ada@", "@"),
  }),
);
const ordering = fc.constantFrom("=" as const, "!=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const);

const condition: fc.Arbitrary<SegmentExpression> = fc.oneof(
  fc.record({
    type: fc.constant("comparison" as const),
    field: fc.constantFrom(...attributeNames),
    operator: ordering,
    value: attributeValue,
  }),
  fc.record({
    type: fc.constant("comparison" as const),
    field: fc.constantFrom(...attributeNames, "address", "domain", "lang", "zone"),
    operator: fc.constant("contains" as const),
    value: fc.constantFrom(...texts),
  }),
  fc.tuple(ownText, ordering).map(([own, operator]) => ({ type: "comparison" as const, operator, ...own })),
  fc.record({
    type: fc.constant("comparison" as const),
    field: fc.constant("joined"),
    operator: ordering,
    value: fc.constantFrom(...days),
  }),
  fc.record({
    type: fc.constant("comparison" as const),
    field: fc.constant("topics"),
    operator: fc.constant("has" as const),
    value: fc.constantFrom(...topics),
  }),
  fc.record({
    type: fc.constant("in" as const),
    field: fc.constantFrom(...attributeNames),
    values: fc.array(attributeValue, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant("in" as const),
    field: fc.constant("topics"),
    values: fc.array(fc.constantFrom(...topics), { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant("in" as const),
    field: fc.constant("joined"),
    values: fc.array(fc.constantFrom(...days), { maxLength: 3 }),
  }),
  fc.array(ownText, { minLength: 1, maxLength: 4 }).map((own) => {
    const { field } = own[0] as { field: string };
    return {
      type: "in" as const,
      field,
      values: own.filter((other) => other.field === field).map(({ value }) => value),
    };
  }),
  fc.record({
    type: fc.constant("present" as const),
    field: fc.constantFrom(...attributeNames, "address", "domain", "lang", "zone", "topics", "joined", "unknown"),
  }),
);

const { expression } = fc.letrec<{ expression: SegmentExpression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc.record({
      type: fc.constantFrom("and" as const, "or" as const),
      operands: fc.array(tie("expression"), { maxLength: 4 }),
    }),
    fc.record({ type: fc.constant("not" as const), operand: tie("expression") }),
  ),
}));

describe("the database and the memory", () => {
  it("find the same subscribers, whatever they hold and whatever is asked", async () => {
    const subjects = fc.sample(subject, { numRuns: 150, seed: 42 });
    await storeSubjects(subjects);
    let hits = 0;
    let misses = 0;
    await fc.assert(
      fc.asyncProperty(expression, async (asked) => {
        const inMemory = subjects.map(createSegmentMatcher(asked));
        expect(await askDatabase(asked)).toEqual(inMemory);
        hits += inMemory.filter((matched) => matched).length;
        misses += inMemory.filter((matched) => !matched).length;
      }),
      { seed: 2026, numRuns: 500 },
    );
    // The test is worth something only where both answers are common.
    expect(Math.min(hits, misses) / (hits + misses)).toBeGreaterThan(0.2);
  });

  async function storeSubjects(subjects: readonly SegmentSubject[]): Promise<void> {
    // The random people share a few addresses, so that questions meet them.
    await pool.query("ALTER TABLE subscribers DROP CONSTRAINT subscribers_address_key_key");
    // Servers have their own ideas of what comes before what; ours must not follow them.
    await pool.query('ALTER TABLE subscribers ALTER COLUMN zone TYPE text COLLATE "en-x-icu"');
    for (const [index, person] of subjects.entries()) {
      await pool.query(
        "INSERT INTO subscribers (address_key, address, domain, lang, zone, topics, attributes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
          person.addressKey,
          String(index),
          person.domain,
          person.lang,
          person.zone,
          person.topics,
          JSON.stringify(person.attributes),
          person.joinedAt,
        ],
      );
    }
  }

  async function askDatabase(asked: SegmentExpression): Promise<boolean[]> {
    const { sql, values } = compileSegment(asked, 2);
    const { rows } = await pool.query<{ matched: boolean }>(
      `SELECT (${sql}) AS matched FROM subscribers s WHERE s.id >= $1 ORDER BY s.address::int`,
      [0, ...values],
    );
    return rows.map(({ matched }) => matched);
  }
});

describe("the statement", () => {
  it("holds no word of the expression", () => {
    const hostile = "x' OR 1=1; DROP TABLE subscribers; --";
    const { sql, values } = compileSegment(
      {
        type: "or",
        operands: [
          { type: "comparison", field: hostile, operator: "=", value: hostile },
          { type: "comparison", field: hostile, operator: "contains", value: hostile },
          { type: "in", field: hostile, values: [hostile] },
          { type: "present", field: hostile },
          { type: "comparison", field: "topics", operator: "has", value: hostile },
          { type: "comparison", field: "lang", operator: "=", value: hostile },
        ],
      },
      7,
    );
    expect(sql).not.toContain("DROP");
    expect(sql).not.toContain("OR 1=1");
    expect(sql).toContain("$7");
    expect(values.flat().filter((value) => String(value).includes("DROP")).length).toBeGreaterThanOrEqual(8);
  });

  it("is the same for the same expression, so that the server prepares it once", () => {
    const asked = parseSegment('plan = "pro" and topics has "ai" and seats > 5');
    expect(compileSegment(asked, 1)).toEqual(compileSegment(asked, 1));
  });
});

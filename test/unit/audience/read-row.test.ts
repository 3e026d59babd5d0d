import { describe, expect, it } from "vitest";
import { mapColumns } from "../../../src/audience/map-columns.ts";
import { createRowReader } from "../../../src/audience/read-row.ts";
import { createErasureKeys, erasedKeyOf } from "../../../src/domain/erased-address.ts";

const header = ["email", "firstName", "lang", "zone", "topics", "status", "plan"];
const readRow = createRowReader(mapColumns(header, {}, "people.csv", 1), []);

function read(...fields: string[]) {
  const all = [...fields, ...header.slice(fields.length).map(() => "")];
  return readRow({ line: 7, fields: all, original: all.join(",") });
}

describe("a row", () => {
  it("gives a person in the form in which everything is stored", () => {
    const row = read(
      " Zoe\u0308@Bücher.example ",
      " Zoe\u0308 ",
      "DE_at",
      "europe/berlin",
      "ai; news ,ai|Zoe\u0308;",
      "subscribed",
      "pro",
    );
    expect(row).toEqual({
      line: 7,
      original: expect.stringContaining("Bücher.example"),
      problem: null,
      person: {
        key: "zoë@xn--bcher-kva.example",
        address: "Zoë@Bücher.example",
        domain: "xn--bcher-kva.example",
        lang: "de-AT",
        zone: "Europe/Berlin",
        topics: ["ai", "news", "Zoë"],
        attributes: { firstName: "Zoë", plan: "pro" },
        erasedKeys: [],
      },
    });
  });

  it("leaves open what it doesn't say", () => {
    expect(read("ada@example.com").person).toMatchObject({ lang: null, zone: null, topics: null, attributes: {} });
  });

  it("may end with empty cells too many", () => {
    const fields = ["ada@example.com", "", "", "", "", "", "pro", "", " "];
    expect(readRow({ line: 2, fields, original: "" }).person?.attributes).toEqual({ plan: "pro" });
  });

  it("carries the address as tombstones name it, where somebody was erased", () => {
    const keys = createErasureKeys(["a secret of this year", "a secret of last year"]);
    const withKeys = createRowReader(mapColumns(["email"], {}, "people.csv", 1), keys);
    const row = withKeys({ line: 2, fields: ["Ada@example.com"], original: "Ada@example.com" });
    expect(row.person?.erasedKeys).toEqual(keys.map((key) => erasedKeyOf("ada@example.com", key)));
  });
});

describe("a row is refused", () => {
  it.each([
    [["ada"], '"ada" has no @'],
    [[""], "There is no address"],
    [["ada@example.com", "Ada\r\nBcc: x@example.com"], '"firstName" holds a line break'],
    [["ada@example.com", "Ada\rB"], "line break"],
    [["ada@example.com", "Ada\nB"], "line break"],
    [["ada@example.com", "A\u2028B"], "line break"],
    [["ada@example.com", "A\u0000da"], '"firstName" holds a NUL'],
    [["ada@example.com", "A\u001bda"], "control character"],
    [["ada@example.com", "A".repeat(1_001)], "1001 characters; 1000 are allowed"],
    [["ada@example.com", "", "", "", Array.from({ length: 101 }, (_, index) => `t${index}`).join(";")], "101 topics"],
    [["ada@example.com", "", "", "", "t".repeat(101)], "more than 100 characters"],
    [["ada@example.com", "", "", "", "", "Unsubscribed"], "The file itself says that this person is not subscribed"],
    [["ada@example.com", "", "", "", "", "cleaned"], "not subscribed"],
  ])("%j", (fields, words) => {
    const row = read(...fields);
    expect(row.person).toBeNull();
    expect(row.problem).toContain(words);
  });

  it("when it has too few or too many cells", () => {
    expect(readRow({ line: 2, fields: ["ada@example.com", "Ada"], original: "" }).problem).toBe(
      "The row has 2 fields where the header has 7.",
    );
    const tooMany = readRow({ line: 2, fields: [...header, "x"], original: "" });
    expect(tooMany).toMatchObject({ person: null, problem: "The row has 8 fields where the header has 7." });
  });

  it("with its NUL made visible in what is kept of it", () => {
    expect(readRow({ line: 2, fields: ["a\0@example.com"], original: "a\0@example.com" }).original).toBe(
      "a\u2400@example.com",
    );
  });
});

describe("only the value is left out", () => {
  it("of a zone or language that nobody knows: the person still gets the mail", () => {
    const row = read("ada@example.com", "Ada", "deutsch", "Berlin", "ai");
    expect(row.person).toMatchObject({ lang: null, zone: null, topics: ["ai"], attributes: { firstName: "Ada" } });
    expect(row.problem).toContain('The language "deutsch" is not known');
    expect(row.problem).toContain('did you mean "Europe/Berlin"?');
  });

  it("of a status by another meaning: it is an attribute", () => {
    expect(read("ada@example.com", "", "", "", "", "gold").person?.attributes).toEqual({ statusColumn: "gold" });
  });
});

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CsvRecord, readCsv, recordCharactersMax } from "../../../src/audience/read-csv.ts";
import { InputError } from "../../../src/lib/errors.ts";

async function read(...pieces: string[]): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const batch of readCsv(streamOf(pieces), "people.csv")) records.push(...batch.records);
  return records;
}

async function* streamOf(pieces: string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function refusal(...pieces: string[]): Promise<string> {
  try {
    await read(...pieces);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.message;
    throw thrown;
  }
  return "";
}

describe("records", () => {
  it("carry their line, their fields and their own text", async () => {
    expect(await read('email,name\r\nada@example.com,"Love,\r\nlace"\r\n\r\nmax@example.com,"say ""hi"""')).toEqual([
      { line: 1, fields: ["email", "name"], original: "email,name" },
      { line: 2, fields: ["ada@example.com", "Love,\r\nlace"], original: 'ada@example.com,"Love,\r\nlace"' },
      { line: 5, fields: ["max@example.com", 'say "hi"'], original: 'max@example.com,"say ""hi"""' },
    ]);
  });

  it("are what csv-parse reads, however the text is cut into pieces", async () => {
    const field = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."ab é"), maxLength: 5 }),
      fc
        .string({ unit: fc.constantFrom(...'ab,;\r\n"'), maxLength: 6 })
        .map((text) => `"${text.replaceAll('"', '""')}"`),
    );
    const row = fc.array(field, { minLength: 2, maxLength: 4 }).map((fields) => fields.join(","));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
        async (rows, lineEnd, endsWithLineEnd, cuts) => {
          const text = `e,n,x,y,z${lineEnd}${rows.join(lineEnd)}${endsWithLineEnd ? lineEnd : ""}`;
          const pieces: string[] = [];
          let start = 0;
          for (const cut of cuts) {
            pieces.push(text.slice(start, start + cut));
            start += cut;
          }
          pieces.push(text.slice(start));
          const expected = parse(text, {
            relax_column_count: true,
            skip_empty_lines: true,
            record_delimiter: ["\r\n", "\n"],
          });
          expect((await read(...pieces)).map(({ fields }) => fields)).toEqual(expected);
        },
      ),
      { seed: 11, numRuns: 400 },
    );
  });

  it("find their line however many line breaks stand in quotes", async () => {
    const records = await read('a,b\n"1\n2\n3",x\n\n\n"\r\n",y\nlast,z');
    expect(records.map(({ line }) => line)).toEqual([1, 2, 7, 9]);
  });
});

describe("the delimiter", () => {
  it.each([
    ["email,name;x,y", 3],
    ["email;name,x;y", 3],
    ["email\tname\tx", 3],
    ['"a,b,c";email;name', 3],
    ["email", 1],
    ["\n\nemail;name", 2],
  ])("of %j gives %i columns", async (header, columns) => {
    expect((await read(`${header}\n`))[0]?.fields).toHaveLength(columns);
  });
});

describe("what can't be read is refused where it stands", () => {
  it.each([
    [
      "email,name\na@example.com,x\rb@example.com,y\n",
      "people.csv:2:16: A carriage return stands here without a line feed",
    ],
    ["email,name\ra@example.com,x\r", "people.csv:1:11: A carriage return"],
    ['email,name\n"two\nlines",x\rz\n', "people.csv:3:9: A carriage return"],
    ['email,name\na@example.com,"x\r', "people.csv:2:15: The quote that opens here is never closed"],
    ['email,name\na@example.com,Ada "the first" L\n', "people.csv:2:19: A quote stands inside a field"],
    ['email,name\na@example.com,"Ada" L\n', "people.csv:2:20: Text follows a closing quote"],
    ['email,name\n"open,x\ny,z\n', "people.csv:2:1: The quote that opens here is never closed"],
    [`email${",x".repeat(1_000)}\n`, "people.csv:1:"],
  ])("%j", async (text, words) => {
    expect(await refusal(text)).toContain(words);
    expect(await refusal(...text)).toContain(words);
  });

  it("names where a field of 10 MB begins, without holding the file", async () => {
    let given = 0;
    const endless = async function* (): AsyncGenerator<string> {
      yield "email,name\nada@example.com,Ada\nmax@example.com,";
      for (; given < 10_000_000; given += 65_536) yield "x".repeat(65_536);
    };
    const reading = (async () => {
      for await (const _ of readCsv(endless(), "people.csv"));
    })();
    await expect(reading).rejects.toThrow(
      "people.csv:3: The record that begins here is longer than 1,048,576 characters",
    );
    expect(given).toBeLessThan(2 * recordCharactersMax);
  });

  it("does so too when it comes in one piece, or in quotes", async () => {
    expect(await refusal(`email,name\nada@example.com,${"x".repeat(10_000_000)}\n`)).toContain(
      "people.csv:2: The record",
    );
    expect(await refusal(`email,name\nada@example.com,"${"x".repeat(10_000_000)}"\n`)).toContain(
      "people.csv:2: The record",
    );
    expect(await refusal(`email,name\nada@example.com,"${"x".repeat(10_000_000)}`)).toMatch(/people\.csv:2:(17)?/);
  });
});

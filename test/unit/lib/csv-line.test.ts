import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, it } from "vitest";
import { csvLine } from "../../../src/lib/csv-line.ts";

it("quotes only what must be quoted", () => {
  expect(csvLine(["plain", "a,b", 'say "hi"', "two\nlines", " spaced", "", "a;b"])).toBe(
    'plain,"a,b","say ""hi""","two\nlines"," spaced",,a;b\r\n',
  );
  expect(csvLine(["a,b", "a;b"], ";")).toBe('a,b;"a;b"\r\n');
});

it("is read back by another parser as it was", () => {
  const field = fc.string({ unit: fc.constantFrom(...'a,;\t"\r\n é'), maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(field, { minLength: 2, maxLength: 6 }),
      fc.constantFrom(",", ";", "\t"),
      (fields, delimiter) => {
        expect(parse(csvLine(fields, delimiter), { delimiter, record_delimiter: "\r\n" })).toEqual([fields]);
      },
    ),
    { seed: 7, numRuns: 500 },
  );
});

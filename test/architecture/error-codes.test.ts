import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeTemporaryFolder } from "../support/temporary-folder.ts";
import { scanErrorCodes } from "./scan-error-codes.ts";

interface Row {
  readonly code: string;
  readonly meaning: string;
  readonly remedy: string;
}

function documentedRows(): Row[] {
  const page = readFileSync("docs/errors.md", "utf8");
  return page.split("\n").flatMap((line) => {
    const [, code, meaning, remedy] = /^\| `([^`]+)` \| (.+?) \| (.+) \|$/.exec(line) ?? [];
    return code === undefined ? [] : [{ code, meaning: meaning as string, remedy: remedy as string }];
  });
}

describe("the codes of errors", () => {
  const { codes, unreadable } = scanErrorCodes(".", ["src", "workers"]);
  const rows = documentedRows();

  it("each have a row in docs/errors.md that says what is wrong and what to do", () => {
    const documented = new Set(rows.map(({ code }) => code));
    const missing = [...codes].filter(([code]) => !documented.has(code));
    expect(missing.map(([code, files]) => `${code} (${[...files].join(", ")})`)).toEqual([]);
    expect(rows.filter(({ meaning, remedy }) => meaning.trim() === "" || remedy.trim() === "")).toEqual([]);
  });

  it("are used, as many as have a row", () => {
    expect(rows.map(({ code }) => code).filter((code) => !codes.has(code))).toEqual([]);
  });

  it("stand in the source where they can be read, and in the table once, in order", () => {
    expect(unreadable).toEqual([]);
    const written = rows.map(({ code }) => code);
    expect(written).toEqual([...new Set(written)].toSorted());
  });
});

it("the scan finds a code however it is written, and says where it can't", () => {
  const root = makeTemporaryFolder();
  mkdirSync(join(root, "src"));
  writeFileSync(
    join(root, "src", "one.ts"),
    `throw new InputError({ code: "plain", message: "x" });
throw new UnavailableError(
  "world", "x");
problems.push({ message, code: late ? "first" : "second", place });
function fail(code: string, message: string): never { throw new InputError({ code, message }); }
fail("through-a-function", "x");
const refuse = (code: string, message: string) => new UnavailableError(code, message);
refuse("through-an-arrow", "x");
context.addIssue({ code: "custom", message: "x" });
const reply = { code: "250", text: "no error" };
throw new InputError({ code: found.code, message: found.message });
`,
  );
  writeFileSync(join(root, "src", "two.tsx"), `const code = look();\nthrow new InputError({ code, message: "x" });\n`);
  const { codes, unreadable } = scanErrorCodes(root, ["src"]);
  expect([...codes.keys()].toSorted()).toEqual([
    "first",
    "plain",
    "second",
    "through-a-function",
    "through-an-arrow",
    "world",
  ]);
  expect(unreadable).toEqual(["src/two.tsx:2"]);
});

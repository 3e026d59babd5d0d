import { readdirSync, readFileSync } from "node:fs";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { describe, expect, test } from "vitest";
import { findViolations, folderOf, readImports } from "./scan-imports.ts";

const projectFiles = ["src", "workers"].flatMap((top) =>
  readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|tsx|mts|mjs|js)$/.test(name))
    .map((name) => `${top}/${name}`),
);

describe("the project", () => {
  test("keeps its boundaries", () => {
    const violations = projectFiles.flatMap((path) => findViolations(path, readFileSync(path, "utf8")));
    expect(violations.map(({ file, line, problem }) => `${file}:${line}: ${problem}`)).toEqual([]);
  });

  test("is seen whole by dependency-cruiser, which passes blindly where it sees nothing", async () => {
    // `path` in the answer is the compiler's view; an unsupported compiler gives no modules at all.
    const { output } = await cruise(["src/lib"], { doNotFollow: { path: "node_modules" }, tsPreCompilationDeps: true });
    const seen = (output as ICruiseResult).modules
      .map(({ source }) => source)
      .filter((path) => path.startsWith("src/lib/"));
    const there = projectFiles.filter((path) => path.startsWith("src/lib/") && !path.endsWith(".d.mts"));
    expect(seen).toEqual(expect.arrayContaining(there));
  });
});

describe("the scan", () => {
  const problems = (path: string, source: string) => findViolations(path, source).map(({ problem }) => problem);

  test("reads every form of import, over several lines too", () => {
    const source = [
      'import { a,\n  b } from "./one.ts";',
      'import type { C } from "./two.ts";',
      'import { type D, type E } from "./three.ts";',
      'import { type F, g } from "./four.ts";',
      'export * from "./five.ts";',
      'import "./six.ts";',
      'const seven = await import("./seven.ts");',
      'import eight, * as rest from "eight";',
    ].join("\n");
    expect(readImports(source).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
      ["./one.ts", false],
      ["./two.ts", true],
      ["./three.ts", true],
      ["./four.ts", false],
      ["./five.ts", false],
      ["./six.ts", false],
      ["eight", false],
      ["./seven.ts", false],
    ]);
  });

  test("names the line of an import that goes up", () => {
    const source = '// why\nimport { x } from "../lib/x.ts";\nimport { y } from "../adapters/postgres/y.ts";\n';
    expect(findViolations("src/domain/noun.ts", source)).toEqual([
      { file: "src/domain/noun.ts", line: 3, problem: "domain may not import src/adapters/postgres/y.ts" },
    ]);
  });

  test("keeps sibling adapters apart and lets app meet them", () => {
    const source = 'import { x } from "../postgres/x.ts";';
    expect(problems("src/adapters/queue/y.ts", source)).toEqual([
      "adapters/queue may not import src/adapters/postgres/x.ts",
    ]);
    expect(problems("src/adapters/postgres/y.ts", source)).toEqual([]);
    expect(problems("src/app/y.ts", 'import { x } from "../adapters/postgres/x.ts";')).toEqual([]);
  });

  test("lends the types of a driver and keeps its code at home", () => {
    expect(problems("src/adapters/queue/y.ts", 'import type { Pool } from "pg";')).toEqual([]);
    expect(problems("src/adapters/queue/y.ts", 'import pg from "pg";')).toEqual([
      "pg is imported in adapters/postgres only",
    ]);
    expect(problems("src/web/y.ts", 'import type { Pool } from "pg";')).toEqual([
      "pg is imported in adapters/postgres only",
    ]);
    expect(problems("src/check/y.ts", 'await import("mjml/lib/x.js");')).toEqual(["mjml is imported in digest only"]);
  });

  test("finds a second reader of the environment, and leaves comments alone", () => {
    expect(problems("src/web/y.ts", 'const port = process.env["PORT"];')).toHaveLength(1);
    expect(problems("src/web/y.ts", "// process.env is read elsewhere")).toEqual([]);
    expect(problems("src/app/config.ts", "const all = process.env;")).toEqual([]);
  });

  test.each(["Date.now()", "new Date()", "Math.random()", "setTimeout(go, 1)", "performance.now()"])(
    "finds %s where a simulation owns time and chance",
    (expression) => {
      expect(problems("src/delivery/y.ts", `const x = ${expression};`)).toHaveLength(1);
      expect(problems("src/web/y.ts", `const x = ${expression};`)).toEqual([]);
    },
  );

  test("refuses a folder that the table does not know", () => {
    expect(problems("src/helpers/y.ts", "")).toEqual(["stands in no folder of boundaries.json"]);
    expect(folderOf("src/adapters/smtp/session.ts")).toBe("adapters/smtp");
  });
});

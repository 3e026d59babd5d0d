import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { runScript } from "../../support/run-script.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

async function countRun(files: Readonly<Record<string, string>>) {
  const folder = makeTemporaryFolder();
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  const counts = join(folder, "counts.json");
  const vitest = resolve("node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${resolve("tools/count-reporter.mjs")}`;
  const script = runScript([vitest, "run", "--root", folder, "--globals", reporter], {
    cwd: folder,
    env: { BROADSHEET_TEST_COUNTS: counts },
  });
  const { code } = await script.ended;
  return { code, ...(JSON.parse(readFileSync(counts, "utf8")) as object) };
}

test("what passed, failed and was skipped is counted", async () => {
  const source =
    'test("a", () => {}); test("b", () => { throw new Error("no"); }); test.skip("c", () => {}); test.todo("d");';
  expect(await countRun({ "some.test.js": source })).toEqual({ code: 1, passed: 1, failed: 1, skipped: 2 });
});

test("what fails outside of a test counts as failed: a file, a hook, a rejection nobody awaited", async () => {
  const files = {
    "file.test.js": 'throw new Error("does not load");',
    "hook.test.js": 'describe("x", () => { beforeAll(() => { throw new Error("no"); }); test("a", () => {}); });',
    "rejection.test.js":
      'test("a", async () => { void Promise.reject(new Error("no")); await new Promise(setImmediate); });',
  };
  expect(await countRun(files)).toEqual({ code: 1, passed: 1, failed: 3, skipped: 1 });
});

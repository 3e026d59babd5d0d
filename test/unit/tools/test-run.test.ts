import { describe, expect, test } from "vitest";
import { runScript } from "../../support/run-script.ts";

/** A small file of tests that needs nothing but Node. */
const small = "test/unit/lib/restore-symlinks.test.ts";

async function runTests(args: readonly string[], env: Readonly<Record<string, string>>) {
  const script = runScript(["tools/test.mjs", ...args], { env: { CI: "", BROADSHEET_TEST_FORBID_SKIPS: "", ...env } });
  const { code } = await script.ended;
  return { code, lines: script.stdout().trimEnd().split("\n"), stderr: script.stderr() };
}

describe("a test run", () => {
  test("ends with what passed, failed and was skipped, and runs only what it was asked to", async () => {
    const { code, lines } = await runTests([small], {});
    expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: "2 passed, 0 failed, 0 skipped" });
    expect(lines.filter((line) => /\d+ passed, \d+ failed/.test(line))).toHaveLength(1);
  });

  test("without a redis-server says so once, with the command to install it", async () => {
    const { code, lines, stderr } = await runTests([small], { PATH: "/nowhere" });
    expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: "2 passed, 0 failed, 0 skipped" });
    expect(stderr.match(/SKIPPED/g)).toHaveLength(1);
    expect(stderr).toMatch(/need redis-server.*Debian: apt-get install redis-server/);
  });

  test("without a redis-server fails where skips are forbidden", async () => {
    const { code, lines, stderr } = await runTests([small], { PATH: "/nowhere", BROADSHEET_TEST_FORBID_SKIPS: "1" });
    expect({ code, last: lines.at(-1) }).toEqual({ code: 1, last: "0 passed, 1 failed, 0 skipped" });
    expect(stderr).toMatch(/apt-get install redis-server/);
  });

  test("that finds no test is no success", async () => {
    const { code, lines } = await runTests(["test/no-such-folder"], {});
    expect(code).not.toBe(0);
    expect(lines.at(-1)).toMatch(/^0 passed, 1 failed, 0 skipped$/);
  });
});

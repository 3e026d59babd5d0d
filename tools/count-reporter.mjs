import { writeFileSync } from "node:fs";

/**
 * A vitest reporter that writes `{ passed, failed, skipped }` into the file that BROADSHEET_TEST_COUNTS names.
 * What fails outside of a test (a file that does not load, a hook, a rejection nobody awaited) counts as one failed each:
 * a run with such a thing never reads as all green.
 */
export default class CountReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        // A test still pending when the run ends was cut off.
        counts[state === "pending" ? "failed" : state] += 1;
      }
      counts.failed += testModule.errors().length;
      for (const suite of testModule.children.allSuites()) counts.failed += suite.errors().length;
    }
    writeFileSync(process.env.BROADSHEET_TEST_COUNTS, JSON.stringify(counts));
  }
}

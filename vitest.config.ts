import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What measures time wants the machine for itself: npm run alone.
    include: process.env["BROADSHEET_ALONE"] ? ["test/alone/**/*.test.ts"] : ["test/**/*.test.ts"],
    exclude: process.env["BROADSHEET_ALONE"] ? [] : ["test/alone/**"],
    globalSetup: ["test/support/global-setup.ts"],
    // Processes, not threads: tests change the working folder, send signals and load native modules.
    pool: "forks",
    // By default one core is left free; our tests mostly wait for processes of their own.
    maxWorkers: Math.max(2, availableParallelism()),
    // A test that starts real processes needs seconds on two busy cores; what takes longer is stuck.
    testTimeout: 60_000,
    // The first database of a run waits for initdb.
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // A test that lets another leak into it fails on its own.
    restoreMocks: true,
    unstubEnvs: true,
  },
});

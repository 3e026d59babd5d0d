import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// What measures time wants the machine for itself: npm run alone.
const alone = process.env["BROADSHEET_ALONE"] !== undefined;

export default defineConfig({
  test: {
    // Processes, not threads: tests change the working folder, send signals and load native modules.
    pool: "forks",
    // By default one core is left free; our tests mostly wait for processes of their own.
    maxWorkers: availableParallelism() + 1,
    // A test that starts real processes needs seconds on two busy cores; what takes longer is stuck.
    testTimeout: 60_000,
    // The first database of a run waits for initdb.
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    // A test that lets another leak into it fails on its own.
    restoreMocks: true,
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: "product",
          include: alone ? ["test/alone/**/*.test.ts"] : ["test/**/*.test.ts"],
          exclude: alone ? ["test/simulation/**"] : ["test/alone/**", "test/simulation/**"],
          globalSetup: ["test/support/global-setup.ts"],
          // A process runs file after file with the modules it has: to load them anew for each costs half as much as the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        // In a process of its own: what some libraries switch on (async hooks) makes its millions of promises six times slower.
        test: { name: "simulation", include: alone ? [] : ["test/simulation/**/*.test.ts"], isolate: true },
      },
    ],
  },
});

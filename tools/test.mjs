/**
 * Runs every test, or those that its arguments name as vitest understands them (`npm test -- test/unit/lib`).
 * Ends with one line `N passed, N failed, N skipped`; the exit code is 0 only where something ran and nothing failed.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Debian's lists are some 10 MB; a slow mirror takes a minute or two. */
const aptMsMax = 180_000;

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  if (process.env.CI === "true") installRedis();
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-test-counts-"));
  const countsFile = join(folder, "counts.json");
  try {
    const code = await runVitest(args, countsFile);
    const counts = readCounts(countsFile) ?? { passed: 0, failed: 0, skipped: 0 };
    // A set-up that failed, a broken configuration, no test found, a signal: no test has failed, and yet the run has.
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    if (code === 0 && counts.failed > 0) process.stderr.write("Something failed outside of the tests; see above.\n");
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
    return code !== 0 ? code : Number(counts.failed > 0 || counts.passed === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(args, countsFile) {
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", `--reporter=${join(root, "tools", "count-reporter.mjs")}`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, "run", ...reporters, ...args], {
      cwd: root,
      env: { ...process.env, BROADSHEET_TEST_COUNTS: countsFile },
      stdio: ["ignore", "inherit", "inherit"],
    });
    // Ctrl-C reaches vitest by itself, being in the same process group; it then ends what the run started.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.once("error", (error) => {
      process.stderr.write(`vitest could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1)));
  });
}

function readCounts(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** On a machine for continuous integration the tests that need Redis must run; where it cannot be had they say so themselves. */
function installRedis() {
  if (isOnPath("redis-server") || isOnPath("valkey-server")) return;
  if (process.getuid?.() !== 0 || !isOnPath("apt-get")) return;
  process.stderr.write("Installing redis-server for the tests (apt-get) ..\n");
  // RUNLEVEL=1 keeps Debian from starting a server of its own: the tests start theirs.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const commands = [
    ["update", "-q"],
    ["install", "-y", "-q", "--no-install-recommends", "redis-server"],
  ];
  for (const args of commands) {
    const done = spawnSync("apt-get", args, { env, stdio: ["ignore", 2, 2], timeout: aptMsMax });
    if (done.status === 0) continue;
    process.stderr.write(
      `apt-get ${args.join(" ")} did not work (${done.error?.message ?? `exit code ${done.status}`}).\n`,
    );
    return;
  }
}

function isOnPath(name) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // Not there: the next folder.
      return false;
    }
  });
}

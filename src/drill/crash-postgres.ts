import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pause, systemClock } from "../lib/clock.ts";

const probeEveryMs = 50;
const goneMsMax = 15_000;

/** kill -9 of the postmaster, and the wait until it is gone: as a crash of the server leaves the data folder. */
export async function crashPostgres(dataDir: string): Promise<void> {
  const pid = Number(readFileSync(join(dataDir, "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
  process.kill(pid, "SIGKILL");
  const startedMs = systemClock.monotonicMs();
  while (isRunning(pid) && systemClock.monotonicMs() - startedMs < goneMsMax) await pause(systemClock, probeEveryMs);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

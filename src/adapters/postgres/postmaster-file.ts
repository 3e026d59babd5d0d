/** What a running server says of itself in `postmaster.pid` (PostgreSQL's src/include/utils/pidfile.h). */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess, isProcessRunning } from "../../lib/file-lock.mjs";

export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
}

/** Undefined where no server runs, or it has not yet written its port. */
export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  const lines = readLines(cluster);
  const pid = Number(lines?.[0]);
  const port = Number(lines?.[3]);
  if (!(pid > 0) || !(port > 0)) return undefined;
  return { pid, port };
}

/** Larger than any pid that Linux or macOS give out (PID_MAX_LIMIT is 2^22). */
const nobodysPid = 2 ** 22 + 1;

/**
 * A killed server leaves its file behind. PostgreSQL looks whether a process of that number lives: a zombie that nobody
 * collects, or a stranger who got the number since, would keep it from starting for ever. So the file is made to name
 * nobody; its shared-memory line stays, with which PostgreSQL itself makes sure that no old child is at work.
 */
export function disownPostmasterFile(cluster: string): void {
  const lines = readLines(cluster);
  const pid = Number(lines?.[0]);
  if (!lines || !(pid > 0) || pid === nobodysPid) return;
  if (isProcessRunning(identifyProcess(pid)) && isPostgres(pid)) return;
  writeFileSync(join(cluster, "postmaster.pid"), [String(nobodysPid), ...lines.slice(1)].join("\n"));
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1").startsWith("postgres");
  } catch {
    // No /proc on this system: believe that it is.
    return true;
  }
}

function readLines(cluster: string): string[] | undefined {
  try {
    return readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
}

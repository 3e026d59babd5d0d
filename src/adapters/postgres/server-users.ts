/** Which processes use the embedded server: whoever leaves last stops it, and a killed one does not count. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess, isProcessRunning } from "../../lib/file-lock.mjs";
import { keepOwner } from "./server-account.ts";

export interface ServerUser {
  /** Takes this user off the list and says how many living ones remain. */
  leave(): number;
}

/** Call it, and `leave`, with the launcher's lock held. */
export function joinServerUsers(dataDir: string): ServerUser {
  const folder = join(dataDir, "users");
  mkdirSync(folder, { recursive: true });
  keepOwner(dataDir, folder);
  countLiving(folder);
  const file = join(folder, randomBytes(6).toString("hex"));
  writeFileSync(file, identifyProcess(process.pid));
  return {
    leave() {
      rmSync(file, { force: true });
      return countLiving(folder);
    },
  };
}

function countLiving(folder: string): number {
  let living = 0;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (isProcessRunning(readFileSync(file, "utf8"))) living += 1;
    else rmSync(file, { force: true });
  }
  return living;
}

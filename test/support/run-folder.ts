/**
 * The folder of one test run: its PostgreSQL, its Redis, and what was already said. The folder of a run that was killed
 * is found by the next one, which ends what it left running.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shutDownServer } from "../../src/adapters/postgres/postmaster.ts";
import { identifyProcess, isProcessRunning } from "../../src/lib/file-lock.mjs";

const prefix = "broadsheet-test-run-";

/** Makes the folder and names its owner, this process. */
export function createRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // As root the server may run as another user; what is secret in here is closed by itself.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "owner"), identifyProcess(process.pid));
  mkdirSync(postgresFolder(folder));
  return folder;
}

export function postgresFolder(runFolder: string): string {
  return join(runFolder, "postgres");
}

/** Where a process that the run started writes its `identifyProcess` name. */
export function processFile(runFolder: string, name: string): string {
  return join(runFolder, `${name}.process`);
}

/** Ends what runs in the folder and removes it. */
export async function removeRunFolder(runFolder: string): Promise<void> {
  await shutDownServer(join(postgresFolder(runFolder), "cluster"));
  for (const name of readdirSync(runFolder)) {
    if (!name.endsWith(".process")) continue;
    const identity = readFileSync(join(runFolder, name), "utf8");
    if (isProcessRunning(identity)) process.kill(Number(identity.split(":")[0]), "SIGKILL");
  }
  rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes the folders of runs whose process is gone; those of other users are theirs to remove. */
export async function removeAbandonedRunFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (statSync(folder).uid !== process.getuid?.()) continue;
      if (!isProcessRunning(readFileSync(join(folder, "owner"), "utf8"))) await removeRunFolder(folder);
    } catch (error) {
      // Another run removes it in this moment, or is about to name its owner.
      if ((error as { code?: string }).code !== "ENOENT") throw error;
    }
  }
}

/** Where the raw bytes of caught mails lie: in memory, or one file each. The store decides what stays. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { CaughtEnvelope } from "../../domain/caught-mail.ts";
import { UnavailableError, messageOf } from "../../lib/errors.ts";

/** What is written beside the bytes, so that a later start finds the mail again. */
export interface StoredEnvelope {
  readonly id: string;
  readonly sequence: number;
  readonly arrivedAt: string;
  readonly envelope: CaughtEnvelope;
}

export interface Bodies {
  put(stored: StoredEnvelope, raw: Buffer): Promise<void>;
  get(id: string): Promise<Buffer | undefined>;
  remove(id: string): Promise<void>;
}

export function createMemoryBodies(): Bodies {
  const bodies = new Map<string, Buffer>();
  return {
    put: async (stored, raw) => void bodies.set(stored.id, raw),
    get: async (id) => bodies.get(id),
    remove: async (id) => void bodies.delete(id),
  };
}

/**
 * One `ID.eml` per mail, readable with any mail program, and the envelope in `ID.json`. The envelope is written first and
 * removed last, so a crash leaves no mail without one. Not for two catchers at once.
 * Errors: `UnavailableError` (`catcher-folder`) when the folder can't be used.
 */
export async function openDiskBodies(folder: string): Promise<{ bodies: Bodies; found: StoredEnvelope[] }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await readStored(folder);
    return { bodies: diskBodies(folder), found };
  } catch (error) {
    throw new UnavailableError("catcher-folder", `The catcher's folder ${folder} can't be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Writing and removing wait for the system on purpose: into its cache that takes some 30 microseconds a file, while the
 * same through the thread pool took 1.7 ms of CPU a mail, and 600 mails a second were out of reach.
 */
function diskBodies(folder: string): Bodies {
  const pathOf = (id: string, extension: string) => join(folder, `${id}.${extension}`);
  return {
    async put(stored, raw) {
      writeFileSync(pathOf(stored.id, "json"), JSON.stringify(stored), { mode: 0o600 });
      // A half-written mail must not look like a whole one after a crash.
      writeFileSync(pathOf(stored.id, "part"), raw, { mode: 0o600 });
      renameSync(pathOf(stored.id, "part"), pathOf(stored.id, "eml"));
    },
    get: (id) => readFile(pathOf(id, "eml")).catch(ignoreMissing),
    async remove(id) {
      rmSync(pathOf(id, "eml"), { force: true });
      rmSync(pathOf(id, "json"), { force: true });
    },
  };
}

/** The envelopes of the mails that are there, oldest first; what a crash left half is removed. */
async function readStored(folder: string): Promise<StoredEnvelope[]> {
  const names = new Set(await readdir(folder));
  const found: StoredEnvelope[] = [];
  for (const name of names) {
    const match = /^(\d{8,15}-[0-9a-f]{8})\.(json|part)$/.exec(name);
    if (!match) continue;
    const path = join(folder, name);
    const stored = match[2] === "json" && names.has(`${match[1]}.eml`) ? await readEnvelope(path) : undefined;
    if (stored) found.push(stored);
    else await unlink(path);
  }
  return found.sort((first, second) => first.sequence - second.sequence);
}

/** `undefined` for what a crash of the machine left empty or cut. */
async function readEnvelope(path: string): Promise<StoredEnvelope | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as StoredEnvelope;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}

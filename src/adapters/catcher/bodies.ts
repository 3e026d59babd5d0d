/** Where the raw bytes of caught mails lie: in memory, or one file each. The store decides what stays. */
import { rmSync, writeFileSync } from "node:fs";
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
 * One `ID.eml` per mail, readable with any mail program: its first line is a header field of ours with the envelope, the
 * rest is the mail. One file, because making and removing files is what a busy disk is slow at. Not for two catchers at once.
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

/** What stands before the envelope on a file's first line. */
const envelopeField = "X-Broadsheet-Caught: ";
/** A thousand recipients with long addresses. */
const envelopeBytesMax = 1024 * 1024;

/**
 * Writing and removing wait for the system on purpose: into its cache that takes some 30 microseconds a file, while the
 * same through the thread pool took 1.7 ms of CPU a mail, and 600 mails a second were out of reach.
 */
function diskBodies(folder: string): Bodies {
  const pathOf = (id: string) => join(folder, `${id}.eml`);
  return {
    async put(stored, raw) {
      const line = `${envelopeField}${JSON.stringify({ ...stored, sizeBytes: raw.length })}\r\n`;
      writeFileSync(pathOf(stored.id), Buffer.concat([Buffer.from(line), raw]), { mode: 0o600 });
    },
    async get(id) {
      const file = await readFile(pathOf(id)).catch(ignoreMissing);
      return file?.subarray(file.indexOf("\r\n") + 2);
    },
    async remove(id) {
      rmSync(pathOf(id), { force: true });
    },
  };
}

/** The envelopes of the mails that are there, oldest first; a mail that a crash left half written is removed. */
async function readStored(folder: string): Promise<StoredEnvelope[]> {
  const found: StoredEnvelope[] = [];
  for (const name of await readdir(folder)) {
    if (!/^\d{8,15}-[0-9a-f]{8}\.eml$/.test(name)) continue; // not one of ours
    const stored = await readEnvelope(join(folder, name));
    if (stored) found.push(stored);
    else await unlink(join(folder, name));
  }
  return found.sort((first, second) => first.sequence - second.sequence);
}

/** `undefined` where the first line is not whole, or the mail is not as long as it says. */
async function readEnvelope(path: string): Promise<StoredEnvelope | undefined> {
  const file = await readFile(path);
  const end = file.subarray(0, envelopeBytesMax).indexOf("\r\n");
  if (end < 0 || !file.subarray(0, envelopeField.length).equals(Buffer.from(envelopeField))) return undefined;
  const { sizeBytes, ...stored } = JSON.parse(file.toString("utf8", envelopeField.length, end)) as StoredEnvelope & {
    readonly sizeBytes: number;
  };
  return file.length === end + 2 + sizeBytes ? stored : undefined;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
  return undefined;
}

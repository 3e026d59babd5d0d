import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";

/** An incoming mail as it is kept until it has had its effects. */
export interface SpooledMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/**
 * Mails on disk, one file each: a line of JSON with the envelope, then the bytes. What is taken over by SMTP is on the disk
 * before the server says so, and leaves the spool only when it was carried out: a crash loses none and repeats some, which
 * does no harm.
 */
export interface Spool {
  /** Durable when it resolves. */
  add(mail: SpooledMail): Promise<void>;
  /** Names of what waits, oldest first. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<SpooledMail>;
  remove(name: string): Promise<void>;
  /** Keeps a mail for a person to look at. */
  setAside(name: string): Promise<void>;
  /** Deletes what was set aside longer ago. @returns how many */
  forgetAside(olderThanMs: number, nowMs: number): Promise<number>;
}

export async function openSpool(folder: string): Promise<Spool> {
  const [drafts, waiting, aside] = ["tmp", "new", "kept"].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [drafts, waiting, aside]) await mkdir(path, { recursive: true, mode: 0o700 });
  // What a crash left half written was never answered for.
  for (const name of await readdir(drafts)) await unlink(join(drafts, name));
  return {
    async add({ from, to, raw }) {
      const name = `${Date.now().toString(36).padStart(9, "0")}-${randomUUID()}.eml`;
      const file = await open(join(drafts, name), "wx", 0o600);
      try {
        await file.writev([Buffer.from(`${JSON.stringify({ from, to })}\n`), raw]);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(join(drafts, name), join(waiting, name));
      await syncFolder(waiting);
    },
    list: async () => (await readdir(waiting)).toSorted(),
    async read(name) {
      const bytes = await readFile(join(waiting, name));
      const end = bytes.indexOf(0x0a);
      const { from, to } = JSON.parse(bytes.toString("utf8", 0, end)) as Pick<SpooledMail, "from" | "to">;
      return { from, to, raw: bytes.subarray(end + 1) };
    },
    remove: (name) => unlink(join(waiting, name)),
    setAside: (name) => rename(join(waiting, name), join(aside, name)),
    async forgetAside(olderThanMs, nowMs) {
      let forgotten = 0;
      for (const name of await readdir(aside)) {
        const path = join(aside, name);
        if (nowMs - (await stat(path)).mtimeMs <= olderThanMs) continue;
        await unlink(path);
        forgotten += 1;
      }
      return forgotten;
    },
  };
}

/** The name of a new file is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

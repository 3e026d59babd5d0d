import { createReadStream, type Dirent } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { splitMbox } from "../feedback/split-mbox.ts";
import { InputError, messageOf } from "../lib/errors.ts";

/** A mailbox file is held in memory while it is read. */
const fileBytesMax = 1_000_000_000;
/** Folders in folders. */
const depthMax = 16;

/**
 * The mails of a file (one mail or an mbox), of a folder file by file in the order of names, or of the stream for "-".
 * @throws InputError `file-unreadable`
 */
export async function* readMailFiles(path: string, input: Readable): AsyncGenerator<Buffer> {
  for await (const bytes of readFiles(path, input)) yield* splitMbox(bytes);
}

async function* readFiles(path: string, input: Readable): AsyncGenerator<Buffer> {
  if (path === "-") {
    yield await buffer(input);
    return;
  }
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      for await (const file of walk(path, 0)) if (await looksLikeMail(file)) yield await readFile(file);
      return;
    }
    if (found.size > fileBytesMax) throw new Error(`it has ${found.size} bytes; ${fileBytesMax} are read at once`);
    // A pipe or a device has no size.
    yield found.isFile() ? await readFile(path) : await buffer(createReadStream(path));
  } catch (cause) {
    throw new InputError(
      { code: "file-unreadable", message: `The mails can't be read: ${messageOf(cause)}`, place: { file: path } },
      { cause },
    );
  }
}

async function* walk(folder: string, depth: number): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted(byName)) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < depthMax) yield* walk(path, depth + 1);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

/** A folder may hold a license and tables beside its mails: those that begin with a header field or an mbox line are read. */
async function looksLikeMail(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer: start, bytesRead } = await file.read(Buffer.alloc(1_000), 0, 1_000, 0);
    return /^\s{0,10}(?:From \S|[!-9;-~]{1,76}[ \t]*:)/.test(start.toString("latin1", 0, bytesRead));
  } finally {
    await file.close();
  }
}

import { createWriteStream } from "node:fs";
import { open, rename, rm, truncate } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Context } from "hono";
import { InputError } from "../../lib/errors.ts";
import { stripControls } from "../../lib/escape.ts";

/** A million people with ten columns; larger files are the command line's. */
export const uploadBytesMax = 256 * 1024 * 1024;
/** The form's own fields and the heads of its parts. */
const headBytesMax = 16 * 1024;
const fileNameCharactersMax = 200;

export interface Upload {
  readonly fields: URLSearchParams;
  readonly fileName: string;
  /** Holds the file alone; whoever asked for it moves or removes it. */
  readonly path: string;
}

/**
 * Takes a form whose last field is a file (RFC 7578), straight onto the disk: memory holds a piece at a time. The file is then
 * what lies between the head of its part and the last boundary.
 * @throws InputError `bad-upload`
 */
export async function receiveUpload(c: Context, folder: string): Promise<Upload> {
  const boundary = /^multipart\/form-data;.*\bboundary="?([^";\r\n]{1,70})"?/i.exec(
    c.req.header("content-type") ?? "",
  )?.[1];
  const { body } = c.req.raw;
  if (boundary === undefined || !body) throw refused("Choose a file first.");
  const id = randomUUID();
  const whole = join(folder, `${id}.upload`);
  try {
    await pipeline(
      Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]),
      bounded,
      createWriteStream(whole, { mode: 0o600 }),
    );
    const { fields, fileName, start, end } = await findFile(whole, boundary);
    const path = join(folder, `${id}.csv`);
    if (fileName === "" || end <= start) throw refused("The file is empty, or none was chosen.");
    await cutOut(whole, path, start, end);
    return { fields, fileName, path };
  } catch (thrown) {
    await rm(whole, { force: true }).catch(() => {});
    throw thrown;
  }
}

async function* bounded(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > uploadBytesMax)
      throw refused(
        `The file has more than ${uploadBytesMax / 1024 / 1024} MiB. The command line takes any size: broadsheet subscribers import`,
      );
    yield piece;
  }
}

async function findFile(path: string, boundary: string) {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const read = async (from: number, length: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      // A character a byte, so that places in the text are places in the file.
      return buffer.subarray(0, bytesRead).toString("latin1");
    };
    const head = await read(0, Math.min(size, headBytesMax));
    const tailStart = Math.max(0, size - boundary.length - 64);
    const last = (await read(tailStart, size - tailStart)).lastIndexOf(`\r\n--${boundary}--`);
    const fields = new URLSearchParams();
    let at = 0;
    // Each turn passes a boundary; the head holds a bounded number of them.
    for (;;) {
      const next = head.indexOf(`--${boundary}\r\n`, at);
      const headersEnd = next === -1 ? -1 : head.indexOf("\r\n\r\n", next);
      if (headersEnd === -1 || last === -1) throw refused("The upload broke off. Try again.");
      const headers = Buffer.from(head.slice(next, headersEnd), "latin1").toString("utf8");
      const start = headersEnd + 4;
      const fileName = /\bfilename="([^"]*)"/i.exec(headers)?.[1];
      if (fileName !== undefined) return { fields, fileName: shown(fileName), start, end: tailStart + last };
      const end = head.indexOf(`\r\n--${boundary}`, start);
      if (end === -1) throw refused("The form is too long.");
      fields.append(
        /\bname="([^"]*)"/i.exec(headers)?.[1] ?? "",
        Buffer.from(head.slice(start, end), "latin1").toString(),
      );
      at = end + 2;
    }
  } finally {
    await file.close();
  }
}

/** Copies within one file, a piece at a time, so that a large upload never stands on the disk twice. */
async function cutOut(whole: string, path: string, start: number, end: number): Promise<void> {
  const file = await open(whole, "r+");
  try {
    const piece = Buffer.alloc(1024 * 1024);
    for (let from = start; from < end;) {
      const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, end - from), from);
      if (bytesRead === 0) throw refused("The upload broke off. Try again.");
      await file.write(piece, 0, bytesRead, from - start);
      from += bytesRead;
    }
  } finally {
    await file.close();
  }
  await truncate(whole, end - start);
  await rename(whole, path);
}

/** What a browser calls a file may be a whole path. */
function shown(name: string): string {
  return stripControls(name.split(/[\\/]/).at(-1) ?? "")
    .trim()
    .slice(0, fileNameCharactersMax);
}

function refused(message: string): InputError {
  return new InputError({ code: "bad-upload", message });
}

import type { Readable } from "node:stream";
import { InputError, messageOf } from "../lib/errors.ts";

/**
 * The bytes of a file or pipe, to be iterated once; `count` is told of each piece.
 * @param file how to call it in messages
 * @throws InputError `file-unreadable` while it is iterated
 */
export function readBytes(
  stream: Readable,
  file: string,
  count: (size: number) => void = () => {},
): AsyncIterable<Uint8Array> {
  // A failure reaches us through the iteration; before that begins it must not end the process.
  stream.on("error", () => {});
  return iterate(stream, file, count);
}

async function* iterate(stream: Readable, file: string, count: (size: number) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array | string>) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
      count(bytes.length);
      yield bytes;
    }
  } catch (cause) {
    const message = `The file can't be read: ${messageOf(cause)}. Nothing was changed.`;
    throw new InputError({ code: "file-unreadable", message, place: { file } }, { cause });
  }
}

import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { messageOf, UnavailableError } from "../lib/errors.ts";

/**
 * Writes a file that only the operator may read, since it holds addresses. It is in its place when it is whole.
 * @throws UnavailableError `file-unwritable`; a file that stood there before is left as it was
 */
export async function writePrivateFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.partial`;
  const file = createWriteStream(draft, { mode: 0o600 });
  let failure: unknown;
  file.once("error", (error) => (failure = error));
  try {
    await pipeline(pieces, file);
    await rename(draft, path).catch((cause: unknown) => {
      failure = cause;
      throw cause;
    });
  } catch (thrown) {
    await rm(draft, { force: true }).catch(() => {});
    // What the pieces came from has words of its own.
    if (thrown !== failure) throw thrown;
    throw new UnavailableError("file-unwritable", `${path} can't be written: ${messageOf(thrown)}.`, { cause: thrown });
  }
}

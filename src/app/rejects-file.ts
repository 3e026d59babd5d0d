import { createWriteStream } from "node:fs";
import { access, constants, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { messageOf, UnavailableError } from "../lib/errors.ts";

export interface RejectsFile {
  /** Writes the text to its end, beside the file's place. Without any text nothing is written. */
  write(text: AsyncIterable<string>): Promise<void>;
  /**
   * Moves what was written into its place; where nothing was, a file from an earlier import goes.
   * @returns the path, where there is such a file now
   */
  keep(): Promise<string | null>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/**
 * The file of the rows that an import refuses. It is in its place only after the import has happened.
 * @throws UnavailableError `import-rejects` when its folder can't be written to: before a million rows are read, not after
 */
export async function openRejectsFile(path: string): Promise<RejectsFile> {
  const explain = (cause: unknown): UnavailableError =>
    new UnavailableError("import-rejects", `${path} can't be written: ${messageOf(cause)}. Nothing was changed.`, {
      cause,
    });
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => Promise.reject(explain(cause)));
  const draft = `${path}.partial`;
  let isWritten = false;
  return {
    write: async (text) => {
      const pieces = text[Symbol.asyncIterator]();
      const first = await pieces.next();
      if (first.done) return;
      isWritten = true;
      // Only the operator may read it: it holds addresses.
      const file = createWriteStream(draft, { mode: 0o600 });
      let failure: unknown;
      file.once("error", (error) => (failure = error));
      const all = async function* (): AsyncGenerator<string> {
        yield first.value;
        yield* { [Symbol.asyncIterator]: () => pieces };
      };
      try {
        await pipeline(all, file);
      } catch (thrown) {
        throw thrown === failure ? explain(thrown) : thrown;
      }
    },
    keep: async () => {
      if (isWritten) await rename(draft, path);
      else await rm(path, { force: true });
      return isWritten ? path : null;
    },
    discard: async () => {
      // What led here is what must be told, not that the draft can't be removed.
      if (isWritten) await rm(draft, { force: true }).catch(() => {});
    },
  };
}

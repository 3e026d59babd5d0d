import { createHash } from "node:crypto";

export interface BodyScanner {
  /** Takes a chunk; the answer is where in it the line after the final dot begins, or -1 while the body goes on. */
  push(chunk: Buffer): number;
  /** Bytes taken so far, with the dot that ends them. */
  bytes(): number;
  messageId(): string | null;
  /** Of the bytes as they came over the wire, up to the final dot; `null` unless asked for. */
  sha256(): string | null;
  /** The bytes with their dots unstuffed (RFC 5321 section 4.5.2); `null` unless asked for. */
  message(): Buffer | null;
}

const terminator = Buffer.from("\r\n.\r\n");
/** A digest's header is below 4 KB; who writes more is recorded without a Message-ID. */
const headBytesMax = 8_192;

/** Finds the end of a message in chunks cut anywhere, without joining them. */
export function createBodyScanner(keep: { readonly bytes: boolean; readonly hash: boolean }): BodyScanner {
  // DATA's own line end counts as the one before the first line, so that an empty body ends too.
  let tail = Buffer.from("\r\n");
  let head = "";
  let total = 0;
  const hash = keep.hash ? createHash("sha256") : null;
  const kept: Buffer[] = [];
  const endOf = (chunk: Buffer): number => {
    const seam = Buffer.concat([tail, chunk.subarray(0, terminator.length - 1)]);
    const atSeam = seam.indexOf(terminator);
    if (atSeam !== -1) return atSeam + terminator.length - tail.length;
    const at = chunk.indexOf(terminator);
    return at === -1 ? -1 : at + terminator.length;
  };
  return {
    push(chunk) {
      const end = endOf(chunk);
      const part = end === -1 ? chunk : chunk.subarray(0, end);
      total += part.length;
      if (head.length < headBytesMax) head += part.toString("latin1", 0, headBytesMax - head.length);
      hash?.update(part);
      if (keep.bytes) kept.push(Buffer.from(part));
      tail = Buffer.concat([tail, part.subarray(-(terminator.length - 1))]).subarray(-(terminator.length - 1));
      return end;
    },
    bytes: () => total,
    messageId() {
      const end = head.indexOf("\r\n\r\n");
      return /^message-id:\s*(<[^>\r\n]*>)/im.exec(end === -1 ? head : head.slice(0, end))?.[1] ?? null;
    },
    sha256: () => hash?.digest("hex") ?? null,
    message() {
      if (!keep.bytes) return null;
      const wire = Buffer.concat(kept).toString("latin1").slice(0, -".\r\n".length);
      return Buffer.from(wire.replace(/(^|\r\n)\./g, "$1"), "latin1");
    },
  };
}

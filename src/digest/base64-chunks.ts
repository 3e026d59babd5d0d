import type { Base64Chunk } from "../domain/digest.ts";

/*
 * Base64 (RFC 2045 section 6.8) that can be cut at slots. Three bytes make four characters, so what stands after a slot
 * depends on how many bytes of a group are still open there: each chunk is encoded for the three cases. Lines end early
 * at slots, which the standard allows.
 */

/** RFC 2045 section 6.8: 76 characters, 57 bytes. */
const lineBytesMax = 57;

/** Encodes whole lines, each with its CRLF; only the end of the data is padded. */
export function encodeBase64Lines(bytes: Buffer): string {
  if (bytes.length <= lineBytesMax) return bytes.length === 0 ? "" : `${bytes.toString("base64")}\r\n`;
  let encoded = "";
  for (let start = 0; start < bytes.length; start += lineBytesMax) {
    encoded += `${bytes.toString("base64", start, Math.min(start + lineBytesMax, bytes.length))}\r\n`;
  }
  return encoded;
}

/** One chunk in the three alignments. The last chunk leaves nothing over: its end is padded. */
export function alignBase64Chunk(chunk: string, last: boolean): readonly [Base64Chunk, Base64Chunk, Base64Chunk] {
  const bytes = Buffer.from(chunk.replace(/\r\n|\r|\n/g, "\r\n"), "utf8");
  return [alignChunk(bytes, 0, last), alignChunk(bytes, 1, last), alignChunk(bytes, 2, last)];
}

function alignChunk(bytes: Buffer, openBytes: number, last: boolean): Base64Chunk {
  const headLength = Math.min((3 - openBytes) % 3, bytes.length);
  const wholeLength = last ? bytes.length - headLength : Math.trunc((bytes.length - headLength) / 3) * 3;
  return {
    head: bytes.subarray(0, headLength),
    encoded: Buffer.from(encodeBase64Lines(bytes.subarray(headLength, headLength + wholeLength)), "latin1"),
    tail: bytes.subarray(headLength + wholeLength),
  };
}

import { InputError, type Place } from "../lib/errors.ts";

/**
 * An issue may be this large. Gmail cuts a mail near 100 KB, so five times that is already no newsletter; and every
 * reader behind this one is allowed to take time in proportion to it.
 */
export const fileSizeBytesMax = 512 * 1024;

/**
 * Bytes of an issue file as text: UTF-8 (a byte order mark is dropped), line ends as `\n`.
 * @throws InputError with line and column for a file that is too large, not UTF-8, or holds a NUL.
 */
export function decodeText(bytes: Buffer, file: string): string {
  if (bytes.length > fileSizeBytesMax) {
    const size = `The file has ${bytes.length.toLocaleString("en")} bytes`;
    const limit = `an issue may have at most ${fileSizeBytesMax.toLocaleString("en")}`;
    const message = `${size}; ${limit}: the limit is reached in this line. Pictures belong in files of their own`;
    throw new InputError({ code: "issue-size", message, place: placeOfByte(bytes, fileSizeBytesMax, file) });
  }
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) {
    const message = "The file is in UTF-16; save it as UTF-8";
    throw new InputError({ code: "issue-encoding", message, place: { file, line: 1, column: 1 } });
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const message = "There is a NUL character here; an issue is a text file in UTF-8";
    throw new InputError({ code: "issue-encoding", message, place: placeOfByte(bytes, nul, file) });
  }
  const text = bytes.toString("utf8");
  const invalid = firstInvalidByte(bytes, text);
  if (invalid >= 0) {
    const byte = `0x${(bytes[invalid] as number).toString(16)}`;
    const message = `The byte ${byte} is not UTF-8 (perhaps the file is in Latin-1 or Windows-1252); save it as UTF-8`;
    throw new InputError({ code: "issue-encoding", message, place: placeOfByte(bytes, invalid, file) });
  }
  return text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
}

/** The offset where decoding and encoding again first differ, or -1. */
function firstInvalidByte(bytes: Buffer, text: string): number {
  const again = Buffer.from(text, "utf8");
  if (again.equals(bytes)) return -1;
  for (let offset = 0; offset < bytes.length; offset++) if (bytes[offset] !== again[offset]) return offset;
  return bytes.length - 1;
}

function placeOfByte(bytes: Buffer, offset: number, file: string): Place {
  const before = bytes.subarray(0, offset).toString("utf8");
  const lines = before.split(/\r\n?|\n/);
  return { file, line: lines.length, column: (lines.at(-1) as string).length + 1 };
}

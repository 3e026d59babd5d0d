import { isUtf8 } from "node:buffer";
import { InputError } from "../lib/errors.ts";

/**
 * Turns the bytes of a CSV file into text, a piece at a time; only UTF-8 is read (a byte order mark is dropped). Anything
 * else is refused where it stands, with what to do: guessing an encoding writes wrong names to people for ever.
 * @throws InputError `csv-encoding` with line and column
 */
export async function* decodeCsv(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<string> {
  const position = { line: 1, column: 1 };
  let pending: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of bytes) {
    pending =
      pending.length > 0 ? Buffer.concat([pending, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (isFirst && pending.length < signatureBytesMax) continue;
    if (isFirst) pending = dropSignature(pending, file);
    isFirst = false;
    const whole = pending.subarray(0, pending.length - unfinishedBytes(pending));
    yield decode(whole, file, position);
    pending = pending.subarray(whole.length);
  }
  if (isFirst) pending = dropSignature(pending, file);
  yield decode(pending, file, position);
}

/** The longest signature looked for, and enough to see UTF-16 without one. */
const signatureBytesMax = 4;

function dropSignature(start: Buffer, file: string): Buffer {
  const refuse = (message: string) => {
    throw new InputError({ code: "csv-encoding", message, place: { file, line: 1 } });
  };
  const [first, second, third, fourth] = start;
  if (first === 0xef && second === 0xbb && third === 0xbf) return start.subarray(3);
  const utf16Mark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const everyOtherByte = (first !== 0 && second === 0 && fourth === 0) || (first === 0 && second !== 0 && third === 0);
  if (utf16Mark || everyOtherByte) {
    refuse(`The file is in UTF-16. Save it as UTF-8 (in Excel: "CSV UTF-8"), or convert it: iconv -f UTF-16 -t UTF-8`);
  }
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    refuse(`This is an Excel workbook or another ZIP file. Save it as "CSV UTF-8"`);
  }
  return start;
}

/** How many bytes at the end begin a character that the next piece will finish. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function decode(bytes: Buffer, file: string, position: { line: number; column: number }): string {
  if (!isUtf8(bytes)) refuseEncoding(bytes, file, position);
  const text = bytes.toString("utf8");
  advance(position, text);
  return text;
}

function advance(position: { line: number; column: number }, text: string): void {
  let lineStart = -1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    position.line += 1;
    lineStart = at;
  }
  position.column = lineStart === -1 ? position.column + text.length : text.length - lineStart;
}

/** How much around the wrong byte is shown. */
const shownBytes = 24;

function refuseEncoding(bytes: Buffer, file: string, position: { line: number; column: number }): never {
  let valid = 0;
  // Halving finds the first wrong byte: everything before it decodes, nothing that holds it does.
  for (let low = 0, high = bytes.length; low < high;) {
    const middle = (low + high) >> 1;
    const prefix = bytes.subarray(0, middle + 1);
    if (isUtf8(prefix.subarray(0, prefix.length - unfinishedBytes(prefix)))) {
      low = middle + 1;
    } else {
      high = middle;
    }
    valid = low;
  }
  while (valid > 0 && !isUtf8(bytes.subarray(0, valid))) valid -= 1;
  advance(position, bytes.toString("utf8", 0, valid));
  const around = bytes.subarray(Math.max(0, valid - shownBytes), valid + shownBytes);
  const asWindows = new TextDecoder("windows-1252").decode(around).split(/[\r\n,;\t"]/);
  const shown = asWindows.find((piece) => /[^ -~]/.test(piece))?.trim() ?? "";
  const byte = `0x${(bytes[valid] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
  const message =
    `The byte ${byte} is not UTF-8. If this should read ${JSON.stringify(shown)}, the file is in Windows-1252 (Latin-1): ` +
    `save it as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8`;
  throw new InputError({ code: "csv-encoding", message, place: { file, ...position } });
}

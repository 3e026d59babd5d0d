/*
 * Quoted-printable (RFC 2045 section 6.7) with four promises more than the standard asks for:
 * no line begins with a dot, so SMTP never has to stuff one (RFC 5321 section 4.5.2); no line begins with `From `, which
 * mailbox files would change; no line ends in white space; and no line holds two blanks or a tab, so the bytes already are
 * their own DKIM relaxed body form (RFC 6376 section 3.4.4) and the body hash is taken over them as they stand.
 */

/** RFC 2045 section 6.7 rule 5: 76 characters with the `=` of a soft break. */
const lineCharactersMax = 75;

const softBreak = "=\r\n";
const lineEnd = /\r\n|\r|\n/;

const space = 0x20;
const dot = 0x2e;
const equals = 0x3d;
const tilde = 0x7e;

/** By byte: `=0A`. */
export const escapedBytes: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
);
const literals: readonly string[] = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte));

/**
 * Encodes text that begins at a line's start. Line ends of any kind become CRLF.
 * Nothing is added at the end: where the text does not end in a line break, neither does the result.
 */
export function encodeQuotedPrintable(text: string): string {
  if (needsNothing(text)) return text;
  if (!lineEnd.test(text)) return encodeLine(text);
  return text.split(lineEnd).map(encodeLine).join("\r\n");
}

/** Most values of recipients need nothing: short and plain, single blanks inside, no dot or `From ` in front. */
function needsNothing(text: string): boolean {
  if (text.length > lineCharactersMax || text.startsWith(".") || text.startsWith("From ")) return false;
  let afterBlank = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === space) {
      if (afterBlank) return false;
      afterBlank = true;
    } else {
      if (code < space || code > tilde || code === equals) return false;
      afterBlank = false;
    }
  }
  return !afterBlank;
}

function encodeLine(line: string): string {
  if (line === "") return "";
  const bytes = Buffer.from(line, "utf8");
  let encoded = "";
  let width = 0;
  let afterBlank = false;
  for (let index = 0; index < bytes.length;) {
    const length = sequenceLength(bytes[index] as number);
    let unit = encodeUnit(bytes, index, length, width === 0, afterBlank);
    if (width + unit.length > lineCharactersMax) {
      encoded += softBreak;
      width = 0;
      unit = encodeUnit(bytes, index, length, true, false);
    }
    encoded += unit;
    width += unit.length;
    afterBlank = unit === " ";
    index += length;
  }
  return encoded;
}

/** One character, so that a soft break never stands inside of one. */
function encodeUnit(bytes: Buffer, index: number, length: number, lineStart: boolean, afterBlank: boolean): string {
  const byte = bytes[index] as number;
  if (length > 1) {
    let unit = "";
    const end = Math.min(index + length, bytes.length);
    for (let offset = index; offset < end; offset += 1) unit += escapedBytes[bytes[offset] as number] as string;
    return unit;
  }
  if (byte === space) return afterBlank || index === bytes.length - 1 ? "=20" : " ";
  if (byte < space || byte > tilde || byte === equals) return escapedBytes[byte] as string;
  if (lineStart && (byte === dot || startsWithFrom(bytes, index))) return escapedBytes[byte] as string;
  return literals[byte] as string;
}

function startsWithFrom(bytes: Buffer, index: number): boolean {
  return bytes[index] === 0x46 && bytes.toString("latin1", index, index + 5) === "From ";
}

function sequenceLength(byte: number): number {
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/**
 * Cuts text with holes into encoded chunks that may be joined with encoded values between them. A soft break stands
 * before and after each hole, except where a line ends there anyway; an empty value leaves nothing behind.
 */
export function encodeQuotedPrintableChunks(chunks: readonly string[]): Buffer[] {
  return chunks.map((chunk, index) => {
    const first = index === 0;
    const last = index === chunks.length - 1;
    const startsLine = first || /^[\r\n]/.test(chunk) || (last && chunk === "");
    const endsLine = /[\r\n]$/.test(chunk) || chunk === "";
    const before = startsLine ? "" : softBreak;
    const after = last || endsLine ? "" : softBreak;
    return Buffer.from(before + encodeQuotedPrintable(chunk) + after, "latin1");
  });
}

import { escapedBytes } from "./quoted-printable.ts";

/** A line that holds an encoded-word may be no longer (RFC 2047 section 2). */
const lineCharactersMax = 76;

/** RFC 2047 section 2. */
const encodedWordCharactersMax = 75;

const wordAffixLength = "=?utf-8?q?".length + "?=".length;

/** By ASCII code: as it stands in a Q word, wherever the word stands (RFC 2047 section 5, rule 3). */
const quotedAscii: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (character === " ") return "_";
  return /[A-Za-z0-9!*+/-]/.test(character) ? character : (escapedBytes[code] as string);
});

/**
 * Encoded-words with a blank between, which readers drop. Each holds whole characters and decodes alone.
 * Q where at most a third of the characters must be escaped, else B: Latin text stays readable, also to spam filters,
 * which count Base64 that need not be.
 * @param text well-formed
 * @param column where the first word begins in its line
 */
export function encodeWords(text: string, column: number): string {
  const room = Math.min(encodedWordCharactersMax, lineCharactersMax - column) - wordAffixLength;
  return countEscaped(text) * 3 > text.length ? encodeByBase64(text, room) : encodeByQuoting(text, room);
}

const laterRoom = encodedWordCharactersMax - wordAffixLength;

function countEscaped(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (quotedLength(text.charCodeAt(index)) > 1) count += 1;
  }
  return count;
}

function quotedLength(code: number): number {
  return code < 128 ? (quotedAscii[code] as string).length : 3;
}

function encodeByBase64(text: string, firstRoom: number): string {
  let words = "";
  let bytesMax = Math.trunc(firstRoom / 4) * 3;
  let start = 0;
  let size = 0;
  for (let index = 0; index < text.length;) {
    const code = text.codePointAt(index) as number;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (size + bytes > bytesMax) {
      if (index > start) words += `${writeBase64(text.slice(start, index))} `;
      start = index;
      size = 0;
      bytesMax = Math.trunc(laterRoom / 4) * 3;
    }
    size += bytes;
    index += code < 0x10000 ? 1 : 2;
  }
  return words + writeBase64(text.slice(start));
}

function writeBase64(content: string): string {
  return `=?utf-8?b?${Buffer.from(content, "utf8").toString("base64")}?=`;
}

function encodeByQuoting(text: string, firstRoom: number): string {
  let words = "";
  let room = firstRoom;
  let content = "";
  for (const character of text) {
    const quoted = quotedAscii[character.codePointAt(0) as number] ?? quoteBytes(character);
    if (content.length + quoted.length > room) {
      if (content !== "") words += `=?utf-8?q?${content}?= `;
      content = "";
      room = laterRoom;
    }
    content += quoted;
  }
  return `${words}=?utf-8?q?${content}?=`;
}

function quoteBytes(character: string): string {
  let quoted = "";
  for (const byte of Buffer.from(character, "utf8")) quoted += escapedBytes[byte] as string;
  return quoted;
}

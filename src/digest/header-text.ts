import { cleanHeaderText } from "./clean-text.ts";
import { encodeWords } from "./encoded-words.ts";

/*
 * Header text in two forms at once: unfolded, with single blanks, which is DKIM's relaxed form of the value (RFC 6376
 * section 3.4.2); and folded before one of those blanks wherever a line would grow too long (RFC 5322 section 2.2.3), so
 * unfolding gives the first form back.
 */

/** What a line with an encoded-word may have (RFC 2047 section 2), and below the 78 of RFC 5322 section 2.1.1. */
const lineCharactersMax = 76;

/** Words longer than this can't be folded sensibly and are encoded, which splits them. */
const plainWordCharactersMax = 60;

/** Atoms of RFC 5322 section 3.2.3 with blanks between: a display name that needs no quotes. */
const atomsOnly = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/;

const printableAscii = /^[ -~]*$/;

/**
 * The value of an unstructured field such as Subject: as it is where it can be, else in encoded-words (RFC 2047).
 * @param nameLength the length of the field's name, which stands in the first line
 */
export function encodeUnstructured(text: string, nameLength: number): string {
  const clean = cleanHeaderText(text);
  return isPlain(clean) ? clean : encodeWords(clean, nameLength + 2);
}

/** `Name <address>`, or the bare address where there is no name. */
export function encodeMailbox(name: string, address: string, nameLength: number): string {
  const clean = cleanHeaderText(name);
  return clean === "" ? address : `${encodePhrase(clean, nameLength + 2)} <${address}>`;
}

/** A display name or list name (already clean): atoms, else a quoted string, else encoded-words outside of quotes. */
export function encodePhrase(clean: string, column: number): string {
  if (!isPlain(clean)) return encodeWords(clean, column);
  return atomsOnly.test(clean) ? clean : `"${clean.replace(/[\\"]/g, "\\$&")}"`;
}

/** ASCII, every word short enough to fold around, and nothing that a reader might take for an encoded-word. */
function isPlain(clean: string): boolean {
  if (!printableAscii.test(clean) || clean.includes("=?")) return false;
  return (
    clean.length <= plainWordCharactersMax || clean.split(" ").every((word) => word.length <= plainWordCharactersMax)
  );
}

/**
 * `Name: value` and CRLF, folded before blanks.
 * @param value unfolded, with single blanks
 */
export function foldField(name: string, value: string): string {
  if (name.length + 2 + value.length <= lineCharactersMax) return `${name}: ${value}\r\n`;
  let folded = `${name}:`;
  let column = folded.length;
  for (const word of value.split(" ")) {
    // A first word too long for the first line goes to the second (RFC 5322 allows it; the first is not blank).
    if (column + 1 + word.length > lineCharactersMax) {
      folded += "\r\n";
      column = 0;
    }
    folded += ` ${word}`;
    column += 1 + word.length;
  }
  return `${folded}\r\n`;
}

/** The same field as DKIM's relaxed header canonicalisation sees it, with CRLF. */
export function canonicalField(name: string, value: string): string {
  return `${name.toLowerCase()}:${value}\r\n`;
}

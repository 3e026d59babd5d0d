/*
 * Header text in two forms at once: unfolded, with single blanks, which is DKIM's relaxed form of the value (RFC 6376
 * section 3.4.2); and folded before one of those blanks wherever a line would grow too long (RFC 5322 section 2.2.3), so
 * unfolding gives the first form back.
 */

/** A line that holds an encoded-word may be no longer (RFC 2047 section 2); it also keeps below the 78 of RFC 5322. */
const lineCharactersMax = 76;

/** RFC 2047 section 2. */
const encodedWordCharactersMax = 75;

const wordPrefixLength = "=?utf-8?q?".length;
const wordAffixLength = wordPrefixLength + "?=".length;

/** Words longer than this can't be folded sensibly and are encoded, which splits them. */
const plainWordCharactersMax = 60;

/** Atoms of RFC 5322 section 3.2.3 with blanks between: a display name that needs no quotes. */
const atomsOnly = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*$/;

/** What stands for itself in a Q word wherever the word stands (RFC 2047 section 5, rule 3). */
const literalInWord = /^[A-Za-z0-9!*+/-]$/;

const printableAscii = /^[ -~]*$/;

/**
 * Takes out what may not reach a header: control characters and line ends become a blank, runs of blanks become one.
 * Lone surrogates become U+FFFD.
 */
export function cleanHeaderText(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[\p{Cc}\p{Zl}\p{Zp} ]+/gu, " ")
    .trim();
}

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
 * Encoded-words with a blank between, which readers drop. Each holds whole characters and decodes alone.
 * Q where at most a third of the characters must be escaped, else B: Latin text stays readable, also to spam filters,
 * which count Base64 that need not be.
 * @param column where the first one begins in its line
 */
function encodeWords(text: string, column: number): string {
  const characters = Array.from(text);
  const escaped = characters.filter((character) => quoteCharacter(character).length > 1).length;
  const byBase64 = escaped * 3 > characters.length;
  const words: string[] = [];
  let room = Math.min(encodedWordCharactersMax, lineCharactersMax - column) - wordAffixLength;
  let content = "";
  let size = 0;
  const close = () => {
    if (content !== "") words.push(byBase64 ? writeBase64Word(content) : `=?utf-8?q?${content}?=`);
    content = "";
    size = 0;
    room = encodedWordCharactersMax - wordAffixLength;
  };
  for (const character of characters) {
    const piece = byBase64 ? character : quoteCharacter(character);
    const pieceSize = byBase64 ? Buffer.byteLength(character, "utf8") : piece.length;
    const sizeMax = byBase64 ? Math.trunc(room / 4) * 3 : room;
    if (size + pieceSize > sizeMax) close();
    content += piece;
    size += pieceSize;
  }
  close();
  return words.join(" ");
}

function writeBase64Word(content: string): string {
  return `=?utf-8?b?${Buffer.from(content, "utf8").toString("base64")}?=`;
}

function quoteCharacter(character: string): string {
  if (literalInWord.test(character)) return character;
  if (character === " ") return "_";
  return Buffer.from(character, "utf8").toString("hex").toUpperCase().replace(/../g, "=$&");
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

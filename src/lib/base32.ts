/** RFC 4648 section 7, in lower case: survives systems that fold the case of addresses. */
const alphabet = "0123456789abcdefghijklmnopqrstuv";

/** Without padding; five bits a character, the last one filled with zeroes. */
export function encodeBase32(bytes: Uint8Array): string {
  let encoded = "";
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    while (heldBits >= 5) {
      heldBits -= 5;
      encoded += alphabet[(held >>> heldBits) & 31];
    }
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? encoded : encoded + alphabet[(held << (5 - heldBits)) & 31];
}

/** Any case; `null` for what `encodeBase32` does not write (other characters, spare bits that are set). */
export function decodeBase32(text: string): Buffer | null {
  const bytes = Buffer.alloc(Math.trunc((text.length * 5) / 8));
  let held = 0;
  let heldBits = 0;
  let length = 0;
  for (const character of text.toLowerCase()) {
    const value = alphabet.indexOf(character);
    if (value === -1) return null;
    held = (held << 5) | value;
    heldBits += 5;
    if (heldBits >= 8) {
      heldBits -= 8;
      bytes[length] = held >>> heldBits;
      length += 1;
      held &= (1 << heldBits) - 1;
    }
  }
  return heldBits < 5 && held === 0 ? bytes : null;
}

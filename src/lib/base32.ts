/*
 * Base32 with the extended hex alphabet (RFC 4648 section 7), in lower case and without padding: survives systems that
 * fold the case of addresses.
 */

const digits = "0123456789abcdefghijklmnopqrstuv";

/** Five bytes are eight digits. */
const groupBytes = 5;
const groupDigits = 8;

/** Two digits for each ten bits: a mail carries some forty, so they are looked up. */
const pairs: readonly string[] = Array.from({ length: 1024 }, (_, bits) => `${digits[bits >> 5]}${digits[bits & 31]}`);

/** The last digit is filled with zero bits. */
export function encodeBase32(bytes: Uint8Array): string {
  let encoded = "";
  for (let start = 0; start < bytes.length; start += groupBytes) {
    const a = bytes[start] as number;
    const b = bytes[start + 1] ?? 0;
    const c = bytes[start + 2] ?? 0;
    const d = bytes[start + 3] ?? 0;
    const e = bytes[start + 4] ?? 0;
    encoded += pairs[(a << 2) | (b >> 6)];
    encoded += pairs[((b & 63) << 4) | (c >> 4)];
    encoded += pairs[((c & 15) << 6) | (d >> 2)];
    encoded += pairs[((d & 3) << 8) | e];
  }
  return encoded.slice(0, Math.ceil((bytes.length * 8) / 5));
}

/** Any case; `null` for what `encodeBase32` does not write (other characters, spare bits that are set). */
export function decodeBase32(text: string): Buffer | null {
  const bytes = Buffer.alloc(Math.trunc((text.length * 5) / 8));
  let written = 0;
  for (let start = 0; start < text.length; start += groupDigits) {
    const group = text.slice(start, start + groupDigits).toLowerCase();
    if (!/^[0-9a-v]+$/.test(group)) return null;
    const length = Math.trunc((group.length * 5) / 8);
    if (length === 0) return null;
    const bits = Number.parseInt(group.padEnd(groupDigits, "0"), 32);
    bytes.writeUIntBE(Math.trunc(bits / 256 ** (groupBytes - length)), written, length);
    written += length;
  }
  return encodeBase32(bytes) === text.toLowerCase() ? bytes : null;
}

/** Codes that change each half minute (RFC 6238 over RFC 4226): SHA-1, six digits, what every authenticator knows. */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

const stepSeconds = 30;
const digits = 6;
/** RFC 6238 section 5.2 recommends one step for clocks that differ and codes that are typed slowly. */
const toleranceSteps = 1;
/** RFC 4226 section 4: 160 bits are recommended. */
const secretBytes = 20;

/** RFC 4648 section 6, the alphabet in which authenticators read secrets; it has no 0, 1, 8, 9. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** @returns the secret in base32, as it is typed into an authenticator */
export function createTotpSecret(): string {
  return encode(randomBytes(secretBytes));
}

export function totpStepAt(nowMs: number): number {
  return Math.floor(nowMs / 1_000 / stepSeconds);
}

export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", decode(secret)).update(counter).digest();
  const offset = (mac[mac.length - 1] as number) & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, "0");
}

/**
 * @param lastStep of the code that was taken last: it and those before it hold no more (RFC 6238 section 5.2)
 * @returns the step of a code that holds, else `null`
 */
export function matchTotp(secret: string, given: string, nowMs: number, lastStep: number): number | null {
  const code = given.replaceAll(" ", "");
  if (!/^\d{6}$/.test(code)) return null;
  const current = totpStepAt(nowMs);
  let matched: number | null = null;
  for (let step = Math.max(current - toleranceSteps, lastStep + 1); step <= current + toleranceSteps; step += 1) {
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))) matched ??= step;
  }
  return matched;
}

/** What an authenticator opens: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function totpUri(secret: string, account: string): string {
  return `otpauth://totp/Broadsheet:${encodeURIComponent(account)}?secret=${secret}&issuer=Broadsheet`;
}

export const recoveryCodeCount = 10;
/** Eighty bits: nobody guesses them, so that a plain hash is enough. */
const recoveryCodeBytes = 10;

/** Sixteen letters and digits in groups of four. */
export function createRecoveryCodes(): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, () =>
    (encode(randomBytes(recoveryCodeBytes)).match(/.{4}/g) as string[]).join("-"),
  );
}

/** However it was typed; `null` for what can't be one. */
export function readRecoveryCode(given: string): string | null {
  const letters = given.toUpperCase().replaceAll(/[\s-]/g, "");
  return /^[A-Z2-7]{16}$/.test(letters) ? (letters.match(/.{4}/g) as string[]).join("-") : null;
}

/** @param secrets of the installation. @returns one key each, good for secrets of authenticators alone (RFC 5869) */
export function createTotpKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "second factors", 32)));
}

/** And for what a browser carries between the password and the code. */
export function createTicketKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "sign-in tickets", 32)));
}

/** Whole groups of five bytes alone, which is what is made here. */
function encode(bytes: Buffer): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return bits.replaceAll(/.{5}/g, (five) => alphabet[Number.parseInt(five, 2)] as string);
}

function decode(secret: string): Buffer {
  let bits = "";
  for (const digit of secret) bits += alphabet.indexOf(digit).toString(2).padStart(5, "0");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

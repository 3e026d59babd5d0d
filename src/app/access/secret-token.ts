import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Nobody guesses 256 bits. */
const tokenBytes = 32;

/** What a browser or a link carries; the database keeps only its hash, so that a copy of it opens nothing. */
export function createSecretToken(): string {
  return randomBytes(tokenBytes).toString("base64url");
}

/** No slow hash is needed: the token is no password that somebody chose. */
export function hashSecretToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The word that each form of a session carries and no other site can know. */
export function createFormToken(sessionToken: string): string {
  return createHash("sha256").update(`form:${sessionToken}`).digest("base64url");
}

/** In a time that tells nothing of where they differ. */
export function isSameToken(given: string, expected: string): boolean {
  return timingSafeEqual(hashSecretToken(given), hashSecretToken(expected));
}

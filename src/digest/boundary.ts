import { createHash } from "node:crypto";

/**
 * A MIME boundary that follows from a seed (the Digest's id and the variant's key), so that all recipients share it. It
 * holds `=_`, which neither quoted-printable nor base64 can produce (RFC 2045 section 6.7, last note): whatever a
 * recipient's values contain, it occurs in no part.
 */
export function createBoundary(seed: string): string {
  return `=_${createHash("sha256").update(seed).digest("hex").slice(0, 32)}`;
}

/** Whether a boundary keeps that promise (and RFC 2046 section 5.1.1, 70 characters). */
export function isSafeBoundary(boundary: string): boolean {
  return /^=_[A-Za-z0-9._-]{1,68}$/.test(boundary);
}

import { createHash, timingSafeEqual } from "node:crypto";

/** Compares what somebody sent with a secret, in a time that tells nothing of either, not even the length. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

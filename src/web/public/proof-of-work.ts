import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { systemClock, type Clock } from "../../lib/clock.ts";

/*
 * A puzzle that a browser solves by itself while its reader types: find a number whose hash with the challenge begins with
 * enough zero bits. It costs her a blink and a flood of sign-ups its speed. Nobody else is asked, and who runs no scripts
 * signs up all the same, within tighter limits.
 */

/** About 65,000 hashes: some tenths of a second in a browser. */
export const proofBits = 16;

const challengeMsMax = 3_600_000;
/** Challenges that were used and could be used again; past it the oldest are forgotten. */
const usedMax = 100_000;
const macBytes = 16;

export interface ProofOfWork {
  create(): string;
  /** Whether the answer solves one of our challenges, for the first time. */
  check(challenge: string, answer: string): boolean;
}

export function createProofOfWork(secret: string, clock: Clock = systemClock): ProofOfWork {
  const key = Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "sign-up challenge", 32));
  const used = new Set<string>();
  const macOf = (text: string): Buffer => createHmac("sha256", key).update(text).digest().subarray(0, macBytes);
  return {
    create() {
      const text = `${clock.now().getTime().toString(36)}.${randomBytes(9).toString("base64url")}`;
      return `${text}.${macOf(text).toString("base64url")}`;
    },
    check(challenge, answer) {
      if (challenge.length > 100 || !/^\d{1,12}$/.test(answer) || used.has(challenge)) return false;
      const cut = challenge.lastIndexOf(".");
      const mac = Buffer.from(challenge.slice(cut + 1), "base64url");
      const text = challenge.slice(0, Math.max(cut, 0));
      if (mac.length !== macBytes || !timingSafeEqual(mac, macOf(text))) return false;
      const ageMs = clock.now().getTime() - Number.parseInt(text, 36);
      if (!(ageMs >= 0 && ageMs <= challengeMsMax) || !isSolved(challenge, answer)) return false;
      used.add(challenge);
      if (used.size > usedMax) used.delete(used.values().next().value as string);
      return true;
    },
  };
}

function isSolved(challenge: string, answer: string): boolean {
  const hash = createHash("sha256").update(`${challenge}:${answer}`).digest();
  return hash.readUInt32BE(0) >>> (32 - proofBits) === 0;
}

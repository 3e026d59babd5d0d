import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Clock } from "../../../src/lib/clock.ts";
import { createProofOfWork, proofBits } from "../../../src/web/public/proof-of-work.ts";

const secret = "a secret of more than sixteen characters";

function clockAt(start: number): Clock & { set(ms: number): void } {
  let now = start;
  return { now: () => new Date(now), monotonicMs: () => now, after: () => () => {}, set: (ms) => void (now = ms) };
}

/** By counting, as the page's script does: written out here, so that the two agree on what a solution is. */
function solve(challenge: string): string {
  for (let answer = 0; ; answer += 1) {
    const [first = 1, second = 1] = createHash("sha256").update(`${challenge}:${answer}`).digest();
    if (first === 0 && second === 0) return String(answer);
  }
}

it("A solved challenge counts once", () => {
  expect(proofBits).toBe(16);
  const proofs = createProofOfWork(secret, clockAt(1_000_000));
  const challenge = proofs.create();
  const answer = solve(challenge);
  expect(proofs.check(challenge, String(Number(answer) + 1))).toBe(false);
  expect(proofs.check(challenge, answer)).toBe(true);
  expect(proofs.check(challenge, answer)).toBe(false);
});

it("A challenge that we did not make, or made more than an hour ago, is worth nothing", () => {
  const clock = clockAt(1_000_000);
  const proofs = createProofOfWork(secret, clock);
  const foreign = createProofOfWork("another secret of some thirty characters", clock).create();
  expect(proofs.check(foreign, solve(foreign))).toBe(false);
  const old = proofs.create();
  const answer = solve(old);
  clock.set(1_000_000 + 3_600_001);
  expect(proofs.check(old, answer)).toBe(false);
  for (const [challenge, said] of [
    ["", ""],
    ["a.b.c", "1"],
    ["x".repeat(1_000), "1"],
    [old, "-1"],
    [old, "1e3"],
  ] as const) {
    expect(proofs.check(challenge, said)).toBe(false);
  }
});

import { describe, expect, it } from "vitest";
import {
  createRecoveryCodes,
  createTotpSecret,
  matchTotp,
  readRecoveryCode,
  totpCode,
  totpStepAt,
  totpUri,
} from "../../../src/domain/totp.ts";

/** "12345678901234567890" in base32, the secret of RFC 6238 appendix B. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

describe("a code", () => {
  // Appendix B has eight digits; six are the last six of them (RFC 4226 section 5.3).
  it.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("at %i seconds is that of RFC 6238", (seconds, eight) => {
    expect(totpCode(secret, totpStepAt(seconds * 1_000))).toBe(eight.slice(2));
  });

  it("holds one step before and after its own, and no longer", () => {
    const nowMs = 1_234_567_890_000;
    const step = totpStepAt(nowMs);
    const holds = [-2, -1, 0, 1, 2].map((off) => matchTotp(secret, totpCode(secret, step + off), nowMs, 0));
    expect(holds).toEqual([null, step - 1, step, step + 1, null]);
  });

  it("is taken once, and none before it afterwards", () => {
    const nowMs = 1_234_567_890_000;
    const step = totpStepAt(nowMs);
    expect(matchTotp(secret, totpCode(secret, step), nowMs, step)).toBeNull();
    expect(matchTotp(secret, totpCode(secret, step - 1), nowMs, step)).toBeNull();
    expect(matchTotp(secret, totpCode(secret, step + 1), nowMs, step)).toBe(step + 1);
  });

  it("may be typed in two groups; nothing but six digits is one", () => {
    expect(matchTotp(secret, "287 082", 59_000, 0)).toBe(1);
    for (const given of ["", "28708", "2870820", "28708x", "٢٨٧٠٨٢"])
      expect(matchTotp(secret, given, 59_000, 0)).toBeNull();
  });
});

it("gives an authenticator 160 bits that nobody had before", () => {
  const made = createTotpSecret();
  expect(made).toMatch(/^[A-Z2-7]{32}$/);
  expect(createTotpSecret()).not.toBe(made);
  expect(totpUri(made, "a+b@example.com")).toBe(
    `otpauth://totp/Broadsheet:a%2Bb%40example.com?secret=${made}&issuer=Broadsheet`,
  );
});

it("reads a recovery code however it is typed", () => {
  const codes = createRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  const code = codes[0] as string;
  expect(code).toMatch(/^(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  expect(readRecoveryCode(` ${code.toLowerCase().replaceAll("-", " ")} `)).toBe(code);
  expect(readRecoveryCode("123456")).toBeNull();
});

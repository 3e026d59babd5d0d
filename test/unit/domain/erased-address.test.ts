import { expect, it } from "vitest";
import { createErasureKeys, erasedKeyOf, erasedKeysOf } from "../../../src/domain/erased-address.ts";

const [current, former] = createErasureKeys(["the secret of this year", "the secret of last year"]) as [Buffer, Buffer];

it("names the same address the same way, and every other one differently", () => {
  expect(erasedKeyOf("ada@example.com", current)).toMatch(/^#[0-9a-f]{64}$/);
  expect(erasedKeyOf("ada@example.com", current)).toBe(erasedKeyOf("ada@example.com", current));
  expect(erasedKeyOf("ada@example.org", current)).not.toBe(erasedKeyOf("ada@example.com", current));
});

it("tells nothing without the key", () => {
  expect(erasedKeyOf("ada@example.com", former)).not.toBe(erasedKeyOf("ada@example.com", current));
});

it("still knows those who were erased under a former secret", () => {
  const tombstone = erasedKeyOf("ada@example.com", former);
  expect(erasedKeysOf("ada@example.com", [current, former])).toContain(tombstone);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBase32, encodeBase32 } from "../../../src/lib/base32.ts";

/** RFC 4648 section 10, in lower case and without padding. */
test.each([
  ["", ""],
  ["f", "co"],
  ["fo", "cpng"],
  ["foo", "cpnmu"],
  ["foob", "cpnmuog"],
  ["fooba", "cpnmuoj1"],
  ["foobar", "cpnmuoj1e8"],
])("%j in base32 is %j", (text, encoded) => {
  expect(encodeBase32(Buffer.from(text))).toBe(encoded);
  expect(decodeBase32(encoded)?.toString()).toBe(text);
  expect(decodeBase32(encoded.toUpperCase())?.toString()).toBe(text);
});

test("base32 gives any bytes back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (array) => {
      const bytes = Buffer.from(array);
      expect(decodeBase32(encodeBase32(bytes))?.equals(bytes)).toBe(true);
    }),
  );
});

test.each(["c", "cp", "cpnmuoh", "w", "c=", "co======", " co", "cpnmuoj1c", "é"])("%j is not written by it", (text) => {
  expect(decodeBase32(text)).toBeNull();
});

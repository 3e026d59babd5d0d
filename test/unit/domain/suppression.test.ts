import { expect, it } from "vitest";
import { readSuppressionKey } from "../../../src/domain/suppression.ts";

it.each([
  [" Ada@Example.com ", "ada@example.com"],
  ["@Bücher.example", "@xn--bcher-kva.example"],
  [`#${"0a".repeat(32)}`, `#${"0a".repeat(32)}`],
  ["#hash@example.com", "#hash@example.com"],
])("%s is the key %s", (text, key) => {
  expect(readSuppressionKey(text)).toEqual({ key });
});

it.each([
  ["example.com", "For the whole domain write @example.com."],
  ["@", "nothing after the @"],
  ["@-example.com", "hyphen"],
  ["#0a", "has no @"],
  ["", "no address"],
])("%j is refused with: %s", (text, words) => {
  expect(readSuppressionKey(text)).toEqual({ problem: expect.stringContaining(words) });
});

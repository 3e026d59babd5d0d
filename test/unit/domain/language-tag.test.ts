import { expect, it } from "vitest";
import { canonicalLanguage } from "../../../src/domain/language-tag.ts";

it.each([
  ["de", "de"],
  ["DE_at", "de-AT"],
  ["pt-br", "pt-BR"],
  ["zh-hant-tw", "zh-Hant-TW"],
  ["ger", "de"],
])("%s is %s", (given, tag) => {
  expect(canonicalLanguage(given)).toBe(tag);
});

it.each(["", "deutsch", "english", "xx", "und", "x-klingon", "de de", "de\n", "a".repeat(500)])(
  "%j is no language",
  (given) => {
    expect(canonicalLanguage(given)).toBeNull();
  },
);

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, padText } from "../../../src/digest/display-width.ts";
import { wrapText } from "../../../src/digest/wrap-text.ts";

describe("the width of a text", () => {
  it.each([
    ["abc", 3],
    ["日本語", 6],
    ["ｱｲｳ", 3],
    ["e\u0301", 1],
    ["🎉", 2],
    ["\u2068شكرا\u2069", 4],
    ["한국", 4],
  ])("of %s is %i columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("is filled up on the side that is asked for", () => {
    expect(padText("日本", 6, "end")).toBe("日本  ");
    expect(padText("12", 4, "start")).toBe("  12");
    expect(padText("too long", 3, "start")).toBe("too long");
  });
});

describe("wrapped text", () => {
  it("breaks at spaces and keeps line breaks that are there", () => {
    expect(wrapText("one two three\nfour", { columns: 8 })).toBe("one two\nthree\nfour");
  });

  it("stands behind a bullet and goes on below its text", () => {
    expect(wrapText("one two three", { columns: 10, first: "- " })).toBe("- one two\n  three");
    expect(wrapText("one two three", { columns: 10, first: "> ", rest: "> " })).toBe("> one two\n> three");
  });

  it("never breaks an address, however long", () => {
    const address = `https://example.com/${"a".repeat(100)}`;
    expect(wrapText(`see ${address} there`)).toBe(`see\n${address}\nthere`);
  });

  it("breaks East Asian text between characters, but not before a full stop or after a bracket", () => {
    expect(wrapText("今日は晴れ。", { columns: 10 })).toBe("今日は晴\nれ。");
    expect(wrapText("今日は「晴れ」", { columns: 8 })).toBe("今日は\n「晴れ」");
    expect(wrapText("日本語English語", { columns: 8 })).toBe("日本語\nEnglish\n語");
  });

  it("counts what is filled in later with a width of its own", () => {
    const marker = "\uE0001\uE000";
    const slotPattern = /\uE000\d+\uE000/g;
    expect(wrapText(`Hello dear ${marker}, welcome`, { columns: 20, slotPattern })).toBe(
      `Hello dear\n${marker},\nwelcome`,
    );
  });

  it("loses nothing, adds nothing but line breaks, and keeps to its columns where words allow it", () => {
    const word = fc.oneof(
      fc.string({ unit: fc.constantFrom(..."abcdef"), minLength: 1, maxLength: 12 }),
      fc.constantFrom("東京タワー", "。", "（注）", "🎉"),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
        const wrapped = wrapText(words.join(" "), { columns: 24 });
        expect(wrapped.replace(/\s/g, "")).toBe(words.join(""));
        for (const line of wrapped.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(24);
      }),
    );
  });
});

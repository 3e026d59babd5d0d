import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, test } from "vitest";
import { canonicalField, encodeMailbox, encodeUnstructured, foldField } from "../../../src/digest/header-text.ts";
import { cleanHeaderText } from "../../../src/digest/clean-text.ts";
import { canonicaliseField } from "../../../src/digest/dkim-canonical.ts";

/** Names and subjects as people have them, and as attackers do. */
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.stringMatching(/^[ -~]{0,200}$/),
  fc.constantFrom(
    "x\r\nBcc: evil@example.com",
    "a\0b",
    "=?utf-8?q?trick?=",
    'Ada "the first" \\',
    "x".repeat(1200),
    "",
    "日本語の件名".repeat(20),
  ),
  fc
    .array(fc.constantFrom("👩‍👩‍👧‍👦", "שלום עולם", "مرحبا", "日本", "é", "e\u0301", " ", "a,b;<>@", "\u{1f1ea}\u{1f1f8}"), {
      maxLength: 40,
    })
    .map((pieces) => pieces.join("")),
);

const encodedWord = /=\?[^?]+\?[^?]+\?[^?]*\?=/g;

function expectSafeLines(field: string): void {
  expect(field.endsWith("\r\n")).toBe(true);
  const lines = field.slice(0, -2).split("\r\n");
  expect(lines.slice(1).filter((line) => !line.startsWith(" "))).toEqual([]);
  lines.forEach((line) => {
    expect(line).toMatch(/^[ -~]+$/);
    expect(line.length).toBeLessThanOrEqual(line.includes("=?") ? 76 : 998);
    expect(line.trim()).not.toBe("");
    for (const [word] of line.matchAll(encodedWord)) expect(word.length).toBeLessThanOrEqual(75);
  });
}

/** Every encoded-word on its own: strict UTF-8, so half a character throws. */
function decodeWordsAlone(field: string): void {
  const strict = new TextDecoder("utf-8", { fatal: true });
  for (const [word] of field.matchAll(encodedWord)) {
    const [, , encoding = "", content = ""] = word.split("?");
    const bytes =
      encoding === "b"
        ? Buffer.from(content, "base64")
        : Buffer.from(
            content
              .replace(/_/g, " ")
              .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            "latin1",
          );
    strict.decode(bytes);
  }
}

const parse = (field: string) => simpleParser(Buffer.from(`${field}\r\n`, "latin1"));

describe("a subject", () => {
  test("comes back whatever it holds, on safe lines, with words that decode alone", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const field = foldField("Subject", encodeUnstructured(`.${text}`, "Subject".length));
        expectSafeLines(field);
        decodeWordsAlone(field);
        expect((await parse(field)).subject).toBe(cleanHeaderText(`.${text}`));
      }),
      { numRuns: 200 },
    );
  });

  test("in ASCII stays as it is, folded before blanks", () => {
    const long = "New in May: two articles, five events and a table of numbers that took a week to collect";
    expect(foldField("Subject", encodeUnstructured(long, 7))).toBe(
      "Subject: New in May: two articles, five events and a table of numbers that\r\n took a week to collect\r\n",
    );
  });

  test("that is mostly Latin uses Q, which people and filters can read", () => {
    expect(encodeUnstructured("Neu im Mai: Grüße aus Köln", 7)).toBe(
      "=?utf-8?q?Neu_im_Mai=3A_Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=",
    );
  });

  test("of a hundred thousand plain words before a foreign one takes no longer than its length", () => {
    expect(encodeUnstructured(`${"word ".repeat(100_000)}é`, 7)).toMatch(/^=\?utf-8\?q\?word_/);
  });

  test("in Japanese uses B", () => {
    expect(encodeUnstructured("五月の新着", 7)).toBe("=?utf-8?b?5LqU5pyI44Gu5paw552A?=");
  });

  test("never contains an encoded-word that its text only looks like", async () => {
    const text = "=?utf-8?q?not_a_word?= really";
    expect((await parse(foldField("Subject", encodeUnstructured(text, 7)))).subject).toBe(text);
  });
});

describe("a mailbox", () => {
  test("gives name and address back whatever the name holds, and no word stands in quotes", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (name) => {
        const field = foldField("To", encodeMailbox(name, "ada@example.org", "To".length));
        expectSafeLines(field);
        decodeWordsAlone(field);
        for (const [quoted] of field.matchAll(/"(?:[^"\\]|\\.)*"/g)) expect(quoted).not.toMatch(/=\?/);
        const { to } = await parse(field);
        const [mailbox] = Array.isArray(to) ? [] : (to?.value ?? []);
        expect(mailbox?.address).toBe("ada@example.org");
        expect(mailbox?.name.trim()).toBe(cleanHeaderText(name));
      }),
      { numRuns: 200 },
    );
  });

  test("is the bare address where there is no name", () => {
    expect(encodeMailbox(" \r\n", "ada@example.org", 2)).toBe("ada@example.org");
  });

  test("quotes what is no atom and leaves the rest alone", () => {
    expect(encodeMailbox("Ada Lovelace", "a@example.org", 2)).toBe("Ada Lovelace <a@example.org>");
    expect(encodeMailbox('Lovelace, "Ada"', "a@example.org", 2)).toBe('"Lovelace, \\"Ada\\"" <a@example.org>');
    expect(encodeMailbox("Dr. Ada", "a@example.org", 2)).toBe('"Dr. Ada" <a@example.org>');
  });
});

describe("folding", () => {
  test("is undone by unfolding, to the relaxed form that is signed", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const value = encodeUnstructured(text, "Subject".length);
        const folded = foldField("Subject", value);
        expect(`${canonicaliseField("relaxed", folded.slice(0, -2))}\r\n`).toBe(canonicalField("Subject", value));
      }),
    );
  });
});

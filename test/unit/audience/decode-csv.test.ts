import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCsv } from "../../../src/audience/decode-csv.ts";
import { InputError } from "../../../src/lib/errors.ts";

async function decode(...pieces: Uint8Array[]): Promise<string> {
  let text = "";
  for await (const piece of decodeCsv(streamOf(pieces), "people.csv")) text += piece;
  return text;
}

async function* streamOf(pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function refusal(...pieces: Uint8Array[]): Promise<string> {
  try {
    await decode(...pieces);
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.message;
    throw thrown;
  }
  return "";
}

describe("text in UTF-8", () => {
  it("comes out as it was, whatever the pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), fc.array(fc.nat(3)), async (text, cuts) => {
        const bytes = Buffer.from(`email,${text}`);
        const pieces: Buffer[] = [];
        let start = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(start, start + cut));
          start += cut;
        }
        pieces.push(bytes.subarray(start));
        expect(await decode(...pieces)).toBe(bytes.toString());
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("loses its byte order mark, even one that comes in pieces", async () => {
    const bytes = Buffer.from("\ufeffemail\n");
    expect(await decode(bytes)).toBe("email\n");
    expect(await decode(bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2))).toBe("email\n");
  });

  it("may be empty or tiny", async () => {
    expect(await decode()).toBe("");
    expect(await decode(Buffer.from("a"))).toBe("a");
  });
});

describe("everything else is refused where it stands", () => {
  it("names line and column of a Latin-1 letter, and what it should read", async () => {
    const bytes = Buffer.from("email,lastName\nada@example.com,Lovelace\nmax@example.com,Müller\n", "latin1");
    const message = await refusal(bytes);
    expect(message).toContain('people.csv:3:18: The byte 0xFC is not UTF-8. If this should read "Müller"');
    expect(message).toContain("iconv -f WINDOWS-1252 -t UTF-8");
  });

  it("finds the place in a late piece", async () => {
    const good = Buffer.from("email\n".repeat(100_000));
    expect(await refusal(good, good, Buffer.from("ab\xe9\n", "latin1"))).toContain(
      "people.csv:200001:3: The byte 0xE9",
    );
  });

  it("refuses a character that the file's end cuts off", async () => {
    expect(await refusal(Buffer.from("email\nzo"), Buffer.from("ë").subarray(0, 1))).toContain(
      "people.csv:2:3: The byte 0xC3",
    );
  });

  it.each([
    ["with its mark, little", Buffer.from("\ufeffemail\n", "utf16le")],
    ["with its mark, big", Buffer.from("\ufeffemail\n", "utf16le").swap16()],
    ["without a mark, little", Buffer.from("email\n", "utf16le")],
    ["without a mark, big", Buffer.from("email\n", "utf16le").swap16()],
  ])("refuses UTF-16 %s", async (_, bytes) => {
    expect(await refusal(bytes)).toContain("people.csv:1: The file is in UTF-16. Save it as UTF-8");
  });

  it("refuses an Excel workbook by name", async () => {
    expect(await refusal(Buffer.from("PK\u0003\u0004 and so on"))).toContain("Excel workbook");
  });
});

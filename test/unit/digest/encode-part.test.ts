import { simpleParser } from "mailparser";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodePart } from "../../../src/digest/encode-part.ts";
import { fillBody, prepareBody } from "../../../src/digest/prepare-body.ts";
import { createBoundary } from "../../../src/digest/boundary.ts";
import type { EncodedPart } from "../../../src/domain/digest.ts";
import { plainText, type SlottedText } from "../../../src/domain/slotted-text.ts";
import { slot } from "../../support/sample-digest.ts";

const contentType = "text/plain; charset=utf-8";

/** Text that meets every rule: dots, blanks, tabs, `From `, `=`, line ends of all kinds, and other scripts. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ".",
        "..",
        " ",
        "  ",
        "\t",
        "=",
        "From ",
        "F",
        "\n",
        "\r\n",
        "\r",
        "\n\n",
        "a",
        "é",
        "日本語",
        "🎉",
        "שלום",
        "-- ",
      ),
      fc.string({ unit: "grapheme", maxLength: 90 }),
      fc.stringMatching(/^[ -~]{0,120}$/),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(""));

/** Values as they come from recipients: one line, without controls. */
const value = fc.oneof(
  fc.constantFrom("", ".", "..x", " ", "a ", " a", "From me", "x".repeat(200), "=3D", "日本", "🎉".repeat(30)),
  fc.string({ unit: "grapheme", maxLength: 60 }).map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, "")),
);

const slotted: fc.Arbitrary<{ source: SlottedText; values: string[] }> = fc.integer({ min: 0, max: 4 }).chain((count) =>
  fc.record({
    source: fc
      .array(awkward, { minLength: count + 1, maxLength: count + 1 })
      .map((chunks) => ({ chunks, slots: chunks.slice(1).map((_, index) => slot(`subscriber.v${index}`, "text")) })),
    values: fc.array(value, { minLength: count, maxLength: count }),
  }),
);

/** A part as it stands in a message: the encoded bytes for these values. */
function fill(part: EncodedPart, values: readonly string[]): Buffer {
  const empty = encodePart(plainText(""), contentType);
  const boundary = createBoundary("test");
  const variant = { key: "", subject: plainText(""), boundary, text: part, html: empty };
  const pieces = prepareBody(variant, (found) => Number(found.name.replace("subscriber.v", "")));
  const body = Buffer.concat(fillBody(pieces, values).map((piece) => Buffer.from(piece as string, "latin1")));
  const start = body.indexOf("\r\n\r\n") + 4;
  return body.subarray(start, body.indexOf(`\r\n--${boundary}`, start));
}

/** Either encoding, whichever would have been chosen. */
function encodeAs(encoding: EncodedPart["encoding"], source: SlottedText): EncodedPart {
  // Enough of one script in front of it makes that encoding the smaller one.
  const padding = encoding === "base64" ? "日本語".repeat(400) : "plain words ".repeat(400);
  const [first = "", ...rest] = source.chunks;
  return encodePart({ ...source, chunks: [`${padding}\n${first}`, ...rest] }, contentType);
}

async function decode(part: EncodedPart, values: readonly string[]): Promise<string> {
  const head = `MIME-Version: 1.0\r\nContent-Type: ${contentType}\r\nContent-Transfer-Encoding: ${part.encoding}\r\n\r\n`;
  const mail = await simpleParser(Buffer.concat([Buffer.from(head), fill(part, values)]), { skipTextToHtml: true });
  return mail.text ?? "";
}

function expected(part: EncodedPart, values: readonly string[]): string {
  const lines = (text: string) => text.replace(/\r\n|\r|\n/g, "\n").replace(/\p{Surrogate}/gu, "\ufffd");
  return part.source.chunks.map((chunk, index) => lines(chunk) + (values[index] ?? "")).join("");
}

/** What a DKIM verifier would make of it (RFC 6376 section 3.4.4), in a separate spelling. */
function relaxedBody(bytes: Buffer): string {
  const lines = bytes.toString("latin1").split("\r\n");
  return lines.map((line) => line.replace(/[ \t]+/g, " ").replace(/ $/, "")).join("\r\n");
}

function expectSafeLines(bytes: Buffer): void {
  const text = bytes.toString("latin1");
  expect(text.replace(/\r\n/g, "")).not.toMatch(/[\r\n]/);
  const unsafe = text
    .split("\r\n")
    .filter((line) => line.length > 76 || !/^[ -~]*$/.test(line) || /^\.|^From |[ \t]$/.test(line));
  expect(unsafe).toEqual([]);
  expect(relaxedBody(bytes)).toBe(text);
}

describe("a part in its transfer encoding", () => {
  test.each(["quoted-printable", "base64"] as const)("comes back through %s whatever it holds", async (encoding) => {
    await fc.assert(
      fc.asyncProperty(slotted, async ({ source, values }) => {
        const part = encodeAs(encoding, source);
        expect(part.encoding).toBe(encoding);
        // mailparser takes line ends off the end of a text.
        expect((await decode(part, values)).trimEnd()).toBe(expected(part, values).trimEnd());
      }),
      { numRuns: 150 },
    );
  });

  test.each(["quoted-printable", "base64"] as const)(
    "in %s never needs dot-stuffing and is its own relaxed form",
    (encoding) => {
      fc.assert(
        fc.property(slotted, ({ source, values }) => expectSafeLines(fill(encodeAs(encoding, source), values))),
        { numRuns: 300 },
      );
    },
  );

  test("is quoted-printable for English and base64 for Japanese, whichever is smaller", () => {
    expect(encodePart(plainText("Good morning, and welcome.\n".repeat(20)), contentType).encoding).toBe(
      "quoted-printable",
    );
    expect(encodePart(plainText("おはようございます。\n".repeat(20)), contentType).encoding).toBe("base64");
  });

  test("keeps its source, so that previews read what is sent", () => {
    const source = { chunks: ["a", "b"], slots: [slot("subscriber.v0", "text")] };
    expect(encodePart(source, contentType).source).toBe(source);
  });

  test("writes a dot as =2E at the start of a line, of a chunk and of a value", () => {
    const source = { chunks: [".a\n..b\nc", ".d\n"], slots: [slot("subscriber.v0", "text")] };
    const bytes = fill(encodeAs("quoted-printable", source), [".v"]).toString();
    expect(bytes).toMatch(/\r\n=2Ea\r\n=2E\.b\r\nc=\r\n=2Ev=\r\n=2Ed\r\n$/);
  });

  test("writes the second of two blanks and every tab in hexadecimal", () => {
    const bytes = fill(encodeAs("quoted-printable", plainText("a  b\tc   d \n")), []).toString();
    expect(bytes).toMatch(/\r\na =20b=09c =20 d=20\r\n$/);
  });
});

describe("base64 around slots", () => {
  test.each([0, 1, 2, 3, 4, 5])(
    "joins with a value of %i bytes in front, for chunks of every short length",
    async (length) => {
      for (const chunkLength of [0, 1, 2, 3, 4, 57, 58, 59]) {
        const source = {
          chunks: ["日本語".repeat(300), "x".repeat(chunkLength), "y".repeat(chunkLength), "end"],
          slots: [slot("subscriber.v0", "text"), slot("subscriber.v1", "text"), slot("subscriber.v0", "text")],
        };
        const part = encodePart(source, contentType);
        expect(part.encoding).toBe("base64");
        const values = ["v".repeat(length), "w"];
        const filled = `${source.chunks[0]}${values[0]}${source.chunks[1]}${values[1]}${source.chunks[2]}${values[0]}end`;
        expect(Buffer.from(fill(part, values).toString("latin1"), "base64").toString("utf8")).toBe(filled);
      }
    },
  );
});

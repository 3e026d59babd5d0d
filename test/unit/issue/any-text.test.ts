import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Inline, Prose } from "../../../src/domain/issue.ts";
import { parseIssue } from "../../../src/issue/parse-issue.ts";
import { InputError } from "../../../src/lib/errors.ts";
import { firstBlock, head, withBlock } from "./issue-text.ts";

const timeoutMs = 30_000;

/** What YAML, Markdown and slots are made of, so that chance finds their corners. */
const pieces = fc.constantFrom(
  ..."- |? |: |[|]|{|}|,|&a |*a|!t |'|\"|#x|%Y|<<: |__proto__: |~|.inf|0x1|é|😀|\u2028|`|**|_|[a](b)|![|===|> |<b>|\\|\t".split(
    "|",
  ),
  "|\n",
  ">\n",
  "\n",
  "  ",
  "---\n",
  "...\n",
  "blocks:\n",
  "- type: text\n",
  "text: ",
  "{{subscriber.a}}",
  "{{subscriber.a|b}}",
  head,
  `---\n${head}---\n`,
);
const soup = fc.array(pieces, { maxLength: 80 }).map((some) => some.join(""));

/** What is wrong with how an input was received: `null` for an issue with blocks, and for problems that all have places. */
function faultOf(bytes: Buffer, file: string): string | null {
  try {
    return parseIssue(bytes, file).blocks.length > 0 ? null : "an issue without blocks";
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    const wrong = thrown.problems.find(
      ({ place, message }) => !place?.line || !place.column || /undefined|\[object/.test(message),
    );
    return thrown.problems.length === 0 ? "refused without a problem" : wrong ? JSON.stringify(wrong) : null;
  }
}

describe("any text is an issue or is refused with places", () => {
  test.each(["x.yaml", "x.json", "x.md"])(
    "as %s",
    (file) => {
      fc.assert(
        fc.property(fc.oneof(soup, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
          expect(faultOf(Buffer.from(text), file)).toBeNull();
        }),
        { numRuns: 400 },
      );
    },
    timeoutMs,
  );

  test(
    "any bytes",
    () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          expect(faultOf(Buffer.from(bytes), "x.yaml")).toBeNull();
        }),
        { numRuns: 300 },
      );
    },
    timeoutMs,
  );

  test(
    "any Markdown behind a sound front matter",
    () => {
      fc.assert(
        fc.property(soup, (body) => {
          expect(faultOf(Buffer.from(`---\n${head}---\n${body}`), "x.md")).toBeNull();
        }),
        { numRuns: 400 },
      );
    },
    timeoutMs,
  );
});

const braces = fc
  .array(
    fc.constantFrom(
      "{",
      "}",
      "{{",
      "}}",
      "|",
      "subscriber",
      ".",
      "name",
      "#if",
      "/",
      " ",
      "<",
      ">",
      "evil",
      "&",
      "'",
      '"',
    ),
    { minLength: 1, maxLength: 30 },
  )
  .map((some) => some.join("").trim())
  .filter((text) => text !== "" && !/\{\{subscriber\.[A-Za-z]/.test(text));

describe("braces that are no slot are literal", () => {
  test(
    "in a title",
    () => {
      fc.assert(
        fc.property(braces, (title) => {
          const block = firstBlock(withBlock(`type: text\ntitle: ${JSON.stringify(title)}\ntext: x`), "text");
          expect(block.title).toEqual([{ type: "text", text: title }]);
        }),
        { numRuns: 300 },
      );
    },
    timeoutMs,
  );

  test(
    "in a text, between words, there is no slot either and no brace is lost",
    () => {
      fc.assert(
        fc.property(braces, (middle) => {
          const block = firstBlock(withBlock(`type: text\ntext: ${JSON.stringify(`a ${middle} b`)}`), "text");
          const words = wordsOf(block.body);
          expect(words.slots).toBe(0);
          expect(words.text.replace(/[^{}]/g, "")).toBe(middle.replace(/[^{}]/g, ""));
        }),
        { numRuns: 300 },
      );
    },
    timeoutMs,
  );
});

function wordsOf(body: readonly Prose[]): { text: string; slots: number } {
  let text = "";
  let slots = 0;
  const visit = (inline: Inline): void => {
    if (inline.type === "text" || inline.type === "code") text += inline.text;
    else if (inline.type === "slot") slots++;
    else if ("children" in inline) inline.children.forEach(visit);
  };
  for (const part of body) if (part.type === "paragraph") part.children.forEach(visit);
  return { text, slots };
}

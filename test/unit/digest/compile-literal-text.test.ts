import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import { compileDigest } from "../../../src/digest/compile-digest.ts";
import type { Issue } from "../../../src/domain/issue.ts";
import { stripControls } from "../../../src/lib/escape.ts";
import type { SlottedText } from "../../../src/domain/slotted-text.ts";
import {
  createEvent,
  createRichIssue,
  paragraph,
  resolveEveryPicture,
  richSender,
  text,
} from "../../support/rich-issue.ts";

const template = await loadTemplate("templates/digest");

/** What authors or their guests may write; none of it is anything but text. */
const hostile = [
  "{{evil}} {{{evil}}} {{#each x}} {{> footer}} {{slot 'subscriber.address'}}",
  "<script>alert(1)</script><img src=x onerror=alert(1)>",
  "</mj-text></mj-column><mj-raw>out</mj-raw><mj-include path='/etc/passwd' />",
  "<!--[if mso]><b>Outlook only</b><![endif]--> <!-- gone? --> <style>*{display:none}</style>",
  "$& $1 $$ $` \\1 \\n %s",
  '" onmouseover="alert(1)" x=" \' ` =',
  "private \uE000 \uE0000\uE000 \uE000\uE001\uF8FF use",
  "&lt;b&gt; &amp; &#60; &nbsp; &copy",
  "un\u00A0breakable and full\u3000width",
];

describe("text of an issue", () => {
  it.each(hostile)("stays the text it is: %s", async (words) => {
    const issue = everywhere(words);
    const { html, text: plain } = await compile(issue);
    const read = readText(html);
    // The title, the first paragraph, the event, the article, the quotation, the links and the sign-off.
    expect(read.split(words).length - 1).toBeGreaterThanOrEqual(9);
    expect(html).not.toMatch(/<script|<img src=x|<mj-|onmouseover="|<b>/);
    expect(unwrap(plain).split(unwrap(words)).length - 1).toBeGreaterThanOrEqual(9);
  });

  it("stays the text it is whatever it holds", async () => {
    const character = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(..."<>&\"'`={}/-!$\\.#\uE000\uE001\uF8FF\u{F0000}é漢🎉 ") },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
    );
    const words = fc
      .array(character, { minLength: 1, maxLength: 40 })
      // White space at the ends and in a row is not drawn, and control characters are refused when an issue is read.
      .map((all) => stripControls(all.join("")).replace(/\s+/g, " ").trim())
      .filter((line) => line !== "");
    await fc.assert(
      fc.asyncProperty(words, async (line) => {
        const { html, text: plain } = await compile(createRichIssue({ title: text(line), blocks: [] }));
        const heading = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? "";
        expect(decode(heading)).toBe(line);
        expect(plain.replace(/\s/g, "")).toContain(line.replace(/\s/g, ""));
      }),
      { numRuns: 25 },
    );
  });

  it("can't forge a slot, even by the character that would mark one", async () => {
    const forged = Array.from({ length: 12 }, (_, index) => `\uE000${index}\uE000`).join("");
    const { slotNames, html } = await compile(createRichIssue({ title: text(forged), blocks: [] }));
    expect(slotNames).toEqual(["link.view", "subscriber.address", "link.preferences", "link.unsubscribe"]);
    expect(readText(html)).toContain(forged);
  });
});

function everywhere(words: string): Issue {
  const place = { file: "issues/hostile.yaml" };
  return createRichIssue({
    title: text(words),
    preheader: text(words),
    edition: words,
    blocks: [
      { type: "text", place, title: text(words), body: [paragraph(words)] },
      {
        type: "events",
        place,
        intro: [],
        groups: [
          { place: words, events: [createEvent(0, { title: text(words), location: words, speakers: [words] })] },
        ],
      },
      { type: "article", place, title: text(words), body: [{ type: "code", text: words }] },
      { type: "quotation", place, text: [{ type: "text", text: words }], by: words },
      { type: "links", place, items: [{ title: text(words), href: "https://example.com/", source: words, body: [] }] },
      { type: "signoff", place, body: [], from: words },
    ],
  });
}

async function compile(issue: Issue) {
  const pictures = resolveEveryPicture(issue);
  const publicUrl = "https://news.example.com";
  const { variants } = await compileDigest({ issue, template, sender: richSender, pictures, publicUrl });
  const variant = variants.get("");
  if (!variant) throw new Error("there is one variant");
  return {
    html: whole(variant.html.source),
    text: whole(variant.text.source),
    slotNames: variant.text.source.slots.map((slot) => slot.name),
  };
}

function whole(source: SlottedText): string {
  return source.chunks.join("");
}

/** What a reader reads: tags away, entities as the characters they stand for. */
function readText(html: string): string {
  const body = html.slice(html.indexOf("<body"));
  return decode(body.replace(/<!--[\s\S]*?-->/g, "").replace(/<[a-z/][^>]*>/gi, "\n"));
}

function decode(html: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return html.replace(/&(?:#x([0-9a-f]+)|(\w+));/gi, (whole, code: string, name: string) =>
    code ? String.fromCodePoint(Number.parseInt(code, 16)) : (named[name] ?? whole),
  );
}

/** Line breaks and a quotation's or list's marks come from the wrapping. */
function unwrap(plain: string): string {
  return plain.replace(/\n(> | +)?/g, " ").replace(/\s+/g, "");
}

import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { templateLanguages } from "../../../src/domain/issue.ts";
import { wordsFor } from "../../../src/digest/words/words.ts";
import { compileIssueHere, fillForReader, readIssueFile, templateNames } from "../../support/compile-file.ts";
import { createRichIssue } from "../../support/rich-issue.ts";

/** The size that the sample of May 2024 has to stay under, so that Gmail (102 KB) never cuts the footer off. */
const sizeBytesMax = 60_000;

const samples = [
  ...templateNames.map((name) => `templates/${name}/sample.yaml`),
  ...readdirSync("issues")
    .filter((name) => /\.(yaml|json|md)$/.test(name))
    .map((name) => `issues/${name}`),
];

describe.each(samples)("the mail of %s", (file) => {
  const compiled = compileIssueHere(readIssueFile(file)).then(({ html, text }) => ({
    html: fillForReader(html.source),
    text: fillForReader(text.source),
  }));

  it("is small enough to be shown whole", async () => {
    const { html } = await compiled;
    expect(Buffer.byteLength(html)).toBeLessThan(sizeBytesMax);
  });

  it("says the same links in its text as in its HTML", async () => {
    const { html, text } = await compiled;
    const inHtml = [...html.matchAll(/<a\b[^>]*? href="([^"]+)"/g)].map((match) => address(match[1] as string));
    const inText = [...text.matchAll(/(?:https?:\/\/[^\s<>]+|(?<=<)[^\s<>@]+@[^\s<>]+)/g)].map(([match]) => match);
    expect(new Set(inText)).toEqual(new Set(inHtml));
    expect(inText).toContain("https://news.example.com/unsubscribe/AbCd0123");
    expect(text).toContain("1 Quay Street");
  });

  it("has lines of at most 72 columns in its text, but for addresses", async () => {
    const { text } = await compiled;
    const long = text.split("\n").filter((line) => line.length > 72 && !line.includes("https://"));
    expect(long).toEqual([]);
    expect(text).not.toMatch(/[ \t]$/m);
  });

  it("has one h1 and skips no level of heading", async () => {
    const { html } = await compiled;
    const levels = [...html.matchAll(/<h([1-6])\b/g)].map((match) => Number(match[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
  });

  it("describes every picture, and marks every table that only lays out", async () => {
    const { html } = await compiled;
    for (const [picture] of html.matchAll(/<img\b[^>]*>/g)) expect(picture).toMatch(/ alt="[^"]*"/);
    const tables = html.match(/<table\b[^>]*>/g) ?? [];
    const layout = tables.filter((table) => table.includes('role="presentation"'));
    const data = html.match(/<th scope="col"/g) ? [...html.matchAll(/<table\b[^>]*>(?:<caption|<thead)/g)].length : 0;
    expect(layout.length + data).toBe(tables.length);
  });

  it("reaches for nothing but https and mailto", async () => {
    const { html } = await compiled;
    const used = [...html.matchAll(/ (?:href|src|background)="([^"]*)"/g)].map((match) => match[1] as string);
    expect(used.filter((value) => !/^(https:\/\/|mailto:)/.test(value))).toEqual([]);
    expect(html).not.toMatch(/<(script|form|link|iframe)\b|@import|url\(/);
  });
});

describe.each(templateNames)("the template %s", (template) => {
  it.each(templateLanguages)("speaks %s", async (lang) => {
    const direction = lang === "ar" ? "rtl" : "ltr";
    const { html, text } = await compileIssueHere(createRichIssue({ template, lang, direction }));
    const filled = fillForReader(html.source);
    const { viewInBrowser, unsubscribe, preferences, allDay, addToCalendar } = wordsFor(lang);
    expect(filled).toMatch(new RegExp(`^<!doctype html><html lang="${lang}" dir="${direction}"`));
    expect(filled).toMatch(new RegExp(`role="article" lang="${lang}" dir="${direction}"`));
    for (const word of [viewInBrowser, unsubscribe, preferences, allDay, addToCalendar]) {
      expect(filled).toContain(word);
      expect(fillForReader(text.source)).toContain(word);
    }
  });

  it("hides the preheader, in the words' own colour, as the first text of the body", async () => {
    const { html } = await compileIssueHere(createRichIssue({ template }));
    const body = fillForReader(html.source).split(/<body\b[^>]*>/)[1] ?? "";
    const [first] = /<div style="display:none[^>]*>[^<]*<\/div>/.exec(body) ?? [""];
    expect(body.slice(0, body.indexOf(first)).replace(/<[^>]*>/g, "")).toBe("");
    expect(first).toContain("Where to meet us in June");
    expect(first).toMatch(/display:none;max-height:0;.*mso-hide:all/);
    expect(first).not.toMatch(/color:#fff/i);
  });

  it("keeps what dark mode, Outlook.com and Outlook for Windows read", async () => {
    const { html } = await compileIssueHere(createRichIssue({ template }));
    const source = fillForReader(html.source);
    expect(source).toContain('<meta name="color-scheme" content="light dark">');
    expect(source).toMatch(/@media \(prefers-color-scheme:dark\)\{\.ground/);
    expect(source).toContain("[data-ogsc] .ink");
    expect(source).toContain("[data-ogsb] .card");
    expect(source).toContain("<o:PixelsPerInch>96</o:PixelsPerInch>");
    expect(source.match(/<!--\[if/g)?.length).toBe(source.match(/<!\[endif\]-->/g)?.length);
    expect(Buffer.byteLength([...source.matchAll(/<style[^>]*>([^<]*)/g)].join(""))).toBeLessThan(16_000);
  });
});

describe("numbers", () => {
  it("are a table with heads in the HTML and columns in the text, written as the language does", async () => {
    const { html, text } = await compileIssueHere(createRichIssue({ lang: "de" }));
    expect(fillForReader(html.source)).toMatch(
      /<th scope="row"[^>]*>Llama 3<\/th><td[^>]*>1\.203<\/td><td[^>]*>9,5<\/td>/,
    );
    expect(fillForReader(text.source)).toContain(
      ["Model    English  Code", "-------  -------  ----", "Llama 3    1.203   9,5", "Mistral    1.388  11,0"].join(
        "\n",
      ),
    );
  });
});

/** As the plain text writes it: entities resolved, `mailto:` left out. */
function address(href: string): string {
  return href
    .replace(
      /&(amp|#x3D|quot|#x27);/g,
      (whole) => ({ "&amp;": "&", "&#x3D;": "=", "&quot;": '"', "&#x27;": "'" })[whole] ?? whole,
    )
    .replace(/^mailto:/, "");
}

import { describe, expect, test } from "vitest";
import type { Inline, Prose } from "../../../src/domain/issue.ts";
import { head, parse, problemsOf } from "./issue-text.ts";

const front = `---\n${head}---\n`;
const text = (words: string): Inline => ({ type: "text", text: words });
const paragraph = (words: string): Prose => ({ type: "paragraph", children: [text(words)] });

/** The blocks of a body, without their places. */
function blocksOf(body: string): unknown[] {
  return parse(front + body, "a.md").blocks.map(({ place: _, ...block }) => block);
}

describe("a Markdown issue", () => {
  test("front matter has the fields, and headings divide the body into blocks with their places", () => {
    const issue = parse(
      `---\n${head}edition: No. 3\n---\n\nHello.\n\n## First *part*\n\nOne.\n\n### Smaller\n\nTwo.\n\n# Second\n`,
      "a.md",
    );
    expect(issue).toMatchObject({ slug: "a", edition: "No. 3", subject: [text("A subject")] });
    expect(issue.blocks).toEqual([
      { type: "text", body: [paragraph("Hello.")], place: { file: "a.md", line: 9, column: 1 } },
      {
        type: "text",
        title: [text("First "), text("part")],
        body: [paragraph("One."), { type: "heading", level: 3, children: [text("Smaller")] }, paragraph("Two.")],
        place: { file: "a.md", line: 11, column: 1 },
      },
      { type: "text", title: [text("Second")], body: [], place: { file: "a.md", line: 19, column: 1 } },
    ]);
  });

  test("a first heading is the title where the front matter has none, and isn't repeated in the body", () => {
    const issue = parse(`---\n${head.replace("title: A title\n", "")}---\n# Harbor notes\n\nHello.\n`, "a.md");
    expect(issue.title).toEqual([text("Harbor notes")]);
    expect(issue.blocks).toHaveLength(1);
  });

  test("the front matter's blocks stand behind the body", () => {
    const issue = parse(`---\n${head}blocks:\n  - { type: signoff, text: Bye, from: Us }\n---\nHello.\n`, "a.md");
    expect(issue.blocks.map((block) => block.type)).toEqual(["text", "signoff"]);
  });

  test("lists keep their order and nesting", () => {
    expect(blocksOf("1. one\n2. two\n   - inner\n\n   more\n")).toEqual([
      {
        type: "text",
        body: [
          {
            type: "list",
            ordered: true,
            items: [
              [paragraph("one")],
              [paragraph("two"), { type: "list", ordered: false, items: [[paragraph("inner")]] }, paragraph("more")],
            ],
          },
        ],
      },
    ]);
  });

  test("pictures are cut out of their text; one alone is a block", () => {
    expect(blocksOf('![alone](pictures/a.png "*here*")\n')).toEqual([
      {
        type: "picture",
        picture: { src: "pictures/a.png", alt: "alone", caption: [{ type: "emphasis", children: [text("here")] }] },
      },
    ]);
    expect(
      blocksOf("before **bold ![in](b.png) more**\n\n[![linked](https://example.com/c.png)](https://example.com/)"),
    ).toEqual([
      {
        type: "text",
        body: [
          { type: "paragraph", children: [text("before "), { type: "strong", children: [text("bold ")] }] },
          { type: "picture", picture: { src: "b.png", alt: "in" } },
          { type: "paragraph", children: [{ type: "strong", children: [text(" more")] }] },
          {
            type: "picture",
            picture: { src: "https://example.com/c.png", alt: "linked", href: "https://example.com/" },
          },
        ],
      },
    ]);
  });

  test("code keeps every sign, and its language", () => {
    expect(blocksOf("```ts title\nlet a = `{{subscriber.x}}`; // <b>\n\n```\n\n    indented\n")).toEqual([
      {
        type: "text",
        body: [
          { type: "code", text: "let a = `{{subscriber.x}}`; // <b>\n", language: "ts" },
          { type: "code", text: "indented" },
        ],
      },
    ]);
  });

  test.each([
    ["> Said.\n>\n> — Ada Example", [paragraph("Said.")], "Ada Example"],
    ["> Said.\n> -- Ada Example, engineer", [paragraph("Said.")], "Ada Example, engineer"],
    ["> One — two\n> three — because of you!", [paragraph("One — two three — because of you!")], undefined],
    ["> — only a dash", [paragraph("— only a dash")], undefined],
  ])("%j is a quotation", (body, children, by) => {
    const quotation = by === undefined ? { type: "quotation", children } : { type: "quotation", children, by };
    expect(blocksOf(body)).toEqual([{ type: "text", body: [quotation] }]);
  });

  test("a rule is a divider between blocks", () => {
    expect(blocksOf("One.\n\n---\n\nTwo.\n")).toEqual([
      { type: "text", body: [paragraph("One.")] },
      { type: "divider" },
      { type: "text", body: [paragraph("Two.")] },
    ]);
  });

  test("breaks are kept, lines flow together", () => {
    expect(blocksOf("one\ntwo  \nthree\n")).toEqual([
      { type: "text", body: [{ type: "paragraph", children: [text("one two"), { type: "break" }, text("three")] }] },
    ]);
  });

  test.each([
    ["no front matter", "# Hello\n", "1:1", /between two lines `---`/],
    ["front matter without end", `---\n${head}\nHello\n`, "1:1", /never closed/],
    ["a wrong field in it", `---\n${head}foo: x\n---\nHello`, "6:1", /Unknown field `foo`/],
    ["a wrong link in the body", `${front}\n\none\ntwo [x](javascript:y)\n`, "10:9", /`javascript:` links/],
    ["a wrong picture in the body", `${front}![x](../y.png)\n`, "7:6", /leads out/],
    ["a picture in a heading", `${front}a\n\n## ![x](y.png)\n`, "9:9", /in a heading/],
    ["a table", `${front}a\n\n| a | b |\n|---|---|\n| 1 | 2 |\n`, "9:1", /type `data`/],
    ["an empty body", front, "2:1", /no blocks/],
  ])("%s is told with its place", (_, file, place, words) => {
    const problems = problemsOf(file, "x.md");
    expect(problems.join("\n")).toMatch(words);
    expect(problems[0]).toMatch(new RegExp(`^x\\.md:${place}: `));
  });
});

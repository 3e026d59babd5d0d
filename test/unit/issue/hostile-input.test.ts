import { describe, expect, test } from "vitest";
import { head, problemsOf, withBlock } from "./issue-text.ts";

/** Each of these once took minutes, or the whole process with it; none may take longer than this, on a busy machine. */
const timeoutMs = 20_000;
const many = 100_000;

function only(problems: readonly string[]): string {
  expect(problems).toHaveLength(1);
  return problems[0] as string;
}

describe("a file that is no text", () => {
  test("Latin-1 is told from UTF-8, with the byte's place", () => {
    const bytes = Buffer.concat([Buffer.from("title: a\nsubject: Gr"), Buffer.from([0xfc]), Buffer.from("ße\n")]);
    expect(only(problemsOf(bytes))).toMatch(/^x\.yaml:2:12: The byte 0xfc is not UTF-8/);
  });

  test("a character cut off at the end is not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from("a: b\n"), Buffer.from([0xe2, 0x82])]);
    expect(only(problemsOf(bytes))).toMatch(/^x\.yaml:2:1: The byte 0xe2/);
  });

  test("UTF-16 is named", () => {
    expect(only(problemsOf(Buffer.from("\ufefftitle: a", "utf16le")))).toMatch(/^x\.yaml:1:1: The file is in UTF-16/);
  });

  test("a NUL has a place", () => {
    expect(only(problemsOf(Buffer.from("title: a\r\nsubject: b\0c")))).toMatch(/^x\.yaml:2:11: There is a NUL/);
  });

  test("a name that is no issue's is refused before anything is read", () => {
    expect(only(problemsOf("", "notes.txt"))).toMatch(/^notes\.txt: An issue is a file that ends in \.yaml/);
    expect(only(problemsOf("", "issues/what?.yaml"))).toMatch(/^issues\/what\?\.yaml: An issue's file name/);
  });
});

describe("a file that is too much", () => {
  test("a field of 10 MB is named by its line", () => {
    const text = withBlock(`type: text\ntext: "${"x".repeat(10 * 1024 * 1024)}"`);
    expect(only(problemsOf(text))).toMatch(
      /^x\.yaml:7:\d+: The file has 10,485,\d+ bytes; an issue may have at most 524,288/,
    );
  });

  test("a field beyond its limit, in a file within", () => {
    const text = withBlock(`type: text\ntext: ${"x".repeat(100_001)}`);
    expect(only(problemsOf(text))).toMatch(
      /^x\.yaml:7:11: `blocks\[0\]\.text` has 100,001 characters; at most 100,000/,
    );
  });

  test("too many blocks", () => {
    expect(only(problemsOf(`${head}blocks:\n${"  - type: divider\n".repeat(201)}`))).toMatch(
      /:5:\d+: `blocks` has 201 entries; at most 200|:6:3:/,
    );
  });

  test.each([
    ["lists", "[".repeat(many)],
    ["lists that end", "[".repeat(many) + "]".repeat(many)],
    ["lists of dashes", "- ".repeat(many)],
    ["keys of keys", "? ".repeat(many)],
    ["maps", "{a: ".repeat(many)],
    ["colons", ": ".repeat(many)],
    ["steps of indentation", Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ])(
    "nested %s",
    (_, text) => {
      expect(problemsOf(text).join()).toMatch(/^x\.yaml:\d+:\d+: Nested too deeply: at most 32 levels/);
    },
    timeoutMs,
  );

  test(
    "aliases that multiply",
    () => {
      const levels = Array.from(
        { length: 12 },
        (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
      );
      const bomb = `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${levels.join("\n")}\n`;
      expect(only(problemsOf(bomb))).toMatch(/^x\.yaml:\d+:\d+: More than 20,000 values/);
    },
    timeoutMs,
  );

  test("an alias of what is around it", () => {
    expect(only(problemsOf("a: &a [*a]"))).toMatch(/Nested too deeply/);
  });

  test.each([
    ["anchors", "&a ".repeat(many)],
    ["tags", "!a ".repeat(many)],
    ["keys", Array.from({ length: 50_000 }, (_, key) => `k${key}: 1`).join("\n")],
    ["the same key", "k: 1\n".repeat(100_000)],
    ["aliases", `- &a x\n${"- *a\n".repeat(80_000)}`],
    ["quotes", '"'.repeat(3 * many)],
    ["documents", "---\n".repeat(100_000)],
    ["empty lines", `${"\n".repeat(2 * many)}a: b`],
  ])(
    "very many %s",
    (_, text) => {
      expect(problemsOf(text).join()).toMatch(/^x\.yaml:\d+:\d+: (Too many signs|More than 20,000 values)/);
    },
    timeoutMs,
  );

  const front = `---\n${head}---\n`;

  test.each([
    ["brackets", "["],
    ["stars", "**a "],
    ["emphasis in emphasis", "**_"],
    ["links", "[a]("],
    ["backticks", "`a``"],
    ["headings", "# a\n\n"],
    ["slots cut short", "{{subscriber.a|"],
    ["tags", "<!--"],
  ])(
    "Markdown of very many %s ends",
    (_, piece) => {
      const problems = problemsOf(front + piece.repeat(many / piece.length), "x.md");
      for (const problem of problems) expect(problem).toMatch(/^x\.md:\d+:\d+: /);
    },
    timeoutMs,
  );

  test.each([
    ["quotations", ">".repeat(60)],
    ["lists", Array.from({ length: 40 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n")],
  ])("Markdown of nested %s", (_, body) => {
    expect(only(problemsOf(`${front}${body} a\n`, "x.md"))).toMatch(
      /^x\.md:\d+:1: Lists and quotations are nested more than 8/,
    );
  });

  test("formatting in formatting", () => {
    const text = withBlock(`type: text\ntext: '${"**a *b ".repeat(30)}${"* **".repeat(30)}'`);
    for (const problem of problemsOf(text))
      expect(problem).toMatch(/^x\.yaml:7:11: Formatting is nested more than 8 levels/);
  });

  test("at most a hundred problems are told", () => {
    const fields = Array.from({ length: 300 }, (_, index) => `f${index}: x\n`).join("");
    expect(problemsOf(`${head}blocks: []\n${fields}`)).toHaveLength(100);
  });
});

test("names that programs stumble over are only unknown fields", () => {
  const problems = problemsOf(`${head}blocks: []\n__proto__: { subject: x }\nconstructor: x\n`);
  expect(problems.join("\n")).toMatch(/6:1: Unknown field `__proto__`[^]*7:1: Unknown field `constructor`/);
});

import { describe, expect, test } from "vitest";
import { head, problemsOf, withBlock } from "./issue-text.ts";

/** What is wrong, the file, and the line:column and words that must be told. */
const cases: readonly (readonly [string, string, string, RegExp])[] = [
  ["an unknown field", `${head}blocks: []\nsubjekt: x\n`, "6:1", /Unknown field `subjekt`: did you mean `subject`\?/],
  [
    "an unknown field of a block",
    withBlock("type: text\ntext: x\ntitel: y"),
    "8:5",
    /`blocks\[0\]\.titel`: did you mean `title`/,
  ],
  [
    "a field nobody could mean",
    withBlock("type: text\ntext: x\nzzz: y"),
    "8:5",
    /known here: type, audience, title, text/,
  ],
  ["a missing field", withBlock("type: text"), "6:5", /`blocks\[0\]\.text` is missing: write/],
  ["an unknown type of block", withBlock("type: artcle\ntext: x"), "6:11", /"artcle": did you mean `article`/],
  ["a block without a type", withBlock("text: x"), "6:5", /`blocks\[0\]\.type` is missing: known here: text, article/],
  ["a text instead of blocks", `${head}blocks: hello\n`, "5:9", /`blocks` is the text "hello": write a list of blocks/],
  [
    "a number for a text",
    withBlock("type: text\ntitle: 2024\ntext: x"),
    "7:12",
    /is 2024, not a text: put it in quotes/,
  ],
  [
    "an empty field",
    withBlock("type: text\ntitle:\ntext: x"),
    "7:11",
    /is empty: write the heading, or leave the field out/,
  ],
  ["an empty text", withBlock('type: text\ntext: ""'), "7:11", /is empty: write something/],
  ["a day that does not exist", head.replace("2024-05-31", "2024-02-30"), "4:7", /a day that does not exist/],
  ["a date of another form", head.replace("2024-05-31", "31.5.2024"), "4:7", /is not a day: write .*2024-05-31/],
  ["no blocks", `${head}blocks: []\n`, "5:9", /no blocks/],
  [
    "a language that is a word",
    `${head}lang: english\nblocks: []\n`,
    "5:7",
    /not a language tag: write one such as en/,
  ],
  ["a direction", `${head}direction: up\nblocks: []\n`, "5:12", /`ltr` or `rtl`/],
  ["a line break in a title", withBlock('type: text\ntitle: "a\\nb"\ntext: x'), "7:12", /one line/],
  ["a NUL by escape", withBlock('type: text\ntext: "a\\0b"'), "7:11", /control characters/],
  [
    "a script link",
    withBlock("type: text\ntext: see [this](javascript:alert(1)) now"),
    "7:22",
    /`javascript:` links are not allowed/,
  ],
  [
    "a data link on a button",
    withBlock("type: button\naction: { text: x, href: 'data:text/html,x' }"),
    "7:30",
    /`data:` links/,
  ],
  [
    "a link without scheme",
    withBlock("type: text\ntext: |\n  one\n  two [x](example.com/a)"),
    "9:15",
    /no scheme: write https:\/\//,
  ],
  [
    "a slot as a link's host",
    withBlock("type: text\ntext: '[x](https://{{subscriber.host}}/)'"),
    "7:16",
    /not in the host/,
  ],
  [
    "a hidden host",
    withBlock("type: button\naction: { text: x, href: https://a.example@b.example/ }"),
    "7:30",
    /hides its host/,
  ],
  ["an empty fallback", withBlock("type: text\ntext: Hi {{subscriber.name|}},"), "7:14", /fallback of .* is empty/],
  [
    "an empty fallback in the subject",
    head.replace("A subject", "Hi {{subscriber.name|}}"),
    "1:13",
    /fallback of .* is empty/,
  ],
  [
    "a picture outside",
    withBlock("type: picture\npicture: { src: ../x.png, alt: x }"),
    "7:21",
    /leads out of the issue's folder/,
  ],
  [
    "an absolute picture",
    withBlock("type: picture\npicture: { src: /etc/x.png, alt: x }"),
    "7:21",
    /relative to the issue's folder/,
  ],
  ["an http picture", withBlock("type: picture\npicture: { src: 'http://x.example/x.png', alt: x }"), "7:21", /https/],
  [
    "a picture without alt",
    withBlock("type: picture\npicture: { src: x.png }"),
    "7:14",
    /alt` is missing: write what the picture shows/,
  ],
  ["a table in a text", withBlock("type: text\ntext: |\n  | a | b |\n  |---|---|\n  | 1 | 2 |"), "7:11", /type `data`/],
  ["a row too short", dataBlock("[x, 1, 2]", "[y, 1]"), "10:9", /1 numbers; `columns` asks for 2/],
  ["a row without name", dataBlock("[1, 1, 2]", "[y, 1, 2]"), "9:10", /begins with its name/],
  ["a word for a number", dataBlock("[x, 1, 2]", "[y, 1, many]"), "10:16", /"many" is not a number/],
  ["a number beyond reading", dataBlock("[x, 1, 2]", "[y, 1, 1e300]"), "10:16", /is 1e\+300; at most/],
  ["a segment", withBlock("type: text\naudience: lang = de\ntext: x"), "7:22", /a text stands in quotes: write "de"/],
  [
    "a segment in quotes",
    withBlock("type: text\naudience: 'lang == \"de\"'\ntext: x"),
    "7:21",
    /write `=` for equality/,
  ],
  ["an unknown zone", event("zone: America/New_Yrok"), "11:19", /did you mean "America\/New_York"\?/],
  ["a zone's abbreviation", event("zone: EST"), "11:19", /is an abbreviation.*"America\/New_York"/],
  ["an offset for a zone", event("zone: '+02:00'"), "11:19", /not a known time zone/],
  ["no zone", event("location: here"), "10:13", /`zone` is missing/],
  [
    "a skipped hour",
    event("zone: America/New_York", "date: 2024-03-10", "time: 02:30"),
    "13:19",
    /02:30 does not exist on 2024-03-10 in America\/New_York.*01:30 or 03:30/,
  ],
  ["a time of another form", event("zone: UTC", "date: 2024-03-10", "time: 5 PM"), "13:19", /write "17:00"/],
  [
    "an end before the beginning",
    event("zone: UTC", "date: 2024-03-10", "time: 23:00", "end: 01:00"),
    "14:18",
    /The end is not after the beginning/,
  ],
  [
    "an end of another form",
    event("zone: UTC", "date: 2024-03-10", "time: 23:00", "end: late"),
    "14:18",
    /"18:30", "2024-06-06"/,
  ],
  ["duplicate keys", `${head}subject: again\nblocks: []\n`, "5:1", /`subject` is there twice/],
  ["a tab", `${head}blocks:\n\t- type: text\n`, "6:1", /not valid YAML.*Indent with spaces/],
  ["an open quote", `${head}edition: "May\nblocks: []\n`, "7:1", /not valid YAML/],
  ["a colon in a title", `${head}edition: May: 2024\nblocks: []\n`, "5:10", /needs quotes/],
  ["two documents", `${head}blocks: []\n---\na: b\n`, "6:1", /one issue a file/],
  ["a tag", `${head}edition: !!js/function x\nblocks: []\n`, "5:10", /Tags .* are not used/],
  ["a directive", `%YAML 1.1\n---\n${head}`, "1:1", /directives/],
  ["an alias of nothing", `${head}edition: *nobody\nblocks: []\n`, "5:10", /Nothing is named `&nobody`/],
  ["a list for an issue", "- a\n", "1:1", /The issue is a list: write an issue/],
  ["an empty file", "", "1:1", /The issue is empty/],
];

/** Rows from 9:9 on. */
function dataBlock(...rows: string[]): string {
  const lines = rows.map((row) => `  - ${row}\n`).join("");
  return withBlock(`type: data\ncolumns: [a, b, c]\nrows:\n${lines}title: x\nsummary: x`);
}

/** An event at 10:13; its own lines follow from 11:13 on. */
function event(...lines: string[]): string {
  const own = lines.some((line) => line.startsWith("date:")) ? lines : [...lines, "date: 2024-06-05"];
  const fields = own.map((line) => `        ${line}\n`).join("");
  return withBlock(`type: events\ngroups:\n  - place: p\n    events:\n      - title: t\n${fields}`);
}

describe("bad input names its place and what would be right", () => {
  test.each(cases)("%s", (_, text, place, words) => {
    const problems = problemsOf(text);
    expect(problems.join("\n")).toMatch(words);
    expect(problems.find((problem) => words.test(problem))).toMatch(new RegExp(`^x\\.yaml:${place}: `));
  });
});

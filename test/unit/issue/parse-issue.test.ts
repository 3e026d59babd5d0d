import { describe, expect, test } from "vitest";
import { firstBlock, head, parse, problemsOf, withBlock } from "./issue-text.ts";

describe("an issue's fields", () => {
  test("the file's name is the slug, its folder that of the pictures; what is absent has its default", () => {
    expect(parse(withBlock("type: divider"), "some/where/2024-05-news.yaml")).toEqual({
      slug: "2024-05-news",
      file: "some/where/2024-05-news.yaml",
      folder: "some/where",
      template: "digest",
      lang: "en",
      direction: "ltr",
      subject: [{ type: "text", text: "A subject" }],
      preheader: [{ type: "text", text: "A preheader" }],
      title: [{ type: "text", text: "A title" }],
      date: "2024-05-31",
      blocks: [{ type: "divider", place: { file: "some/where/2024-05-news.yaml", line: 6, column: 5 } }],
      silenced: [],
    });
  });

  test.each([
    ["ar", "ar", "rtl"],
    ["he-IL", "he-IL", "rtl"],
    ["az-Arab", "az-Arab", "rtl"],
    ["ja", "ja", "ltr"],
    ["de-at", "de-AT", "ltr"],
  ])("the language %s is %s and runs %s", (written, lang, direction) => {
    expect(parse(`lang: ${written}\n${withBlock("type: divider")}`)).toMatchObject({ lang, direction });
  });

  test("a written direction wins over the language's", () => {
    expect(parse(`lang: ar\ndirection: ltr\n${withBlock("type: divider")}`).direction).toBe("ltr");
  });

  test("silenced findings keep their reasons", () => {
    const silenced = "silenced:\n  - { rule: alt-empty, reason: mere decoration }\n";
    expect(parse(silenced + withBlock("type: divider")).silenced).toEqual([
      { rule: "alt-empty", reason: "mere decoration" },
    ]);
  });

  test("JSON says the same as YAML, and a byte order mark and CRLF change nothing", () => {
    const yaml = withBlock('type: text\ntext: "a \\U0001F600 b"');
    const value = { subject: "A subject", preheader: "A preheader", title: "A title", date: "2024-05-31" };
    const json = JSON.stringify({ $schema: "x", ...value, blocks: [{ type: "text", text: "a 😀 b" }] }, null, "\t");
    const { blocks: fromYaml, ...yamlFields } = parse(yaml, "a.yaml");
    const { blocks: fromJson, ...jsonFields } = parse(`\ufeff${json.replaceAll("\n", "\r\n")}`, "a.json");
    expect({ ...jsonFields, file: "a.yaml" }).toEqual(yamlFields);
    expect(fromJson.map(({ place: _, ...block }) => block)).toEqual(fromYaml.map(({ place: _, ...block }) => block));
    expect(fromJson[0]?.place).toEqual({ file: "a.json", line: 8, column: 3 });
  });

  test("a .json file that is only YAML is refused", () => {
    expect(problemsOf(withBlock("type: divider"), "x.json").join()).toMatch(/^x\.json:1:1: This is not valid JSON/);
    expect(problemsOf('{\n  "a": 1,\n}', "x.json").join("\n")).toMatch(/^x\.json:3:1: This is not valid JSON/m);
  });

  test("all problems are told at once, in the order of the file", () => {
    const text = `subjekt: x\npreheader: x\ntitle: x\ndate: 2024-13-01\nblocks:\n  - type: button\n    action: { text: x, href: "javascript:x" }\n`;
    const places = problemsOf(text).map((problem) => problem.split(": ")[0]);
    expect(places).toEqual(["x.yaml:1:1", "x.yaml:1:1", "x.yaml:4:7", "x.yaml:7:30"]);
  });
});

describe("slots", () => {
  test("stand in titles and texts, with and without a fallback", () => {
    const block = firstBlock(
      withBlock("type: text\ntitle: For {{subscriber.plan}}\ntext: Hi **{{subscriber.first_name|dear *you*}}**!"),
      "text",
    );
    expect(block.title).toEqual([
      { type: "text", text: "For " },
      { type: "slot", name: "subscriber.plan", fallback: null },
    ]);
    expect(block.body).toEqual([
      {
        type: "paragraph",
        children: [
          { type: "text", text: "Hi " },
          { type: "strong", children: [{ type: "slot", name: "subscriber.first_name", fallback: "dear *you*" }] },
          { type: "text", text: "!" },
        ],
      },
    ]);
  });

  test.each([
    "{{evil}}",
    "{{ subscriber.name }}",
    "{{subscriber.name | x}}",
    "{{{subscriber}}}",
    "{{#if subscriber.name}}x{{/if}}",
    "{{subscriber.a.b}}",
    "{{subscriber.1}}",
    "{{subscriber.name|{x}}}",
    "{{constructor.constructor}}",
    "${1+1} <%= x %> {% x %}",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
  ])("%s in a title stays what it is", (title) => {
    const block = firstBlock(withBlock(`type: text\ntitle: ${JSON.stringify(title)}\ntext: x`), "text");
    expect(block.title).toEqual([{ type: "text", text: title }]);
  });

  test("braces around a slot stay", () => {
    const block = firstBlock(withBlock("type: text\ntitle: '{{{subscriber.name}}}'\ntext: x"), "text");
    expect(block.title).toEqual([
      { type: "text", text: "{" },
      { type: "slot", name: "subscriber.name", fallback: null },
      { type: "text", text: "}" },
    ]);
  });

  test("code and HTML in a text are only text", () => {
    const block = firstBlock(
      withBlock("type: text\ntext: '`{{subscriber.name}}` <b onclick=x>{{evil}}</b> \\{{subscriber.name}}'"),
      "text",
    );
    expect(block.body).toEqual([
      {
        type: "paragraph",
        children: [
          { type: "code", text: "{{subscriber.name}}" },
          { type: "text", text: " <b onclick=x>{{evil}}</b> {{subscriber.name}}" },
        ],
      },
    ]);
  });

  test("a link may have one in its path or query", () => {
    const href = "https://example.com/poll?who={{subscriber.id|0}}";
    const block = firstBlock(withBlock(`type: text\ntext: "[x](${href})"`), "text");
    expect(block.body).toEqual([
      { type: "paragraph", children: [{ type: "link", href, children: [{ type: "text", text: "x" }] }] },
    ]);
  });
});

describe("links", () => {
  test.each([
    ["https://example.com", "https://example.com"],
    ["HTTP://example.com/a?b=c&d#e", "HTTP://example.com/a?b=c&d#e"],
    ["mailto:news@example.com?subject=hi", "mailto:news@example.com?subject=hi"],
    ["tel:+4930123456", "tel:+4930123456"],
    ["https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"],
  ])("%s leads to %s", (written, href) => {
    expect(firstBlock(withBlock(`type: button\naction: { text: x, href: "${written}" }`), "button").action.href).toBe(
      href,
    );
  });

  test.each([
    "javascript:x",
    "JavaScript:x",
    " javascript:x",
    "java\\tscript:x",
    "vbscript:x",
    "data:text/html,x",
    "file:///etc/passwd",
    "//example.com",
    "#top",
    "https://",
    "https://exa mple.com",
    "https://example.com:99999",
  ])("%s is refused", (href) => {
    expect(problemsOf(withBlock(`type: button\naction: { text: x, href: "${href}" }`))).toHaveLength(1);
  });

  test("a link whose scheme hides behind an entity or an escape is refused in a text as well", () => {
    expect(
      problemsOf(withBlock("type: text\ntext: '[x](javascript&colon;alert) [y](&#106;avascript:x)'")).join("\n"),
    ).toMatch(/`javascript:` links/);
  });

  test("an address written in a text becomes a link", () => {
    const block = firstBlock(
      withBlock("type: text\ntext: see https://example.com/a or <https://example.com/b>, not example.com"),
      "text",
    );
    const [paragraph] = block.body;
    expect(paragraph?.type === "paragraph" && paragraph.children.filter((child) => child.type === "link")).toHaveLength(
      2,
    );
  });
});

describe("blocks", () => {
  test("an audience is a segment", () => {
    const block = firstBlock(withBlock('type: text\naudience: topics has "ai"\ntext: x'), "text");
    expect(block.audience).toEqual({ type: "comparison", field: "topics", operator: "has", value: "ai" });
  });

  test("data has a name and its numbers a row", () => {
    const block = firstBlock(
      withBlock(
        "type: data\ntitle: t\ncolumns: [Sample, A, B]\nrows:\n  - [x, 1, 2.5]\n  - ['2024', -3, 0]\nchart: bar\nunit: tokens\nsummary: s",
      ),
      "data",
    );
    expect(block.columns).toEqual(["Sample", "A", "B"]);
    expect(block.rows).toEqual([
      { name: "x", values: [1, 2.5] },
      { name: "2024", values: [-3, 0] },
    ]);
    expect(block).toMatchObject({ chart: "bar", unit: "tokens", summary: "s", body: [] });
  });

  test("links have titles, sources and texts", () => {
    const block = firstBlock(
      withBlock("type: links\nitems:\n  - { title: T, href: 'https://example.com/', source: S, text: '*x*' }"),
      "links",
    );
    expect(block.items).toEqual([
      {
        title: [{ type: "text", text: "T" }],
        href: "https://example.com/",
        source: "S",
        body: [{ type: "paragraph", children: [{ type: "emphasis", children: [{ type: "text", text: "x" }] }] }],
      },
    ]);
  });

  test("a picture's path is brought to one form", () => {
    const block = firstBlock(
      withBlock("type: picture\npicture: { src: ./pictures/../pictures//a%20b.png, alt: '' }"),
      "picture",
    );
    expect(block.picture).toEqual({ src: "pictures/a b.png", alt: "" });
  });

  test("a remote picture keeps its address and size", () => {
    const picture = { src: "https://example.com/a%20b.png?c", alt: "x", width: 1200, height: 800 };
    expect(firstBlock(withBlock(`type: picture\npicture: ${JSON.stringify(picture)}`), "picture").picture).toEqual(
      picture,
    );
    expect(problemsOf(withBlock("type: picture\npicture: { src: a.png, alt: x, width: 5 }")).join()).toMatch(
      /both `width` and `height`/,
    );
  });

  test("anchors and aliases save writing things twice", () => {
    const issue = parse(`${head}blocks:\n  - &rule { type: divider }\n  - *rule\n`);
    expect(issue.blocks.map((block) => block.type)).toEqual(["divider", "divider"]);
  });
});

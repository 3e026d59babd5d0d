import { describe, expect, it } from "vitest";
import { writeTable } from "../../../src/digest/text-table.ts";
import { tidyText } from "../../../src/digest/tidy-text.ts";
import { viewTable } from "../../../src/digest/view-table.ts";
import type { DataBlock } from "../../../src/domain/issue.ts";
import { compileIssueHere, fillForReader } from "../../support/compile-file.ts";
import { createRichIssue, link, paragraph, text } from "../../support/rich-issue.ts";

describe("a table in plain text", () => {
  it("has names to the left and numbers to the right, also beside wide characters", () => {
    const table = viewTable(
      createData(
        ["モデル", "英語"],
        [
          ["Llama 3", [1203]],
          ["日本", [9]],
        ],
      ),
      "ja",
    );
    expect(writeTable(table)).toBe(["モデル    英語", "-------  -----", "Llama 3  1,203", "日本         9"].join("\n"));
  });

  it("becomes a list where it is wider than a line", () => {
    const heads = ["Month", ...Array.from({ length: 6 }, (_, index) => `Column number ${index}`)];
    const table = viewTable(createData(heads, [["May", [1, 2, 3, 4, 5, 6]]]), "en");
    expect(writeTable(table).split("\n").slice(0, 3)).toEqual(["May", "  Column number 0: 1", "  Column number 1: 2"]);
  });

  it("gives a column as many decimals as its most exact number", () => {
    const { rows } = viewTable(
      createData(
        ["a", "b"],
        [
          ["x", [1]],
          ["y", [0.25]],
          ["z", [-3.5]],
        ],
      ),
      "en",
    );
    expect(rows.map(({ cells }) => cells[0])).toEqual(["1.00", "0.25", "-3.50"]);
  });
});

describe("the text part", () => {
  it("writes paragraphs, lists, code, quotations and links as people write them in mails", async () => {
    const place = { file: "x.yaml" };
    const { text: part } = await compileIssueHere(
      createRichIssue({
        blocks: [
          {
            type: "text",
            place,
            title: text("Title"),
            body: [
              paragraph(
                "See ",
                link("the page", "https://example.com/a"),
                " or ",
                link("https://example.com/b", "https://example.com/b"),
                ".",
              ),
              { type: "heading", level: 2, children: text("Below") },
              {
                type: "list",
                ordered: true,
                items: [
                  [paragraph("one")],
                  [paragraph("two"), { type: "list", ordered: false, items: [[paragraph("in")]] }],
                ],
              },
              { type: "code", text: "a  b\n\n  c" },
              { type: "quotation", children: [paragraph("Said.")], by: "somebody" },
              paragraph("line", { type: "break" }, "break"),
              { type: "rule" },
              paragraph(link("mail us", "mailto:us@example.com")),
            ],
          },
        ],
      }),
    );
    const lines = fillForReader(part.source);
    expect(lines.slice(lines.indexOf("Title\n"), lines.indexOf("--------\n"))).toBe(`Title
-----

See the page <https://example.com/a> or <https://example.com/b>.

Below
-----

1. one

2. two
   - in

    a  b

      c

> Said.
>
> — somebody

line
break

* * *

mail us <us@example.com>

`);
  });

  it("has no white space at line ends and no empty lines in a row", () => {
    expect(tidyText("\n\na  \n\n\n\nb\t\n")).toBe("a\n\nb\n");
  });
});

function createData(columns: readonly string[], rows: readonly [string, readonly number[]][]): DataBlock {
  return {
    type: "data",
    place: { file: "x.yaml" },
    title: text("Numbers"),
    body: [],
    columns,
    rows: rows.map(([name, values]) => ({ name, values })),
    summary: "",
  };
}

import { describe, expect, it } from "vitest";
import {
  readAddresses,
  readHeaderFields,
  readHeaderText,
  summarizeHeader,
} from "../../../../src/adapters/catcher/header-scan.ts";

describe("the look at a mail as it arrives", () => {
  it.each([
    ["From: a\r\nTo: b\r\n\r\nSubject: body\r\n", "From: a\r\nTo: b"],
    ["From: a\nTo: b\n\nbody\r\n\r\nmore", "From: a\nTo: b"],
    ["From: a", "From: a"],
    ["", ""],
  ])("ends the header at the first empty line of %j", (raw, header) => {
    expect(readHeaderText(Buffer.from(raw))).toBe(header);
  });

  it("looks at the first 16 KB only", () => {
    expect(readHeaderText(Buffer.from("X: y\r\n".repeat(10_000)))).toHaveLength(16 * 1024);
  });

  it("unfolds fields, keeps their order, and passes over lines that are none", () => {
    const fields = readHeaderFields("A: 1\r\n\t2\r\n 3\r\nno field\r\nB:\r\nA: again");
    expect(fields).toEqual([
      { name: "A", value: "1\t2 3" },
      { name: "B", value: "" },
      { name: "A", value: "again" },
    ]);
  });

  it("takes the first of a repeated field, and decodes it", () => {
    const summary = summarizeHeader(
      "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n =?iso-8859-1?q?_=E4?= plain\r\nSubject: second\r\nMESSAGE-ID: <1@x>\r\nFeedback-ID: c1:l:s",
    );
    expect(summary).toMatchObject({ subject: "Grüße ä plain", messageId: "1@x", campaign: "c1" });
    expect(summarizeHeader("Feedback-ID: c1:l:s\r\nX-Broadsheet-Campaign: own").campaign).toBe("own");
  });

  it.each([
    ["a@example.com", [["", "a@example.com"]]],
    [
      '"Last, First" <a@example.com>, b@example.com',
      [
        ["Last, First", "a@example.com"],
        ["", "b@example.com"],
      ],
    ],
    ['"A \\"B\\" C" <a@example.com>', [['A "B" C', "a@example.com"]]],
    ["=?utf-8?B?WsO8cmljaA==?= <a@example.com>", [["Zürich", "a@example.com"]]],
    [
      "Friends: a@example.com, b@example.com;",
      [
        ["", "a@example.com"],
        ["", "b@example.com"],
      ],
    ],
    ["undisclosed-recipients:;", []],
    ["not an address", [["", "not an address"]]],
    ["=?bogus?B?x?= <a@example.com>", [["=?bogus?B?x?=", "a@example.com"]]],
    ["", []],
  ])("reads the addresses of %j", (value, expected) => {
    expect(readAddresses(value).map(({ name, address }) => [name, address])).toEqual(expected);
  });
});

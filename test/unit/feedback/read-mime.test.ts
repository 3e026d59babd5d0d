import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { findAddress, findAddresses, readTypedAddress } from "../../../src/feedback/find-addresses.ts";
import { decodeWords, readFields, readParameters } from "../../../src/feedback/read-fields.ts";
import { entityText, listLeaves, mailBytesMax, readMime } from "../../../src/feedback/read-mime.ts";
import { stripTags } from "../../../src/feedback/split-mail.ts";

const textOf = (...lines: string[]) => entityText(readMime(Buffer.from(lines.join("\n"), "latin1")), 10_000);

describe("header fields", () => {
  it("are unfolded, named in lower case, and kept apart from lines that are none", () => {
    expect(readFields(["Subject: a", "\tb", "no field here", "X-Y :c", "", " d"])).toEqual([
      { name: "subject", value: "a b" },
      { name: "x-y", value: "c d" },
    ]);
  });

  it("have parameters, quoted or not, in pieces or not (RFC 2231)", () => {
    const { value, parameters } = readParameters(
      'Multipart/Report; Boundary="a;\\"b"; report-type=x; name*0=on; name*1=e',
    );
    expect(value).toBe("multipart/report");
    expect(Object.fromEntries(parameters)).toEqual({ boundary: 'a;"b', "report-type": "x", name: "one" });
  });

  test.each([
    ["=?utf-8?B?44ON44Kz?=", "ネコ"],
    ["=?ISO-8859-1?Q?Andr=E9_?= =?iso-8859-1?q?Pirard?=", "André Pirard"],
    ["=?iso-2022-jp?B?GyRCJE0kMxsoQg==?=", "ねこ"],
    ["=?no-such-charset?Q?a?=", "=?no-such-charset?Q?a?="],
    ["plain", "plain"],
    ["\u001b$B$M$3\u001b(B", "ねこ"],
    [Buffer.from("größe").toString("latin1"), "größe"],
  ])("%s is decoded", (value, decoded) => {
    expect(decodeWords(value)).toBe(decoded);
  });
});

describe("MIME", () => {
  test.each([
    ["utf-8", "quoted-printable", "gr=C3=B6=\n=C3=9Fe", "größe"],
    ["iso-8859-1", "8bit", "gr\xf6\xdfe", "größe"],
    ["shift_jis", "base64", "lEw=", "猫"],
    ["iso-2022-jp", "7bit", "\u001b$B$M$3\u001b(B", "ねこ"],
    ["euc-jp", "8bit", "\xc7\xad", "猫"],
    ["no-such-charset", "8bit", "a\xf6", "aö"],
    ["", "8bit", "caf\xe9", "café"],
  ])("text in %s, %s", (charset, encoding, body, text) => {
    expect(
      textOf(`Content-Type: text/plain; charset="${charset}"`, `Content-Transfer-Encoding: ${encoding}`, "", body),
    ).toBe(text);
  });

  it("has its parts in order, also where boundaries are never closed and parts have no blank line", () => {
    const mail = readMime(
      Buffer.from(
        'Content-Type: multipart/mixed; boundary="o"\n\npreamble\n--o\nno header, just text\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>a\n--i\n\nplain\n',
      ),
    );
    expect(listLeaves(mail).map((leaf) => [leaf.type, entityText(leaf, 100).trim()])).toEqual([
      ["text/plain", "no header, just text"],
      ["text/html", "<p>a"],
      ["text/plain", "plain"],
    ]);
  });

  it("is read in bounds: size, parts and depth", () => {
    const parts = readMime(Buffer.from(`Content-Type: multipart/mixed; boundary=x\n\n${"--x\n\na\n".repeat(5000)}`));
    expect(listLeaves(parts).length).toBeLessThanOrEqual(60);
    const deep = readMime(Buffer.from("Content-Type: multipart/mixed; boundary=x\n\n--x\n".repeat(500)));
    expect(listLeaves(deep).length).toBeLessThanOrEqual(60);
    const long = readMime(Buffer.concat([Buffer.from("A: b\n\n"), Buffer.alloc(mailBytesMax + 100, "x")]));
    expect(long.lines.join("").length).toBeLessThan(mailBytesMax);
  });

  it("is the same with LF, CRLF and CR", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ""))), (lines) => {
        const read = (end: string) => readMime(Buffer.from(lines.join(end), "utf8"));
        expect(read("\r\n")).toEqual(read("\n"));
        expect(read("\r")).toEqual(read("\n"));
      }),
    );
  });

  it("gives the words of a page, a line for each block", () => {
    expect(
      stripTags("<style>p{}</style><p>User&nbsp;unknown:<br>&lt;a@b.example&gt; &#233;</p><!-- x --><div>end").trim(),
    ).toBe("User unknown:\n<a@b.example> é\n\nend");
  });
});

describe("addresses in text", () => {
  test.each([
    ["<reader@example.net>: no", "reader@example.net"],
    ['"a..b"@example.net failed', '"a..b"@example.net'],
    ["to o'neil@example.net.", "o'neil@example.net"],
    ["(reader+tag@sub.example.net)", "reader+tag@sub.example.net"],
    ["mailto:reader@example.net", "reader@example.net"],
    ["reader@[192.0.2.1] said", "reader@[192.0.2.1]"],
    ["用户@例え.jp", "用户@例え.jp"],
  ])("%s", (text, address) => {
    expect(findAddress(text)).toBe(address);
  });

  it("are found once each, and not where there is none", () => {
    expect(findAddresses("a@b.example, c@d.example; A@b.example a@b.example")).toEqual([
      "a@b.example",
      "c@d.example",
      "A@b.example",
    ]);
    for (const text of ["", "@", "a@", "@b.example", "no address"]) expect(findAddress(text), text).toBeNull();
  });

  test.each([
    ["rfc822; reader@example.net", "reader@example.net"],
    ["rfc822;<reader@example.net>", "reader@example.net"],
    ["<reader@example.net> (was alias)", "reader@example.net"],
    ["utf-8; \\x{3bb}@example.net", "λ@example.net"],
    ["rfc822; |/bin/filter reader@example.net", null],
    ["rfc822; @relay.example:reader@example.net", null],
    ["x400; /PN=reader/", null],
    ["utf-8; \\x{d800}\\x{ffffff}@example.net", null],
  ])("typed: %s", (value, address) => {
    expect(readTypedAddress(value)).toBe(address);
  });
});

import { describe, expect, it } from "vitest";
import { glanceAtMail } from "../../../../src/adapters/catcher/glance.ts";
import { decodeMimeNode, listMimeNodes, readMimeTree } from "../../../../src/adapters/catcher/mime-tree.ts";
import { writeMail } from "../../../support/catcher.ts";

const shape = (raw: string) => listMimeNodes(readMimeTree(Buffer.from(raw))).map(({ id, type }) => `${id} ${type}`);
const bodies = (raw: string) => {
  const bytes = Buffer.from(raw);
  return listMimeNodes(readMimeTree(bytes))
    .filter((node) => node.parts.length === 0)
    .map((node) => decodeMimeNode(bytes, node).toString());
};

describe("the structure of a mail", () => {
  it("numbers parts as IMAP does", () => {
    expect(shape(writeMail())).toEqual([
      "0 multipart/mixed",
      "1 multipart/related",
      "1.1 multipart/alternative",
      "1.1.1 text/plain",
      "1.1.2 text/html",
      "1.2 image/png",
      "2 text/csv",
    ]);
    expect(shape("Subject: x\r\n\r\nbody")).toEqual(["1 text/plain"]);
  });

  it("gives each part's bytes to the octet, the line end before a boundary apart", () => {
    const raw =
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\npreamble\r\n--b\r\n\r\none\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=\r\nb=3D=C3=A4 \r\n--b\r\nContent-Transfer-Encoding: BASE64\r\n\r\nAAECAw==\r\n--b--\r\nepilogue\r\n--b\r\n\r\nnot a part';
    expect(bodies(raw)).toEqual(["one\r\n", "ab=ä", "\u0000\u0001\u0002\u0003"]);
  });

  it("reads names in RFC 2231 and RFC 2047 and leaves broken ones as they are", () => {
    const name = (field: string) =>
      readMimeTree(Buffer.from(`Content-Disposition: attachment; ${field}\r\n\r\n`)).fileName;
    expect(name("filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf")).toBe("Grüße.pdf");
    expect(name('filename*0="one "; filename*1=two.txt')).toBe("one two.txt");
    expect(name('filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe?="')).toBe("Grüße");
    expect(name('filename="a;b \\"c\\".txt"')).toBe('a;b "c".txt');
    expect(name("filename*=UTF-8''%ZZ")).toBe("%ZZ");
  });

  it.each([
    ["a boundary never opened", 'Content-Type: multipart/mixed; boundary="b"\r\n\r\ntext', ["1 multipart/mixed"]],
    [
      "a boundary never closed",
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext',
      ["0 multipart/mixed", "1 text/plain"],
    ],
    ["an empty boundary", "Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\nx", ["1 multipart/mixed"]],
    ["a type that is none", "Content-Type: html\r\n\r\nx", ["1 text/plain"]],
    [
      "a longer boundary that begins the same",
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--bb\r\n\r\nx\r\n--b\r\n\r\ny\r\n--b--',
      ["0 multipart/mixed", "1 text/plain"],
    ],
    ["no mail at all", "", ["1 text/plain"]],
    ["a boundary at the very end", 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b', ["1 multipart/mixed"]],
  ])("survives %s", (_name, raw, expected) => {
    expect(shape(raw)).toEqual(expected);
  });

  it("stops at a depth and a number of parts", () => {
    let nested = "x";
    for (let depth = 0; depth < 60; depth += 1) {
      nested = `Content-Type: multipart/mixed; boundary="b${depth}"\r\n\r\n--b${depth}\r\n${nested}\r\n--b${depth}--`;
    }
    expect(shape(nested).length).toBeLessThan(30);
    const many = `Content-Type: multipart/mixed; boundary="b"\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(5_000)}--b--`;
    expect(shape(many)).toHaveLength(1_001);
  });
});

describe("the glance for lists and searches", () => {
  it("shows words, not markup, comments, styles or invisible padding", () => {
    const html =
      "<head><style>p{color:red}</style><title>t</title></head><body><!-- c --><p>One&nbsp;&amp; &#9829;</p><script>s()</script>\u200c\u00a0\u034f\u200c Two</body>";
    const glance = glanceAtMail(Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n${html}`));
    expect(glance).toEqual({ text: "One & ♥ Two", snippet: "One & ♥ Two", files: { attached: 0, inline: 0 } });
  });

  it("decodes old charsets, and what names an unknown one", () => {
    const latin = Buffer.from("Content-Type: text/plain; charset=iso-8859-15\r\n\r\nGr\xfc\xdfe", "latin1");
    expect(glanceAtMail(latin).text).toBe("Grüße");
    expect(glanceAtMail(Buffer.from("Content-Type: text/plain; charset=klingon\r\n\r\nabc")).text).toBe("abc");
  });

  it("counts files that go with the mail and pictures that its HTML shows", () => {
    expect(glanceAtMail(Buffer.from(writeMail())).files).toEqual({ attached: 1, inline: 1 });
  });
});

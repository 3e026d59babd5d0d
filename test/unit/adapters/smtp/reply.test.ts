import fc from "fast-check";
import { expect, test } from "vitest";
import { createReplyReader, formatReply, parseReply, parseReplyText } from "../../../../src/adapters/smtp/reply.ts";
import type { SmtpReply } from "../../../../src/domain/outcome.ts";

function read(...chunks: (string | Buffer)[]) {
  const replies: SmtpReply[] = [];
  const broken: string[] = [];
  const reader = createReplyReader(
    (reply) => replies.push(reply),
    (cause) => broken.push(cause),
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  return { replies, broken };
}

test.each([
  [["250 2.1.5 ok"], { code: 250, enhanced: "2.1.5", text: "ok" }],
  [["250"], { code: 250, enhanced: null, text: "" }],
  [["250 "], { code: 250, enhanced: null, text: "" }],
  [["421 4.7.28"], { code: 421, enhanced: "4.7.28", text: "" }],
  [["550 05.01.001 gone"], { code: 550, enhanced: null, text: "05.01.001 gone" }],
  [["550 5.007.1 no"], { code: 550, enhanced: "5.7.1", text: "no" }],
  // The basic code wins where the two disagree; the words stay whole.
  [["450 5.1.1 later"], { code: 450, enhanced: null, text: "5.1.1 later" }],
  [["550 5.7.1. with a dot"], { code: 550, enhanced: null, text: "5.7.1. with a dot" }],
  [["550 version 5.1.1 is out"], { code: 550, enhanced: null, text: "version 5.1.1 is out" }],
  [["550-5.7.1 one", "550-5.7.1 two", "550 5.7.1 three"], { code: 550, enhanced: "5.7.1", text: "one two three" }],
  [["550-one", "550 5.7.1 two"], { code: 550, enhanced: "5.7.1", text: "one two" }],
  [["250 a\u0000b\u0007c\u009fd"], { code: 250, enhanced: null, text: "a b c d" }],
] as const)("%j is read as it was meant", (lines, expected) => {
  expect(parseReply(lines)).toEqual(expected);
});

test("words are UTF-8 where they can be, and single bytes where not", () => {
  expect(read(Buffer.from("550 Empfänger ungültig\r\n", "utf8")).replies[0]?.text).toBe("Empfänger ungültig");
  expect(read(Buffer.from("550 Empfänger ungültig\r\n", "latin1")).replies[0]?.text).toBe("Empfänger ungültig");
});

test("what is kept of a reply is bounded, and never half a character", () => {
  const { replies } = read(`250 ${"😀".repeat(3_000)}\r\n`);
  const text = replies[0]?.text ?? "";
  expect(text.length).toBeLessThanOrEqual(1_000);
  expect(Buffer.from(text, "utf8").toString("utf8")).toBe(text);
});

test("replies come out the same however their bytes are cut", () => {
  const wire = Buffer.from("250-first\r\n250 2.0.0 sec\u00f6nd\r\n354 go\r\n550 5.1.1 no\n", "utf8");
  const whole = read(wire).replies;
  expect(whole.map((reply) => reply.code)).toEqual([250, 354, 550]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: wire.length }), { maxLength: 8 }), (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), wire.length];
      const chunks = edges.slice(1).map((end, index) => wire.subarray(edges[index], end));
      expect(read(...chunks)).toEqual({ replies: whole, broken: [] });
    }),
  );
});

test.each(["25", "250", "250 ok", "250-ok\r\n", "250 ok\r"])("%j before a cut is no reply", (bytes) => {
  expect(read(bytes)).toEqual({ replies: [], broken: [] });
});

test.each(["hello\r\n", "25\r\n", "2500 ok\r\n", "\r\n", "250_ok\r\n", " 250 ok\r\n", "\u0000\r\n"])(
  "%j is no reply, and nothing after it is read",
  (bytes) => {
    const { replies, broken } = read(bytes, "250 ok\r\n");
    expect(replies).toEqual([]);
    expect(broken).toHaveLength(1);
  },
);

test("a reply without end is given up, in one line or in many", () => {
  expect(read(`250-${"x".repeat(70_000)}`).broken).toHaveLength(1);
  expect(read(...Array.from({ length: 8_000 }, () => "250-more\r\n")).broken).toHaveLength(1);
  // And many short replies are not one long one.
  const { replies, broken } = read(...Array.from({ length: 10_000 }, () => "250 fine\r\n"));
  expect([replies.length, broken.length]).toEqual([10_000, 0]);
});

test("Nodemailer's form of a reply is read too, and other words are not taken for one", () => {
  expect(parseReplyText("535-5.7.8 no\n535 5.7.8 really")).toEqual({ code: 535, enhanced: "5.7.8", text: "no really" });
  expect(parseReplyText("no reply")).toBeNull();
  expect(parseReplyText("")).toBeNull();
});

test("a reply is written as people know it", () => {
  expect(formatReply({ code: 450, enhanced: "4.2.0", text: "later" })).toBe("450 4.2.0 later");
  expect(formatReply({ code: 250, enhanced: null, text: "" })).toBe("250");
});

import { simpleParser } from "mailparser";
import { expect, it } from "vitest";
import { composeForward } from "../../../src/app/forward-reply.ts";
import { readReport } from "../../../src/feedback/read-report.ts";
import { testKeys, writeReply } from "../../support/returned-mail.ts";

const sender = {
  listSlug: "news",
  listName: "The News",
  fromName: "The News",
  fromAddress: "news@example.com",
  replyTo: "editor@example.org",
  postalAddress: ["1 High Street"],
  listId: "news.example.com",
};
const settings = {
  publicUrl: "https://news.example.com",
  envelopeDomain: "bounces.example.com",
  mailtoUnsubscribe: null,
  tokens: testKeys,
  profile: "mta",
} as const;
const compose = (raw: Buffer) =>
  composeForward(
    { notice: 7, address: "editor@example.org", dateMs: Date.UTC(2026, 10, 25, 2, 0), raw },
    sender,
    settings,
  );

it("carries the answer as it came, and an answer to it reaches the person", async () => {
  const raw = writeReply("news@example.com", "ada@example.net", "Thank you!\r\nAda");
  const message = compose(raw);
  expect(message.envelope).toEqual({
    from: "bounce@bounces.example.com",
    to: "editor@example.org",
    needsSmtpUtf8: false,
  });
  const parsed = await simpleParser(message.bytes);
  expect(parsed.from?.value[0]?.address).toBe("news@example.com");
  expect(parsed.replyTo?.value[0]?.address).toBe("ada@example.net");
  expect(parsed.subject).toBe("Fwd: Re: The News");
  expect(parsed.text).toContain("Thank you!");
  expect(parsed.attachments[0]?.contentType).toBe("message/rfc822");
  expect(parsed.attachments[0]?.content.toString().trimEnd()).toBe(raw.toString().trimEnd());
});

it("puts nothing on the wire that ends the message early, and loses no byte of it", async () => {
  const hostile = writeReply(
    "news@example.com",
    "ada@example.net",
    "words\r\n.\r\nMAIL FROM:<x@example.org>\r\nNaïve ✓",
  );
  const message = compose(hostile);
  const lines = message.bytes.toString("latin1").split("\r\n");
  expect(lines.filter((line) => line.startsWith("."))).toEqual([]);
  expect(lines.every((line) => line.length <= 998 && !/[\n\r]/.test(line))).toBe(true);
  const parsed = await simpleParser(message.bytes);
  expect(parsed.attachments[0]?.content.equals(hostile)).toBe(true);
});

it("writes no header that the answer's author chose", () => {
  const raw = Buffer.from(
    'From: "x\r\n y" <"a b"@example.net>\r\nSubject: =?utf-8?q?one=0D=0ABcc:_victim@example.org?=\r\nTo: news@example.com\r\n\r\nhello\r\n',
  );
  const head = compose(raw).bytes.toString("latin1").split("\r\n\r\n", 1)[0] as string;
  expect(head).not.toMatch(/^bcc:/im);
  expect(head).not.toMatch(/^reply-to:/im);
});

it("is not taken for a person's answer when it comes back to us", () => {
  const raw = writeReply("news@example.com", "ada@example.net");
  expect(readReport(compose(raw).bytes).kind).not.toBe("reply");
});

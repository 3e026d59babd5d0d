import fc from "fast-check";
import { simpleParser } from "mailparser";
import { describe, expect, test } from "vitest";
import { personalise } from "../../../src/digest/personalise.ts";
import { MissingValueError } from "../../../src/digest/slot-source.ts";
import { readFoldedToken, readToken } from "../../../src/domain/token.ts";
import { verifyVerp } from "../../../src/domain/verp.ts";
import { findMailtoToken } from "../../../src/domain/mailto-unsubscribe.ts";
import type { DigestVariant } from "../../../src/domain/digest.ts";
import type { FrozenDelivery } from "../../../src/domain/delivery.ts";
import { InputError } from "../../../src/lib/errors.ts";
import {
  createSampleDigest,
  createSampleRecipient,
  createSampleSettings,
  fieldValues,
  readMessage,
  slot,
  type SampleDigestOptions,
} from "../../support/sample-digest.ts";
import type { MailSettings } from "../../../src/digest/mail-settings.ts";

const settings = createSampleSettings();

function compose(
  frozen: Partial<FrozenDelivery> = {},
  options: SampleDigestOptions = {},
  changes: Partial<MailSettings> = {},
) {
  return personalise(createSampleDigest(options), createSampleRecipient(frozen), createSampleSettings(changes), []);
}

const payload = { list: 1, subscriber: 77, delivery: { campaign: 12, number: 345 } };

describe("the format of a mail", () => {
  test("F1, F2: lines end in CRLF alone and none is longer than 78 octets", () => {
    const text = compose({ values: { firstName: "Ada" } }).bytes.toString("latin1");
    expect(text.replace(/\r\n/g, "")).not.toMatch(/[\r\n\0]/);
    const long = text.split("\r\n").filter((line) => line.length > 78);
    // A URI with its token can't be folded (RFC 2369 section 2); it stays far below 998.
    expect(long.every((line) => line.startsWith(" <mailto:") && line.length < 200)).toBe(true);
  });

  test("F1: no line passes 998 octets whatever lengths come in", () => {
    const longWord = "x".repeat(2000);
    const { bytes } = compose(
      {
        values: { firstName: longWord, lastName: longWord },
        address: `${"a".repeat(64)}@${"b".repeat(60)}.${"c".repeat(60)}.example.org`,
      },
      {
        subject: { chunks: ["New, ", ""], slots: [slot("subscriber.firstName", "header")] },
        sender: { fromName: longWord, listName: longWord, replyTo: `${"r".repeat(64)}@${"d".repeat(60)}.example.com` },
      },
    );
    expect(
      Math.max(
        ...bytes
          .toString("latin1")
          .split("\r\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
  });

  test("S1: no line of the whole mail begins with a dot, so nothing is to be stuffed", () => {
    const dots = { firstName: ".Ada", name: "..Ada" };
    const subject = {
      chunks: ["", ". ", ""],
      slots: [slot("subscriber.firstName", "header"), slot("subscriber.name", "header")],
    };
    const { bytes } = compose({ values: dots }, { subject, sender: { fromName: ".News", listName: ".List" } });
    expect(bytes.toString("latin1")).not.toMatch(/(?:^|\n)\./);
  });

  test("F3, F4: field names are plain, and each field stands once", () => {
    const { fields } = readMessage(compose().bytes);
    const names = fields.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    for (const name of ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"]) {
      expect(names).toContain(name);
    }
  });

  test("F5: Date is the frozen one, with a numeric zone", () => {
    expect(fieldValues(compose().bytes, "Date")).toEqual(["Fri, 31 May 2024 09:00:00 +0000"]);
  });

  test("F6: the same delivery gives the same bytes and Message-ID, another one another", () => {
    const first = compose();
    const again = compose();
    expect(again.bytes.equals(first.bytes)).toBe(true);
    expect(again.messageId).toBe(first.messageId);
    expect(first.messageId).toMatch(/^<c12\.n345\.[0-9a-v]+@example\.com>$/);
    const other = personalise(
      createSampleDigest(),
      { ...createSampleRecipient(), identity: { kind: "delivery", id: { campaign: 12, number: 346 } } },
      settings,
      [],
    );
    expect(other.messageId).not.toBe(first.messageId);
  });

  test("F9: the boundary is short and occurs in no part, whatever a recipient is called", () => {
    const boundary = /boundary="([^"]+)"/.exec(fieldValues(compose().bytes, "Content-Type")[0] ?? "")?.[1] ?? "";
    expect(boundary.length).toBeGreaterThan(0);
    expect(boundary.length).toBeLessThanOrEqual(70);
    const { body } = readMessage(compose({ values: { firstName: `--${boundary}--` } }).bytes);
    expect(body.toString("latin1").split(`--${boundary}`)).toHaveLength(4);
  });

  test("F10, F11: text comes first, HTML last, and both hold the way out", async () => {
    const { bytes } = compose();
    const types = [...bytes.toString("latin1").matchAll(/^Content-Type: (text\/\w+)/gm)].map((match) => match[1]);
    expect(types).toEqual(["text/plain", "text/html"]);
    const mail = await simpleParser(bytes);
    const [url = ""] = /https:\/\/news\.example\.com\/u\/[\w-]+/.exec(mail.text ?? "") ?? [];
    expect(url).not.toBe("");
    expect(mail.html).toContain(`href="${url}"`);
  });

  test("F13: no line end in a recipient's or sender's value makes a field", () => {
    const evil = "Ada\r\nBcc: evil@example.com\n\0\r\rX-Evil: 1";
    const { bytes } = compose(
      { values: { firstName: evil, name: evil } },
      {
        subject: { chunks: ["For ", ""], slots: [slot("subscriber.firstName", "header")] },
        sender: { fromName: evil, listName: evil },
      },
    );
    const names = readMessage(bytes).fields.map(([name]) => name);
    expect(names).not.toContain("Bcc");
    expect(names).not.toContain("X-Evil");
    expect(bytes.includes(0)).toBe(false);
  });

  test("F7, F13: any values at all give a mail that parses to the same names and one body", async () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 60 }),
      fc.constantFrom("👩‍👩‍👧‍👦 عائلة", "李小龍", "a\r\nb", "<script>", "\"&<>'", "%0d%0aBcc:x", ".", "From me"),
    );
    await fc.assert(
      fc.asyncProperty(value, value, async (firstName, name) => {
        const { bytes } = compose(
          { values: { firstName, name } },
          { subject: { chunks: ["Hi ", "!"], slots: [slot("subscriber.firstName", "header", "you")] } },
        );
        const mail = await simpleParser(bytes);
        const clean = (text: string) =>
          text
            .replace(/\p{Surrogate}/gu, "\ufffd")
            .replace(/[\p{Cc}\u2028\u2029 ]+/gu, " ")
            .trim();
        expect([...mail.headers.keys()].toSorted()).toEqual(expectedFields);
        expect(mail.subject).toBe(clean(`Hi ${clean(firstName) || "you"}!`));
        expect(mail.text).toContain("Example Ltd, 1 High Street");
        expect(mail.html).toContain("</html>");
      }),
      { numRuns: 100 },
    );
  });
});

const expectedFields =
  "content-type date feedback-id from list message-id mime-version precedence reply-to subject to x-auto-response-suppress".split(
    " ",
  );

describe("list fields and leaving", () => {
  test("L1: each List- field stands at most once", () => {
    const names = readMessage(compose().bytes)
      .fields.map(([name]) => name)
      .filter((name) => name.startsWith("List-"));
    expect(names.toSorted()).toEqual(["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]);
  });

  test("L2, L4, L9: one https URI and one mailto in brackets, https first, each with a token that names the reader", () => {
    const [value = ""] = fieldValues(compose().bytes, "List-Unsubscribe");
    const [, https = "", mailto = ""] =
      /^<https:\/\/news\.example\.com\/u\/([\w-]+)>, <mailto:([^?<>]+)\?subject=unsubscribe>$/.exec(value) ?? [];
    expect(readToken(https, settings.tokens, "reader")).toEqual(payload);
    expect(readFoldedToken(findMailtoToken(mailto, "") ?? "", settings.tokens, "reader")).toEqual(payload);
  });

  test("L4: List-Unsubscribe-Post says exactly what RFC 8058 says", () => {
    expect(compose().bytes.toString("latin1")).toContain("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
  });

  test("L4: without https there is no one-click, only the mailto", () => {
    const { bytes } = compose({}, {}, { publicUrl: "http://localhost:3000" });
    expect(fieldValues(bytes, "List-Unsubscribe-Post")).toEqual([]);
    expect(fieldValues(bytes, "List-Unsubscribe")[0]).toMatch(/^<mailto:[^<>]+>$/);
  });

  test("L3: List-Id is the list's name and its stable label", () => {
    expect(fieldValues(compose().bytes, "List-Id")).toEqual(["Example News <news.example.com>"]);
    const { bytes } = compose({}, { sender: { listName: "Neues aus Köln" } });
    expect(fieldValues(bytes, "List-Id")).toEqual(["=?utf-8?q?Neues_aus_K=C3=B6ln?= <news.example.com>"]);
    expect(() => compose({}, { sender: { listId: "a>\r\nb" } })).toThrow(InputError);
  });

  test("B12: Feedback-ID has a stable sender of 5 to 15 characters last, no value twice, nothing personal", () => {
    const values = ["a@x.io", "news@example.com", "n@a-very-long-domain-name.example.com"].map(
      (fromAddress) => fieldValues(compose({}, { sender: { fromAddress } }).bytes, "Feedback-ID")[0] ?? "",
    );
    for (const value of values) {
      expect(value).toMatch(/^[\w-]+:[\w-]+:[a-z0-9]{5,15}$/);
      expect(new Set(value.split(":")).size).toBe(3);
      expect(value).not.toMatch(/345|77/);
    }
  });

  test("B9: bulk mail asks for no automatic answers; a notice says that it is automatic", () => {
    const bulk = compose().bytes;
    expect(fieldValues(bulk, "Precedence")).toEqual(["bulk"]);
    expect(fieldValues(bulk, "X-Auto-Response-Suppress")).toEqual(["OOF, AutoReply"]);
    const notice = personalise(
      createSampleDigest(),
      { ...createSampleRecipient(), identity: { kind: "notice", id: 9 } },
      settings,
      [],
    );
    expect(fieldValues(notice.bytes, "Auto-Submitted")).toEqual(["auto-generated"]);
    expect(fieldValues(notice.bytes, "Precedence")).toEqual([]);
    expect(notice.messageId).toMatch(/^<n9\.[0-9a-v]+@example\.com>$/);
  });
});

describe("the envelope", () => {
  test("B5, S16: the return path names the delivery, authenticated, at the envelope's domain", () => {
    const { envelope } = compose();
    expect(envelope.from).toMatch(/^bounce\+[^@]+@bounces\.example\.com$/);
    expect(verifyVerp(envelope.from, settings.tokens.verp)).toEqual(payload.delivery);
  });

  test("S12: an international domain goes out as A-label; only a local part needs SMTPUTF8", () => {
    expect(compose({ address: "ada@exämple.net" }).envelope).toMatchObject({
      to: "ada@xn--exmple-cua.net",
      needsSmtpUtf8: false,
    });
    const { envelope, bytes } = compose({ address: "dømi@exämple.net" });
    expect(envelope).toMatchObject({ to: "dømi@xn--exmple-cua.net", needsSmtpUtf8: true });
    expect(fieldValues(bytes, "To")).toEqual(["Ada <dømi@xn--exmple-cua.net>"]);
  });

  test("the old Japanese form is quoted", () => {
    expect(compose({ address: "a..b.@docomo.ne.jp" }).envelope.to).toBe('"a..b."@docomo.ne.jp');
  });

  test("an address that can't be written is an error with its code", () => {
    expect(() => compose({ address: "no address" })).toThrow(InputError);
  });
});

describe("a recipient's values", () => {
  const all = (name: string, fallback: string | null = null): SampleDigestOptions => ({
    text: { chunks: ["t[", "] url[", "]\n"], slots: [slot(name, "text", fallback), slot(name, "url", fallback)] },
    html: {
      chunks: ["<p>h[", ']<a title="a[', ']" href="https://example.com/?q=', '">x</a></p>\n'],
      slots: [slot(name, "html", fallback), slot(name, "attribute", fallback), slot(name, "url", fallback)],
    },
  });

  test("are escaped for the place they stand in", async () => {
    const nasty = `<b>"O'Neil" & {{co}} é`;
    const mail = await simpleParser(compose({ values: { x: nasty } }, all("subscriber.x")).bytes);
    const url = "%3Cb%3E%22O%27Neil%22%20%26%20%7B%7Bco%7D%7D%20%C3%A9";
    expect(mail.text).toBe(`t[${nasty}] url[${url}]\n`);
    const html = "&lt;b&gt;&quot;O&#39;Neil&quot; &amp; {{co}} é";
    expect(mail.html).toBe(`<p>h[${html}]<a title="a[${html}]" href="https://example.com/?q=${url}">x</a></p>\n`);
  });

  test.each([undefined, "", "  ", "\r\n"])("give way to the fallback when they are %j", async (x) => {
    const mail = await simpleParser(
      compose({ values: x === undefined ? {} : { x } }, all("subscriber.x", "you & yours")).bytes,
    );
    expect(mail.text).toContain("t[you & yours]");
    expect(mail.html).toContain("h[you &amp; yours]");
  });

  test("that are missing without a fallback stop the mail: never an empty Hi", () => {
    const act = () => compose({ values: {} }, all("subscriber.x"));
    expect(act).toThrow(MissingValueError);
    expect(act).toThrow(/subscriber\.x/);
  });

  test("are the recipient's own: a field called like a part of every object is missing", () => {
    expect(() => compose({ values: {} }, all("subscriber.constructor"))).toThrow(MissingValueError);
  });

  test("include the address, as the person gave it", async () => {
    const mail = await simpleParser(compose({ address: "Ada@Example.org" }, all("subscriber.address")).bytes);
    expect(mail.text).toContain("t[Ada@Example.org]");
  });

  test("in the subject make it theirs", () => {
    const subject = { chunks: ["New in May, ", ""], slots: [slot("subscriber.firstName", "header", "reader")] };
    expect(fieldValues(compose({}, { subject }).bytes, "Subject")).toEqual(["New in May, Ada"]);
    expect(fieldValues(compose({ values: {} }, { subject }).bytes, "Subject")).toEqual(["New in May, reader"]);
  });

  test("give the links tokens for their purpose", async () => {
    const { text = "" } = await simpleParser(compose().bytes);
    const token = (path: string) => new RegExp(`https://news\\.example\\.com/${path}/([\\w-]+)`).exec(text)?.[1] ?? "";
    expect(readToken(token("u"), settings.tokens, "reader")).toEqual(payload);
    expect(readToken(token("p"), settings.tokens, "reader")).toEqual(payload);
    expect(readToken(token("v"), settings.tokens, "view")).toEqual(payload);
  });
});

test("each reader gets the variant that was frozen for them", async () => {
  const one = createSampleDigest();
  const other = createSampleDigest({ text: { chunks: ["for the others\n"], slots: [] } });
  const variants = new Map([...one.variants, ["1", { ...(other.variants.get("") as DigestVariant), key: "1" }]]);
  const digest = { ...one, variants };
  const textOf = async (variant: string) =>
    (await simpleParser(personalise(digest, createSampleRecipient({ variant }), settings, []).bytes)).text;
  expect(await textOf("1")).toBe("for the others\n");
  expect(await textOf("")).toContain("Hi Ada");
  expect(await textOf("1")).toBe("for the others\n");
});

describe("an event's time where the reader lives", () => {
  const options: SampleDigestOptions = {
    text: { chunks: ["17:00 in New York", "\n"], slots: [slot("event.0.readerTime", "text", "")] },
    html: { chunks: ["<p>17:00", "</p>\n"], slots: [slot("event.0.readerTime", "html", "")] },
    events: [{ instantMs: Date.UTC(2024, 5, 5, 21), zone: "America/New_York", wholeDay: false, calendar: "" }],
  };
  const shown = async (zone: string | null) => (await simpleParser(compose({ zone }, options).bytes)).text?.trim();

  test("is shown in another zone, on its own day", async () => {
    expect(await shown("Asia/Tokyo")).toMatch(/^17:00 in New York · .*Jun.* 6.* 6:00\sAM where you are$/);
  });

  test("is left out in the same zone, in one of the same offset, and where the zone is unknown", async () => {
    for (const zone of ["America/New_York", "America/Toronto", null, "Mars/Olympus_Mons", ""]) {
      expect(await shown(zone)).toBe("17:00 in New York");
    }
  });
});

describe("a relay that writes fields anew", () => {
  test.each([
    ["ses", "X-SES-MESSAGE-TAGS", "delivery=12-345"],
    ["postmark", "X-PM-Metadata-delivery", "12.345"],
    ["sendgrid", "X-SMTPAPI", '{"unique_args":{"delivery":"12.345"}}'],
    ["mailgun", "X-Mailgun-Variables", '{"delivery":"12.345"}'],
  ] as const)("%s is told the delivery, for its reports", (profile, name, value) => {
    const { bytes } = compose({}, {}, { profile });
    expect(fieldValues(bytes, name)).toEqual([value]);
    // Its own stands there, and a message may have one.
    expect(fieldValues(bytes, "Feedback-ID")).toEqual([]);
  });

  test("an MTA of our own and a plain relay need no mark", () => {
    for (const profile of ["mta", "relay"] as const) {
      const names = readMessage(compose({}, {}, { profile }).bytes).fields.map(([name]) => name);
      expect(names.filter((name) => name.startsWith("X-"))).toEqual(["X-Auto-Response-Suppress"]);
    }
  });
});

describe("settings", () => {
  test.each([
    "ftp://x.example",
    "https://news.example.com/",
    "https://müller.example",
    `https://${"x".repeat(600)}.example`,
  ])("refuse %s as the public address", (publicUrl) => {
    expect(() => compose({}, {}, { publicUrl })).toThrow(InputError);
  });
});

/** A small Digest and what is needed to send it, for tests of finished mails. */
import type { Digest } from "../../src/domain/digest.ts";
import type { FrozenDelivery } from "../../src/domain/delivery.ts";
import type { Slot, SlotContext, SlottedText } from "../../src/domain/slotted-text.ts";
import { createTokenKeys } from "../../src/domain/token-keys.ts";
import { createBoundary } from "../../src/digest/boundary.ts";
import { encodePart } from "../../src/digest/encode-part.ts";
import type { MailSettings } from "../../src/digest/mail-settings.ts";
import type { MailRecipient } from "../../src/digest/personalise.ts";

export function slot(name: string, context: SlotContext, fallback: string | null = null): Slot {
  return { name, context, fallback };
}

export interface SampleDigestOptions {
  readonly text?: SlottedText;
  readonly html?: SlottedText;
  readonly subject?: SlottedText;
  readonly sender?: Partial<Digest["sender"]>;
  readonly events?: Digest["events"];
  readonly lang?: string;
}

export const sampleText: SlottedText = {
  chunks: [
    "Hi ",
    ",\n\nthe issue for your browser: ",
    "\n\nLeave: ",
    "\nPreferences: ",
    "\n\nExample Ltd, 1 High Street\n",
  ],
  slots: [
    slot("subscriber.firstName", "text", "reader"),
    slot("link.view", "text"),
    slot("link.unsubscribe", "text"),
    slot("link.preferences", "text"),
  ],
};

export const sampleHtml: SlottedText = {
  chunks: [
    '<!doctype html>\n<html lang="en"><head><title>New in May</title></head>\n<body><p>Hi ',
    ',</p>\n<p><a href="',
    '">Leave</a> or <a href="https://www.example.com/?name=',
    '">go on</a></p><p>Example Ltd, 1 High Street</p></body></html>\n',
  ],
  slots: [
    slot("subscriber.firstName", "html", "reader"),
    slot("link.unsubscribe", "attribute"),
    slot("subscriber.firstName", "url", "reader"),
  ],
};

export function createSampleDigest(options: SampleDigestOptions = {}): Digest {
  const { text = sampleText, html = sampleHtml, subject = { chunks: ["New in May"], slots: [] } } = options;
  return {
    id: "sample",
    issueSlug: "2024-05-new-in-may",
    listSlug: "news",
    lang: options.lang ?? "en",
    audiences: [],
    events: options.events ?? [],
    sender: {
      fromName: "Example News",
      fromAddress: "news@example.com",
      replyTo: "editors@example.com",
      listName: "Example News",
      listId: "news.example.com",
      ...options.sender,
    },
    variants: new Map([
      [
        "",
        {
          key: "",
          subject,
          boundary: createBoundary("sample"),
          text: encodePart(text, "text/plain; charset=utf-8"),
          html: encodePart(html, "text/html; charset=utf-8"),
        },
      ],
    ]),
  };
}

export function createSampleSettings(changes: Partial<MailSettings> = {}): MailSettings {
  return {
    publicUrl: "https://news.example.com",
    envelopeDomain: "bounces.example.com",
    mailtoUnsubscribe: "leave@news.example.com",
    tokens: createTokenKeys(["a secret of more than sixteen characters"]),
    profile: "mta",
    ...changes,
  };
}

export function createSampleRecipient(frozen: Partial<FrozenDelivery> = {}): MailRecipient {
  return {
    identity: { kind: "delivery", id: { campaign: 12, number: 345 } },
    list: 1,
    frozen: {
      subscriberId: 77,
      address: "ada@example.org",
      values: { firstName: "Ada" },
      zone: null,
      variant: "",
      dateMs: Date.UTC(2024, 4, 31, 9, 0, 0),
      selectors: "",
      ...frozen,
    },
  };
}

/** Fields in order, unfolded, with the body's bytes. Written for tests: independent of the code that writes messages. */
export function readMessage(bytes: Buffer): { fields: [name: string, value: string][]; head: string; body: Buffer } {
  const end = bytes.indexOf("\r\n\r\n");
  const head = bytes.subarray(0, end + 2).toString("utf8");
  const fields = head
    .replace(/\r\n(?=[ \t])/g, "")
    .split("\r\n")
    .filter((line) => line !== "")
    .map((line): [string, string] => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return { fields, head, body: bytes.subarray(end + 4) };
}

/** The values of a field, by its name in any case. */
export function fieldValues(bytes: Buffer, name: string): string[] {
  return readMessage(bytes)
    .fields.filter(([found]) => found.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

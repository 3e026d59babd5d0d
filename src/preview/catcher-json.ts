/** A caught mail in the words of Mailpit's API, version 1. */
import { createHash } from "node:crypto";
import {
  type CaughtMail,
  type CaughtMailStore,
  isInlineFile,
  type MailAddress,
  type MailContent,
  type MailPart,
} from "../domain/caught-mail.ts";
import { blindRecipients } from "./catcher-search.ts";

export async function writeMailSummary(mail: CaughtMail, store: CaughtMailStore) {
  const { snippet, files } = await store.glance(mail.id);
  return {
    ID: mail.id,
    MessageID: mail.messageId,
    Read: mail.read,
    From: writeSender(mail),
    To: mail.to.map(writeAddress),
    Cc: mail.cc.map(writeAddress),
    Bcc: blindRecipients(mail).map(writeAddress),
    ReplyTo: mail.replyTo.map(writeAddress),
    Subject: mail.subject,
    Created: mail.arrivedAt.toISOString(),
    Username: mail.envelope.client.user ?? "",
    Tags: mail.tags,
    Size: mail.sizeBytes,
    Attachments: files.attached + files.inline,
    Snippet: snippet,
  };
}

/** `undefined` when the mail was just let go. */
export async function writeMail(mail: CaughtMail, store: CaughtMailStore) {
  const content = await store.content(mail.id);
  if (!content) return undefined;
  const [inline, attached] = splitFiles(content);
  return {
    ID: mail.id,
    MessageID: mail.messageId,
    From: writeSender(mail),
    To: mail.to.map(writeAddress),
    Cc: mail.cc.map(writeAddress),
    Bcc: blindRecipients(mail).map(writeAddress),
    ReplyTo: mail.replyTo.map(writeAddress),
    ReturnPath: mail.envelope.from,
    Subject: mail.subject,
    ListUnsubscribe: writeListUnsubscribe(content),
    Date: (content.date ?? mail.arrivedAt).toISOString(),
    Tags: mail.tags,
    Username: mail.envelope.client.user ?? "",
    Text: content.text ?? "",
    HTML: content.html ?? "",
    Size: mail.sizeBytes,
    Inline: await Promise.all(inline.map((part) => writeFile(part, mail, store))),
    Attachments: await Promise.all(attached.map((part) => writeFile(part, mail, store))),
  };
}

/** Fields by their name as Go writes it (`Message-Id`), in alphabetical order, unfolded and not decoded. */
export function writeHeaders(mail: CaughtMail): Record<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const line of mail.headerText.split(/\r?\n(?![ \t])/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line
      .slice(0, colon)
      .trim()
      .toLowerCase()
      .replace(/(^|-)([a-z])/g, (_whole, dash: string, letter: string) => dash + letter.toUpperCase());
    const value = line
      .slice(colon + 1)
      .replace(/\r?\n[ \t]+/g, " ")
      .trim();
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return Object.fromEntries([...fields].sort(([first], [second]) => (first < second ? -1 : 1)));
}

function writeAddress({ name, address }: MailAddress) {
  return { Name: name, Address: address };
}

function writeSender(mail: CaughtMail) {
  return writeAddress(mail.from[0] ?? { name: "", address: mail.envelope.from });
}

function splitFiles(content: MailContent): [inline: MailPart[], attached: MailPart[]] {
  return [content.attachments.filter(isInlineFile), content.attachments.filter((part) => !isInlineFile(part))];
}

async function writeFile(part: MailPart, mail: CaughtMail, store: CaughtMailStore) {
  const bytes = (await store.part(mail.id, part.id))?.bytes ?? Buffer.alloc(0);
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  return {
    PartID: part.id,
    FileName: part.fileName ?? "",
    ContentType: part.type,
    ContentID: part.contentId ?? "",
    Size: part.sizeBytes,
    Checksums: { MD5: digest("md5"), SHA1: digest("sha1"), SHA256: digest("sha256") },
  };
}

function writeListUnsubscribe(content: MailContent) {
  const field = (wanted: string) => content.fields.find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
  const header = field("list-unsubscribe");
  const links = [...header.matchAll(/<\s*((?:https?|mailto):[^>\s]+)\s*>/gi)].map((match) => match[1] as string);
  const errors = header !== "" && links.length === 0 ? "no link in angle brackets" : "";
  return { Header: header, Links: links, Errors: errors, HeaderPost: field("list-unsubscribe-post") };
}

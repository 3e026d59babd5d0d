import type { Pool, PoolClient } from "pg";
import { queueForwardNotice } from "../adapters/postgres/forwards.ts";
import { encodeBase64Lines } from "../digest/base64-chunks.ts";
import { createBoundary } from "../digest/boundary.ts";
import { encodeMailbox, encodeUnstructured, foldField } from "../digest/header-text.ts";
import type { MailSettings } from "../digest/mail-settings.ts";
import { toWireAddress } from "../digest/wire-address.ts";
import { formatMessageId } from "../domain/message-id.ts";
import type { Message } from "../domain/message.ts";
import type { Sender } from "../domain/subscriber.ts";
import { verpPrefix } from "../domain/verp.ts";
import { fieldText } from "../feedback/read-fields.ts";
import { readMime } from "../feedback/read-mime.ts";
import { senderOf } from "../feedback/recognise-mail.ts";
import { splitMail } from "../feedback/split-mail.ts";

/*
 * A person's answer goes on as a mail of ours with the answer attached: sent on under the person's own From it would fail the
 * checks of her domain (DMARC) and be lost on the way. Answering it reaches the person.
 */

/** @returns whether it was entered; `false` when the list is gone */
export async function queueForward(
  db: Pool | PoolClient,
  listId: number,
  raw: Buffer,
  senderKey: string | null,
): Promise<boolean> {
  return (await queueForwardNotice(db, { listId, raw, senderKey })) !== null;
}

export interface ForwardedReply {
  /** The notice's number: the Message-ID follows from it. */
  readonly notice: number;
  /** Where it goes. */
  readonly address: string;
  readonly dateMs: number;
  /** The answer as it came. */
  readonly raw: Buffer;
}

/** The words of an answer that are shown beside the attachment. */
const shownCharactersMax = 20_000;

/** Makes the mail. Pure. @throws InputError `address-unusable` */
export function composeForward(forward: ForwardedReply, sender: Sender, settings: MailSettings): Message {
  const { notice, raw } = forward;
  const parts = splitMail(readMime(raw));
  const author = senderOf(parts.fields);
  const subject = fieldText(parts.fields, "subject");
  const from = toWireAddress(sender.fromAddress);
  const to = toWireAddress(forward.address);
  const messageId = formatMessageId({ kind: "notice", id: notice }, from.domain, settings.tokens);
  const boundary = createBoundary(messageId);
  const isPlainMessage = canStandAsMessage(raw);
  const fields: readonly (readonly [string, string])[] = [
    ["From", encodeMailbox(sender.fromName, from.address, 4)],
    ["To", to.address],
    ...(author && isWritable(author) ? [["Reply-To", author] as const] : []),
    ["Subject", encodeUnstructured(`Fwd: ${subject}`.slice(0, 500), 7)],
    ["Date", new Date(forward.dateMs).toUTCString().replace("GMT", "+0000")],
    ["Message-ID", messageId],
    // An answering program leaves it alone, and if it came back to us it would not be forwarded again (RFC 3834 section 5).
    ["Auto-Submitted", "auto-generated"],
    ["MIME-Version", "1.0"],
    ["Content-Type", `multipart/mixed; boundary="${boundary}"`],
  ];
  const words = [
    `${author ?? "Somebody"} answered a mail of "${sender.listName}". The answer is attached as it came; your answer to this mail reaches its author.`,
    "",
    parts.text.slice(0, shownCharactersMax),
  ].join("\r\n");
  const head = [
    ...fields.map(([name, value]) => foldField(name, value)),
    `\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n`,
    encodeBase64Lines(Buffer.from(words, "utf8")),
    `--${boundary}\r\n`,
    isPlainMessage
      ? 'Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="answer.eml"\r\n\r\n'
      : 'Content-Type: application/octet-stream; name="answer.eml"\r\nContent-Disposition: attachment; filename="answer.eml"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
  ];
  const attached = isPlainMessage
    ? Buffer.from(withCrlf(raw), "latin1")
    : Buffer.from(encodeBase64Lines(raw), "latin1");
  return {
    envelope: {
      from: `${verpPrefix.replace("+", "")}@${settings.envelopeDomain}`,
      to: to.address,
      needsSmtpUtf8: to.needsSmtpUtf8 || from.needsSmtpUtf8,
    },
    bytes: Buffer.concat([Buffer.from(head.join(""), "latin1"), attached, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    messageId,
  };
}

function withCrlf(raw: Buffer): string {
  return raw.toString("latin1").replace(/\r\n|\r|\n/g, "\r\n");
}

/** A message may stand in another as it is when every line is one that SMTP carries anywhere, and none begins with a dot. */
function canStandAsMessage(raw: Buffer): boolean {
  return withCrlf(raw)
    .split("\r\n")
    .every((line) => line.length <= 998 && !line.startsWith(".") && /^[\t -~]*$/.test(line));
}

/** Into a header only what needs no quoting; anything else stays in the attachment. */
function isWritable(address: string): boolean {
  return /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(address);
}

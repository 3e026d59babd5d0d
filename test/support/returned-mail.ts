/** Reports about deliveries of a test, in the form that mail systems give them. */
import { createTokenKeys, type TokenKeys } from "../../src/domain/token-keys.ts";
import type { DeliveryId } from "../../src/domain/delivery.ts";
import { formatMessageId } from "../../src/domain/message-id.ts";
import { encodeVerp } from "../../src/domain/verp.ts";

export const testSecret = "a-secret-of-the-tests-that-is-long";
export const testKeys: TokenKeys = createTokenKeys([testSecret]);

export function returnPathOf(delivery: DeliveryId, keys: TokenKeys = testKeys): string {
  return `${encodeVerp(delivery, keys.verp)}@example.com`;
}

export interface BounceMail {
  /** Where it comes back to. */
  readonly to: string;
  readonly recipient: string;
  readonly status?: string;
  readonly diagnostic?: string;
  readonly action?: string;
  /** Of the returned message, with brackets. */
  readonly aboutMessageId?: string;
  /** Of the report itself. */
  readonly id?: string;
}

/** A report as Postfix writes it (RFC 3464). */
export function writeBounce(mail: BounceMail): Buffer {
  const id = mail.id ?? "20261125.1@mx.example.net";
  return Buffer.from(
    [
      "Return-Path: <>",
      "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)",
      "Subject: Undelivered Mail Returned to Sender",
      `To: ${mail.to}`,
      "Auto-Submitted: auto-replied",
      `Message-ID: <${id}>`,
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b/1"',
      "",
      "--b/1",
      "Content-Type: text/plain; charset=us-ascii",
      "",
      "I'm sorry to have to inform you that your message could not be delivered.",
      "",
      "--b/1",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example.net",
      "",
      `Final-Recipient: rfc822; ${mail.recipient}`,
      `Action: ${mail.action ?? "failed"}`,
      `Status: ${mail.status ?? "5.1.1"}`,
      `Diagnostic-Code: smtp; ${mail.diagnostic ?? "550 5.1.1 User unknown in local recipient table"}`,
      "",
      "--b/1",
      "Content-Type: text/rfc822-headers",
      "",
      `Return-Path: <${mail.to}>`,
      "From: The News <news@example.com>",
      `To: ${mail.recipient}`,
      ...(mail.aboutMessageId ? [`Message-ID: ${mail.aboutMessageId}`] : []),
      "",
      "--b/1--",
      "",
    ].join("\r\n"),
  );
}

/** A complaint as mailbox providers send it (RFC 5965), the address taken out. */
export function writeComplaint(to: string, delivery: DeliveryId, keys: TokenKeys = testKeys): Buffer {
  const messageId = formatMessageId({ kind: "delivery", id: delivery }, "example.com", keys);
  return Buffer.from(
    [
      "From: feedback@provider.example",
      `To: ${to}`,
      "Subject: complaint about message",
      "Message-ID: <complaint.1@provider.example>",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=feedback-report; boundary="c1"',
      "",
      "--c1",
      "Content-Type: text/plain",
      "",
      "This is an email abuse report.",
      "",
      "--c1",
      "Content-Type: message/feedback-report",
      "",
      "Feedback-Type: abuse",
      "User-Agent: Provider/1.0",
      "Version: 1",
      "",
      "--c1",
      "Content-Type: message/rfc822",
      "",
      "From: The News <news@example.com>",
      `Message-ID: ${messageId}`,
      "Subject: The News",
      "",
      "body",
      "",
      "--c1--",
      "",
    ].join("\r\n"),
  );
}

/** An answer by a person. */
export function writeReply(to: string, from: string, text = "Lovely issue, thank you!"): Buffer {
  return Buffer.from(
    [
      `From: Ada Example <${from}>`,
      `To: ${to}`,
      "Subject: Re: The News",
      "Message-ID: <answer.1@example.net>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "",
      text,
      "",
    ].join("\r\n"),
  );
}

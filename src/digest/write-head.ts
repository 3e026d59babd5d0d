import type { FrozenDelivery } from "../domain/delivery.ts";
import type { MailIdentity } from "../domain/message-id.ts";
import { fillSlots } from "../domain/slotted-text.ts";
import { encodeMailbox, encodeUnstructured, foldField } from "./header-text.ts";
import type { PreparedMail } from "./prepare-mail.ts";

/** A mail's header: as it is sent, with its empty line, and the signed fields in DKIM's relaxed form. */
export interface Head {
  text: string;
  canonical: string;
}

export interface HeadValues {
  readonly identity: MailIdentity;
  readonly frozen: FrozenDelivery;
  /** As on the wire. */
  readonly address: string;
  readonly messageId: string;
  /** List-Unsubscribe. */
  readonly leave: string | null;
  /** The mail's slot values, for the subject. */
  readonly values: readonly string[];
}

/** Writes the recipient's own fields between those that all recipients share. */
export function writeHead(mail: PreparedMail, given: HeadValues): Head {
  const { identity, frozen } = given;
  const head: Head = { text: mail.topFields, canonical: mail.canonicalFields };
  const { rewrites } = mail.rules;
  writeSigned(head, "To", "to:", encodeMailbox(nameOf(frozen), given.address, "To".length));
  writeSigned(head, "Subject", "subject:", mail.subject ?? writeSubject(mail, given.values));
  const date = formatDate(frozen.dateMs);
  if (rewrites.includes("date")) head.text += foldField("Date", date);
  else writeSigned(head, "Date", "date:", date);
  if (rewrites.includes("message-id")) head.text += foldField("Message-ID", given.messageId);
  else writeSigned(head, "Message-ID", "message-id:", given.messageId);
  if (given.leave !== null) writeSigned(head, "List-Unsubscribe", "list-unsubscribe:", given.leave);
  if (!mail.rules.ownFeedbackId) writeSigned(head, "Feedback-ID", "feedback-id:", writeFeedbackId(mail, identity));
  head.text += markDelivery(mail, identity);
  head.text += identity.kind === "delivery" ? bulkFields : noticeFields;
  head.text += mail.bottomFields;
  head.text += "\r\n";
  return head;
}

/** The order of these calls is that of `recipientFields` in prepare-mail.ts. */
function writeSigned(head: Head, name: string, canonicalName: string, value: string): void {
  head.text += foldField(name, value);
  head.canonical += `${canonicalName}${value}\r\n`;
}

/**
 * Asks vacation programs to keep quiet. Not `X-Auto-Response-Suppress: All`: that suppresses the delivery reports, too,
 * which we want.
 */
const bulkFields = "Precedence: bulk\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n";

/** RFC 3834 section 5: a confirmation or a test is made by a program for one person, and is no bulk mail. */
const noticeFields = "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n";

/** The display name in To, where the digest's own slots brought one along. */
function nameOf({ values }: FrozenDelivery): string {
  const name = values["name"];
  if (name !== undefined) return name;
  const first = values["firstName"];
  const last = values["lastName"];
  return first !== undefined && last !== undefined ? `${first} ${last}` : (first ?? last ?? "");
}

function writeSubject(mail: PreparedMail, values: readonly string[]): string {
  let index = 0;
  const subject = fillSlots(mail.variant.subject, () => values[mail.subjectValues[index++] as number] as string);
  return encodeUnstructured(subject, "Subject".length);
}

let lastSecond = Number.NaN;
let lastDate = "";

/** RFC 5322 section 3.3, in UTC. Deliveries of one second follow each other, so the last answer is kept. */
function formatDate(dateMs: number): string {
  const second = Math.trunc(dateMs / 1000);
  if (second !== lastSecond) {
    lastDate = new Date(second * 1000).toUTCString().replace("GMT", "+0000");
    lastSecond = second;
  }
  return lastDate;
}

/** No value twice and nothing personal; the last one is the sender (Google's postmaster tools group complaints by them). */
function writeFeedbackId(mail: PreparedMail, identity: MailIdentity): string {
  const campaign = identity.kind === "delivery" ? `c${identity.id.campaign}` : "notice";
  return `${campaign}:list-${mail.listSlug}:${mail.senderId}`;
}

/** Fields by which a relay's own reports name the delivery. */
function markDelivery(mail: PreparedMail, identity: MailIdentity): string {
  const { markDelivery: mark } = mail.rules;
  if (mark === null) return "";
  const delivery =
    identity.kind === "delivery" ? `${identity.id.campaign}.${identity.id.number}` : `notice.${identity.id}`;
  return mark(delivery)
    .map(([name, value]) => foldField(name, value))
    .join("");
}

import { formatDeliveryId } from "../domain/delivery.ts";
import { readBounce, type BouncedRecipient } from "./read-bounce.ts";
import { readDovecotReason } from "./known-systems.ts";
import { readComplaint } from "./read-complaint.ts";
import { fieldText } from "./read-fields.ts";
import { readInner, readMime } from "./read-mime.ts";
import { destinationsOf, messageIdsOf, recogniseMail, senderOf, type MailNature } from "./recognise-mail.ts";
import type {
  Finding,
  FindingDraft,
  FindingKind,
  Identification,
  Report,
  ReportContext,
  ReportKind,
} from "./report.ts";
import { readSesNotification } from "./ses-notification.ts";
import { splitMail, type MailParts } from "./split-mail.ts";

/** What a mail says before its deliveries are known, and what may name them. */
interface Reading {
  readonly kind: ReportKind;
  readonly drafts: readonly FindingDraft[];
  readonly names: Omit<Identification, "recipient">;
}

/**
 * Reads one incoming mail: what it is, and what it says about whom. Pure, never throws, whatever the bytes; the line ends may
 * be LF, CRLF or CR.
 * @param raw the whole mail; more than 4 MiB is not looked at
 */
export function readReport(raw: Buffer, context: ReportContext = {}): Report {
  const parts = splitMail(readMime(raw));
  const reading = readParts(parts, recogniseMail(parts.fields), context.envelopeRecipients ?? []);
  const findings = reading.drafts.map((draft) => identifyDraft(draft, reading.names, context));
  return {
    kind: reading.kind,
    // A person's mail that answers nothing of ours says nothing about anybody.
    findings: findings.filter((finding) => finding.kind !== "reply" || finding.delivery !== null),
    from: fieldText(parts.fields, "from"),
    to: [...new Set([...(context.envelopeRecipients ?? []), ...destinationsOf(parts.fields)])],
    subject: fieldText(parts.fields, "subject"),
    messageId: messageIdsOf(parts.fields, "message-id")[0] ?? null,
    aboutMessageId: reading.names.messageId,
  };
}

/** The order matters: what says plainly what it is comes before what has to be guessed. */
function readParts(parts: MailParts, nature: MailNature, envelopeRecipients: readonly string[]): Reading {
  const names = namesIn(parts, envelopeRecipients);
  const complaint = readComplaint(parts);
  if (complaint) return { kind: "complaint", drafts: complaint, names };
  const wrapped = nature.isAutomatic && !parts.status ? readWrapped(parts, nature, envelopeRecipients) : null;
  if (wrapped) return wrapped;
  // A person's program is believed to report on delivery only where it does so in the standard's form. Dovecot's delivery
  // agent writes its refusals as disposition notifications (src/lda/mail-send.c until 2.3).
  const isRejection = nature.isDaemon && readDovecotReason(parts.text) !== null;
  if (parts.hasStatusPart || isRejection || !(nature.isAutoReply || parts.isDisposition)) {
    const bounced = readBounce(parts, nature, names.addresses);
    if (bounced.length > 0) return { kind: "bounce", drafts: bounced.map(draftOfBounce), names };
  }
  const notification = readSesNotification(parts.text);
  if (notification) {
    const { drafts, messageId, returnPaths } = notification;
    const kind = drafts.some((draft) => draft.kind === "complaint") ? "complaint" : "bounce";
    return { kind, drafts, names: { ...names, messageId, returnPaths } };
  }
  const sender = senderOf(parts.fields);
  if (nature.isAutoReply || parts.isDisposition) {
    return { kind: "auto-reply", drafts: [draftOfAnswer("auto-reply", sender, parts)], names };
  }
  if (nature.isAutomatic) return { kind: "unknown", drafts: [], names };
  const answer = draftOfAnswer("reply", sender, parts);
  const forwarded = readForwarded(parts, envelopeRecipients);
  if (forwarded) return { ...forwarded, kind: "reply", drafts: [...forwarded.drafts, answer] };
  return { kind: "reply", drafts: [answer], names };
}

const forwardSubject = /^\s*(?:fwd?|wg|tr|rv|enc)\s*:/i;

/** A bounce that a person forwards, quoted line by line. It is read, and her mail stays the answer of a person. */
function readForwarded(parts: MailParts, envelopeRecipients: readonly string[]): Reading | null {
  if (!forwardSubject.test(fieldText(parts.fields, "subject"))) return null;
  const quoted = parts.notice.filter((line) => line.startsWith(">")).map((line) => line.replace(/^> ?/, ""));
  if (!quoted.some((line) => /^final-recipient[ \t]*:/i.test(line))) return null;
  const raw = Buffer.from(quoted.join("\n"), "utf8").toString("latin1");
  return readInnerReport(splitMail(readInner(raw.split("\n"))), false, envelopeRecipients);
}

/** A report that a gateway passes on inside a mail of its own. */
function readWrapped(parts: MailParts, outer: MailNature, envelopeRecipients: readonly string[]): Reading | null {
  return parts.inner ? readInnerReport(splitMail(parts.inner), outer.isDaemon, envelopeRecipients) : null;
}

function readInnerReport(
  inner: MailParts,
  isInDaemonsMail: boolean,
  envelopeRecipients: readonly string[],
): Reading | null {
  const nature = recogniseMail(inner.fields);
  if (nature.isAutoReply || !inner.status) return null;
  const names = namesIn(inner, envelopeRecipients);
  const isDaemon = nature.isDaemon || isInDaemonsMail;
  const bounced = readBounce(inner, { ...nature, isDaemon }, names.addresses);
  return bounced.length === 0 ? null : { kind: "bounce", drafts: bounced.map(draftOfBounce), names };
}

function draftOfBounce(bounced: BouncedRecipient): FindingDraft {
  const { kind, status, diagnostic, reason, action } = bounced.judgement;
  return { kind, recipient: bounced.recipient, status, diagnostic, action, reason };
}

function draftOfAnswer(kind: FindingKind, sender: string | null, parts: MailParts): FindingDraft {
  const diagnostic = fieldText(parts.fields, "subject").slice(0, 200);
  return { kind, recipient: sender, status: null, diagnostic, action: null, reason: null };
}

/** What in a mail may name the delivery that it is about. */
function namesIn(parts: MailParts, envelopeRecipients: readonly string[]): Omit<Identification, "recipient"> {
  const returnPaths = [
    ...messageIdsOf(parts.returned ?? [], "return-path"),
    ...messageIdsOf(parts.feedback ?? [], "original-mail-from"),
  ];
  return {
    addresses: [...new Set([...envelopeRecipients, ...destinationsOf(parts.fields)])],
    messageId: findAboutMessageId(parts),
    returnPaths: [...new Set(returnPaths)],
  };
}

/** Which message the mail is about: the one it returns, or the one it answers. */
function findAboutMessageId(parts: MailParts): string | null {
  const returned = messageIdsOf(parts.returned ?? [], "message-id")[0];
  const feedback = messageIdsOf(parts.feedback ?? [], "original-message-id")[0];
  const answered = messageIdsOf(parts.fields, "in-reply-to")[0] ?? messageIdsOf(parts.fields, "references").at(-1);
  return returned ?? feedback ?? answered ?? null;
}

function identifyDraft(draft: FindingDraft, names: Omit<Identification, "recipient">, context: ReportContext): Finding {
  const identified = context.identify?.({ ...names, recipient: draft.recipient }) ?? null;
  return {
    kind: draft.kind,
    hard: draft.kind === "hard",
    recipient: draft.recipient,
    status: draft.status,
    diagnostic: draft.diagnostic,
    action: draft.action,
    reason: draft.reason,
    trust: identified?.trust ?? null,
    campaign: identified?.campaign ?? null,
    delivery: identified ? formatDeliveryId(identified) : null,
  };
}

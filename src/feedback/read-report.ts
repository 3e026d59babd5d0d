import { formatDeliveryId } from "../domain/delivery.ts";
import { readBounce, type BouncedRecipient } from "./read-bounce.ts";
import { readComplaint } from "./read-complaint.ts";
import { fieldText } from "./read-fields.ts";
import { readMime } from "./read-mime.ts";
import { destinationsOf, messageIdsOf, recogniseMail, senderOf, type MailNature } from "./recognise-mail.ts";
import type { Finding, FindingKind, Identification, Report, ReportContext, ReportKind } from "./report.ts";
import { readSesNotification } from "./ses-notification.ts";
import { splitMail, type MailParts } from "./split-mail.ts";

/** A finding before its delivery is known. */
type Draft = Omit<Finding, "hard" | "campaign" | "delivery">;

/**
 * Reads one incoming mail: what it is, and what it says about whom. Pure, never throws, whatever the bytes; the line ends may
 * be LF, CRLF or CR.
 * @param raw the whole mail; more than 4 MiB is not looked at
 */
export function readReport(raw: Buffer, context: ReportContext = {}): Report {
  const parts = splitMail(readMime(raw));
  const nature = recogniseMail(parts.fields);
  const addresses = [...new Set([...(context.envelopeRecipients ?? []), ...destinationsOf(parts.fields)])];
  const { kind, drafts } = readDrafts(parts, nature, addresses);
  const aboutMessageId = findAboutMessageId(parts);
  const identified = drafts.map((draft) => identifyDraft(draft, parts, addresses, aboutMessageId, context));
  return {
    kind,
    // A person's mail that answers nothing of ours says nothing about anybody.
    findings: identified.filter((finding) => finding.kind !== "reply" || finding.delivery !== null),
    from: fieldText(parts.fields, "from"),
    subject: fieldText(parts.fields, "subject"),
    messageId: messageIdsOf(parts.fields, "message-id")[0] ?? null,
    aboutMessageId,
  };
}

function readDrafts(
  parts: MailParts,
  nature: MailNature,
  addresses: readonly string[],
): { kind: ReportKind; drafts: Draft[] } {
  const complaint = readComplaint(parts);
  if (complaint) return { kind: "complaint", drafts: complaint };
  const wrapped = nature.isAutomatic && !parts.status ? readWrapped(parts, nature) : [];
  if (wrapped.length > 0) return { kind: "bounce", drafts: wrapped };
  if (!nature.isAutoReply && !parts.isDisposition) {
    const bounced = readBounce(parts, nature, addresses);
    if (bounced.length > 0) return { kind: "bounce", drafts: bounced.map(draftOfBounce) };
  } else if (parts.hasStatusPart) {
    const bounced = readBounce(parts, nature, addresses);
    if (bounced.length > 0) return { kind: "bounce", drafts: bounced.map(draftOfBounce) };
  }
  const notification = readSesNotification(parts.text);
  if (notification)
    return { kind: notification.drafts[0]?.kind === "complaint" ? "complaint" : "bounce", drafts: notification.drafts };
  const sender = senderOf(parts.fields);
  if (nature.isAutoReply || parts.isDisposition)
    return { kind: "auto-reply", drafts: [draftOfAnswer("auto-reply", sender, parts)] };
  if (nature.isAutomatic) return { kind: "unknown", drafts: [] };
  return { kind: "reply", drafts: [draftOfAnswer("reply", sender, parts)] };
}

/** A report that a gateway passes on inside a mail of its own. */
function readWrapped(parts: MailParts, outer: MailNature): Draft[] {
  if (!parts.inner) return [];
  const inner = splitMail(parts.inner);
  const nature = recogniseMail(inner.fields);
  if (nature.isAutoReply || !inner.status) return [];
  return readBounce(
    inner,
    { ...nature, isDaemon: nature.isDaemon || outer.isDaemon },
    destinationsOf(inner.fields),
  ).map(draftOfBounce);
}

function draftOfBounce(bounced: BouncedRecipient): Draft {
  const { kind, status, diagnostic, reason, action } = bounced.judgement;
  return { kind, recipient: bounced.recipient, status, diagnostic, action, reason };
}

function draftOfAnswer(kind: FindingKind, sender: string | null, parts: MailParts): Draft {
  return {
    kind,
    recipient: sender,
    status: null,
    diagnostic: fieldText(parts.fields, "subject").slice(0, 200),
    action: null,
    reason: null,
  };
}

/** Which message the mail is about: the one it returns, or the one it answers. */
function findAboutMessageId(parts: MailParts): string | null {
  const returned = messageIdsOf(parts.returned ?? [], "message-id")[0];
  const feedback = messageIdsOf(parts.feedback ?? [], "original-message-id")[0];
  const answered = messageIdsOf(parts.fields, "in-reply-to")[0] ?? messageIdsOf(parts.fields, "references").at(-1);
  return returned ?? feedback ?? answered ?? null;
}

function identifyDraft(
  draft: Draft,
  parts: MailParts,
  addresses: readonly string[],
  messageId: string | null,
  context: ReportContext,
): Finding {
  const identification: Identification = {
    addresses,
    messageId,
    returnPaths: destinationsOfReturnPath(parts),
    recipient: draft.recipient,
  };
  const delivery = context.identify?.(identification) ?? null;
  return {
    kind: draft.kind,
    hard: draft.kind === "hard",
    recipient: draft.recipient,
    status: draft.status,
    diagnostic: draft.diagnostic,
    action: draft.action,
    reason: draft.reason,
    campaign: delivery?.campaign ?? null,
    delivery: delivery ? formatDeliveryId(delivery) : null,
  };
}

function destinationsOfReturnPath(parts: MailParts): string[] {
  const returned = messageIdsOf(parts.returned ?? [], "return-path");
  const feedback = messageIdsOf(parts.feedback ?? [], "original-mail-from");
  return [...new Set([...returned, ...feedback])];
}

import { findAddress, findAddresses, readTypedAddress } from "./find-addresses.ts";
import { fieldText, fieldValues } from "./read-fields.ts";
import { addresseesOf } from "./recognise-mail.ts";
import type { FindingDraft } from "./report.ts";
import type { MailParts } from "./split-mail.ts";

/**
 * Reads a feedback report (RFC 5965). The reader is often hidden; then the delivery is found by our token or Message-ID.
 * `auth-failure` (RFC 6591) speaks of our DNS and `not-spam` takes a complaint back: neither is a complaint by a reader.
 * @returns `null` when the mail is no feedback report
 */
export function readComplaint(parts: MailParts): FindingDraft[] | null {
  if (!parts.feedback) return readProviderComplaint(parts);
  const fields = parts.feedback;
  const type = fieldText(fields, "feedback-type").trim().toLowerCase() || "abuse";
  const named = fieldValues(fields, "original-rcpt-to").flatMap((value) => findAddresses(value, 50));
  const removal = fieldValues(fields, "removal-recipient").flatMap((value) => readTypedAddress(value) ?? []);
  const addressed = addresseesOf(parts.returned ?? []).slice(0, 1);
  const recipients: (string | null)[] =
    named.length > 0 ? named : removal.length > 0 ? removal : addressed.length > 0 ? addressed : [null];
  const diagnostic = [
    fieldText(fields, "user-agent"),
    fieldText(fields, "auth-failure"),
    fieldText(parts.fields, "subject"),
  ]
    .filter((text) => text !== "")
    .join("; ")
    .slice(0, 300);
  const kind = type === "not-spam" ? "unknown" : type === "auth-failure" ? "policy" : "complaint";
  return recipients.map((recipient) => ({
    kind,
    recipient,
    status: null,
    diagnostic,
    action: type,
    reason: kind === "policy" ? "authentication" : null,
  }));
}

/** Outlook.com's Junk Mail Reporting Program sends the message itself, and names the reader in a field of its own. */
function readProviderComplaint(parts: MailParts): FindingDraft[] | null {
  const isJmrp =
    /^staff@hotmail\.com$/i.test(findAddress(fieldText(parts.fields, "from")) ?? "") &&
    /^complaint about message from/i.test(fieldText(parts.fields, "subject"));
  if (!isJmrp) return null;
  const reader =
    findAddress(fieldText(parts.returned ?? [], "x-hmxmroriginalrecipient")) ??
    addresseesOf(parts.returned ?? [])[0] ??
    null;
  return [
    {
      kind: "complaint",
      recipient: reader,
      status: null,
      diagnostic: fieldText(parts.fields, "subject"),
      action: "abuse",
      reason: null,
    },
  ];
}

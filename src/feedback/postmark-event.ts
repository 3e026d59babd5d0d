import type { ReplyReason } from "../domain/reply-reason.ts";
import { objectOf, textOf } from "./json-fields.ts";
import { draftOf, draftOfBounce, readMark, readMessageIdText, type ProviderEvent } from "./provider-event.ts";

/** Postmark's bounce types ("Bounce webhook", "Bounce types") that say more than the server's words. */
const reasons: Readonly<Record<string, ReplyReason>> = {
  HardBounce: "bad-mailbox",
  BadEmailAddress: "bad-mailbox",
  SpamNotification: "spam",
  VirusNotification: "virus",
  Blocked: "blocked",
  DMARCPolicy: "authentication",
};

const answers = new Set(["AutoResponder", "ChallengeVerification", "AddressChange", "Subscribe", "Unsubscribe"]);
/** Ended by Postmark or its customer, without a word from the receiver. */
const notSent = new Set([
  "ManuallyDeactivated",
  "TemplateRenderingFailed",
  "InboundError",
  "SMTPApiError",
  "Unconfirmed",
]);

/** Reads one call: Bounce, SpamComplaint or Delivery; `null` for what says nothing about delivery. */
export function readPostmarkEvent(value: unknown): ProviderEvent | null {
  const event = objectOf(value);
  const recordType = textOf(event["RecordType"]);
  const type = textOf(event["Type"]);
  const recipient = textOf(event["Email"]) || textOf(event["Recipient"]);
  const details = textOf(event["Details"]) || textOf(event["Description"]);
  const common = {
    mark: readMark(textOf(objectOf(event["Metadata"])["delivery"])),
    messageId: readMessageIdText(textOf(event["MessageID"])),
    id: `${recordType}:${textOf(event["ID"]) || textOf(event["MessageID"])}`,
  };
  if (recordType === "SpamComplaint" || type === "SpamComplaint")
    return { ...common, draft: draftOf("complaint", recipient, details, "abuse") };
  if (recordType === "Delivery") return { ...common, draft: draftOf("delivered", recipient, details, "delivered") };
  if (recordType !== "Bounce") return null;
  if (answers.has(type)) return { ...common, draft: draftOf("auto-reply", recipient, details, "") };
  if (notSent.has(type)) return { ...common, draft: draftOf("unknown", recipient, `${type}: ${details}`, "failed") };
  const isPassing = type === "Transient";
  return {
    ...common,
    draft: draftOfBounce({
      recipient,
      status: "",
      diagnostic: details,
      action: isPassing ? "delayed" : "failed",
      known: reasons[type] ?? null,
      background: textOf(event["Description"]),
    }),
  };
}

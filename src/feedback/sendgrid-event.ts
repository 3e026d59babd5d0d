import { objectOf, textOf } from "./json-fields.ts";
import { draftOf, draftOfBounce, readMark, readMessageIdText, type ProviderEvent } from "./provider-event.ts";

/** One event of SendGrid's Event Webhook; a call holds a list of them. `null` for what says nothing about delivery. */
export function readSendgridEvent(value: unknown): ProviderEvent | null {
  const event = objectOf(value);
  const recipient = textOf(event["email"]);
  const reason = textOf(event["reason"]) || textOf(event["response"]);
  const common = {
    mark: readMark(textOf(event["delivery"])),
    messageId: readMessageIdText(textOf(event["smtp-id"])),
    id: textOf(event["sg_event_id"]) || `${textOf(event["sg_message_id"])}:${textOf(event["event"])}`,
  };
  switch (textOf(event["event"])) {
    case "bounce": {
      const isBlocked = textOf(event["type"]) === "blocked";
      const draft = draftOfBounce({
        recipient,
        status: textOf(event["status"]),
        diagnostic: reason,
        action: "failed",
        known: null,
      });
      // A block is what SendGrid tries again with the next mail: the address stands.
      return { ...common, draft: isBlocked && draft.kind === "hard" ? { ...draft, kind: "soft" } : draft };
    }
    case "deferred":
      return {
        ...common,
        draft: draftOfBounce({ recipient, status: "", diagnostic: reason, action: "delayed", known: null }),
      };
    case "delivered":
      return { ...common, draft: draftOf("delivered", recipient, reason, "delivered") };
    case "spamreport":
      return { ...common, draft: draftOf("complaint", recipient, reason, "abuse") };
    case "dropped":
      // SendGrid's own list stood against it; what put it there came as an event of its own.
      return { ...common, draft: draftOf("unknown", recipient, `not sent by the relay: ${reason}`, "failed") };
    default:
      return null;
  }
}

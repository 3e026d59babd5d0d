import { objectOf, textOf } from "./json-fields.ts";
import { draftOf, draftOfBounce, readMark, readMessageIdText, type ProviderEvent } from "./provider-event.ts";

/** One call of Mailgun's webhooks, its `event-data`. `null` for what says nothing about delivery. */
export function readMailgunEvent(value: unknown): ProviderEvent | null {
  const event = objectOf(objectOf(value)["event-data"]);
  const recipient = textOf(event["recipient"]);
  const status = objectOf(event["delivery-status"]);
  const headers = objectOf(objectOf(event["message"])["headers"]);
  const words = textOf(status["message"]) || textOf(status["description"]);
  const common = {
    mark: readMark(textOf(objectOf(event["user-variables"])["delivery"])),
    messageId: readMessageIdText(textOf(headers["message-id"])),
    id: textOf(event["id"]) || textOf(event["timestamp"]),
  };
  switch (textOf(event["event"])) {
    case "failed": {
      // "suppress-bounce" and its like: Mailgun's own list stood against it.
      if (textOf(event["reason"]).startsWith("suppress-"))
        return { ...common, draft: draftOf("unknown", recipient, `not sent by the relay: ${words}`, "failed") };
      const code = textOf(status["code"]);
      const hasCode = new RegExp(`^\\s*${code}\\b`).test(words);
      return {
        ...common,
        draft: draftOfBounce({
          recipient,
          status: textOf(status["enhanced-code"]),
          // Codes above 599 are Mailgun's own.
          diagnostic: /^[45]\d\d$/.test(code) && !hasCode ? `${code} ${words}` : words,
          action: textOf(event["severity"]) === "temporary" ? "delayed" : "failed",
          known: null,
        }),
      };
    }
    case "complained":
      return { ...common, draft: draftOf("complaint", recipient, "", "abuse") };
    case "delivered":
      return { ...common, draft: draftOf("delivered", recipient, words, "delivered") };
    default:
      return null;
  }
}

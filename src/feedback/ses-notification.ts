import { judge } from "./judge-evidence.ts";
import { recipientsMax, readStatus } from "./read-delivery-status.ts";
import type { FindingDraft } from "./report.ts";

/** Amazon's largest notification is 256 KB (SNS quota). */
const notificationCharactersMax = 256 * 1024;

/** What Amazon SES tells of one message. */
export interface SesNotification {
  readonly drafts: readonly FindingDraft[];
  /** Our Message-ID where the notification holds the headers, else the one that SES gave it. */
  readonly messageId: string | null;
  /** MAIL FROM as we gave it. */
  readonly returnPaths: readonly string[];
}

/**
 * Reads a notification of Amazon SES ("Amazon SNS notification contents for Amazon SES", and the event publishing form of the
 * same), from a mail that SNS sent or from a webhook whose signature the caller has checked.
 * @param text JSON, alone or inside SNS's envelope; what stands around it is passed over
 * @returns `null` when there is no such notification
 */
export function readSesNotification(text: string): SesNotification | null {
  const start = text.indexOf("{");
  if (start === -1 || text.length > notificationCharactersMax) return null;
  if (!/"(?:notificationType|eventType|Type)"/.test(text.slice(start, start + 4000))) return null;
  let value = parseObject(text, start);
  if (value && typeof value["Message"] === "string") value = parseObject(value["Message"], 0);
  if (!value) return null;
  const mail = objectOf(value["mail"]);
  const drafts = readByType(stringOf(value["notificationType"]) || stringOf(value["eventType"]), value, mail);
  if (drafts.length === 0) return null;
  const source = stringOf(mail["source"]);
  return { drafts, messageId: findMessageId(mail), returnPaths: source === "" ? [] : [source] };
}

function findMessageId(mail: JsonObject): string | null {
  const header = objectsOf(mail["headers"]).find((entry) => stringOf(entry["name"]).toLowerCase() === "message-id");
  const id =
    stringOf(header?.["value"]) ||
    stringOf(objectOf(mail["commonHeaders"])["messageId"]) ||
    stringOf(mail["messageId"]);
  return id.replace(/^\s*<|>\s*$/g, "") || null;
}

function readByType(type: string, value: JsonObject, mail: JsonObject): FindingDraft[] {
  const bounce = objectOf(value["bounce"]);
  switch (type) {
    case "Bounce":
      return objectsOf(bounce["bouncedRecipients"]).map((entry) => draftOfBounced(entry, bounce));
    case "DeliveryDelay":
      return objectsOf(objectOf(value["deliveryDelay"])["delayedRecipients"]).map((entry) =>
        draftOfBounced({ ...entry, action: "delayed" }, {}),
      );
    case "Delivery": {
      const delivery = objectOf(value["delivery"]);
      const response = stringOf(delivery["smtpResponse"]);
      return listOf(delivery["recipients"]).map((recipient) => ({
        kind: "delivered" as const,
        recipient: stringOf(recipient) || null,
        status: readStatus(response) ?? "2.0.0",
        diagnostic: response.slice(0, 300),
        action: "delivered",
        reason: null,
      }));
    }
    case "Complaint": {
      const complaint = objectOf(value["complaint"]);
      const named = objectsOf(complaint["complainedRecipients"]).map((entry) => stringOf(entry["emailAddress"]));
      const action = stringOf(complaint["complaintFeedbackType"]) || "abuse";
      const kind = action === "not-spam" ? ("unknown" as const) : ("complaint" as const);
      const recipients = named.length > 0 ? named : listOf(mail["destination"]).map(stringOf);
      return recipients.map((recipient) => ({
        kind,
        recipient,
        status: null,
        diagnostic: stringOf(complaint["userAgent"]).slice(0, 300),
        action,
        reason: null,
      }));
    }
    default:
      return [];
  }
}

function draftOfBounced(entry: JsonObject, bounce: JsonObject): FindingDraft {
  const isTransient = stringOf(bounce["bounceType"]) === "Transient";
  const judgement = judge({
    action: stringOf(entry["action"]) === "delayed" ? "delayed" : "failed",
    status: readStatus(stringOf(entry["status"])) ?? (isTransient ? "4.0.0" : null),
    diagnostic: stringOf(entry["diagnosticCode"]).replace(/^\s*smtp\s*;\s*/i, ""),
    diagnosticType: "smtp",
    remote: stringOf(entry["emailAddress"]).toLowerCase(),
    notice: stringOf(bounce["bounceSubType"]) === "MailboxFull" ? "mailbox full" : "",
    background: "",
    session: null,
    known: stringOf(bounce["bounceSubType"]) === "NoEmail" ? "bad-mailbox" : null,
  });
  const { kind, status, diagnostic, reason, action } = judgement;
  return { kind, recipient: stringOf(entry["emailAddress"]) || null, status, diagnostic, action, reason };
}

type JsonObject = Readonly<Record<string, unknown>>;

/** The object that begins at `start`; line breaks inside it come from the mail that carried it. */
function parseObject(text: string, start: number): JsonObject | null {
  const end = endOfObject(text, start);
  if (end === -1) return null;
  try {
    return objectOf(JSON.parse(text.slice(start, end + 1).replace(/\r?\n/g, "")));
  } catch {
    return null; // Anybody may send braces.
  }
}

function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character === "\\") index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}" && (depth -= 1) === 0) return index;
  }
  return -1;
}

function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, recipientsMax) : [];
}

function objectsOf(value: unknown): JsonObject[] {
  return listOf(value).map(objectOf);
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

import { readTypedAddress } from "./find-addresses.ts";
import { decodeWords, readFields, type Field } from "./read-fields.ts";

/** What a status part says of one recipient (RFC 3464 section 2.3; RFC 6533 section 4 for the international form). */
export interface RecipientStatus {
  readonly recipient: string | null;
  /** Original-Recipient: what the sender wrote, before aliases. */
  readonly original: string | null;
  readonly action: ReportAction | null;
  /** `5.1.1`, leading zeros dropped; `null` where there is none. */
  readonly status: string | null;
  /** Diagnostic-Code without its type. */
  readonly diagnostic: string;
  /** `smtp`, `x-unix` ..: lower case, `""` where none is named. */
  readonly diagnosticType: string;
  /** Host named in Remote-MTA, lower case. */
  readonly remote: string;
  /** PowerMTA's own category, such as `bad-mailbox`; `""` elsewhere. */
  readonly category: string;
}

export type ReportAction = "failed" | "delayed" | "delivered" | "relayed" | "expanded";

export interface DeliveryStatus {
  readonly recipients: readonly RecipientStatus[];
  readonly messageFields: readonly Field[];
}

/** RFC 5321 lets a transaction have 100 recipients; some lists send more. */
export const recipientsMax = 500;

/** Names that only a per-recipient group has; the order of fields is free. */
const recipientFields = new Set(["final-recipient", "original-recipient", "action", "status", "diagnostic-code"]);

/** Reads the body of a `message/delivery-status` part, or fields of that kind that stand in plain text. */
export function readDeliveryStatus(lines: readonly string[]): DeliveryStatus {
  const messageFields: Field[] = [];
  const recipients: RecipientStatus[] = [];
  let defaults: RecipientStatus | null = null;
  for (const group of splitGroups(lines)) {
    if (recipients.length === recipientsMax) break;
    const fields = readFields(group);
    if (fields.length === 0) continue;
    if (!fields.some((field) => recipientFields.has(field.name))) {
      messageFields.push(...fields);
      continue;
    }
    const read = readGroup(fields);
    const last = recipients.at(-1);
    // Others state what is true of all recipients in the first group.
    if (!read.recipient && !read.original && !last) {
      defaults = read;
      continue;
    }
    const recipient: RecipientStatus = defaults ? mergeStatus(read, defaults) : read;
    // Some systems break one group by a blank line: what names no recipient belongs to the one before.
    if (!recipient.recipient && !recipient.original && last && sharesNothing(last, recipient)) {
      recipients[recipients.length - 1] = mergeStatus(last, recipient);
    } else if (recipient.recipient || recipient.original || recipient.action || recipient.status)
      recipients.push(recipient);
  }
  if (recipients.length === 0 && defaults && (defaults.action || defaults.status)) recipients.push(defaults);
  return { recipients, messageFields };
}

/** Groups end at blank lines, and where a second Final-Recipient begins without one. */
function splitGroups(lines: readonly string[]): string[][] {
  const groups: string[][] = [[]];
  let hasFinal = false;
  for (const line of lines) {
    const isFinal = /^final-recipient[ \t]*:/i.test(line);
    if (line.trim() === "" || (isFinal && hasFinal)) {
      groups.push([]);
      hasFinal = false;
    }
    if (isFinal) hasFinal = true;
    if (line.trim() !== "") groups.at(-1)?.push(line);
  }
  return groups;
}

function readGroup(fields: readonly Field[]): RecipientStatus {
  const get = (name: string) => fields.find((field) => field.name === name)?.value ?? "";
  const actual = readTypedAddress(get("final-recipient")) ?? readTypedAddress(get("x-actual-recipient"));
  const original = readTypedAddress(get("original-recipient"));
  const { type, text } = splitType(get("diagnostic-code"));
  return {
    recipient: actual,
    original,
    action: readAction(get("action")),
    status: readStatus(get("status")),
    // A comment beside the code, as in `4.0.0 (host name lookup failure)`, says what no diagnostic says.
    diagnostic: decodeWords(text || (/\(([^()]{3,300})\)/.exec(get("status"))?.[1] ?? "")),
    diagnosticType: type,
    remote: splitType(get("remote-mta")).text.toLowerCase().split(/[\s(]/)[0] ?? "",
    category: get("x-powermta-bouncecategory").toLowerCase(),
  };
}

function sharesNothing(first: RecipientStatus, second: RecipientStatus): boolean {
  return (
    !(first.status && second.status) && !(first.diagnostic && second.diagnostic) && !(first.action && second.action)
  );
}

function mergeStatus(first: RecipientStatus, second: RecipientStatus): RecipientStatus {
  return {
    recipient: first.recipient ?? second.recipient,
    original: first.original ?? second.original,
    action: first.action ?? second.action,
    status: first.status ?? second.status,
    diagnostic: first.diagnostic || second.diagnostic,
    diagnosticType: first.diagnosticType || second.diagnosticType,
    remote: first.remote || second.remote,
    category: first.category || second.category,
  };
}

function splitType(value: string): { type: string; text: string } {
  const match = /^\s*([a-z0-9_.-]{1,40})\s*;\s*(.*)$/is.exec(value);
  return match ? { type: (match[1] as string).toLowerCase(), text: match[2] as string } : { type: "", text: value };
}

/** RFC 3464 section 2.3.3, any case; words that some systems write instead. */
function readAction(value: string): ReportAction | null {
  const word = value.trim().toLowerCase();
  if (/^(?:failed|failure|fail|bounced|undelivered|expired)/.test(word)) return "failed";
  if (/^(?:delayed|delay|deferred|transient)/.test(word)) return "delayed";
  if (word.startsWith("deliver")) return "delivered";
  if (word.startsWith("relay")) return "relayed";
  return word.startsWith("expand") ? "expanded" : null;
}

/** The first code in the field; a comment may follow. RFC 3463 section 2 forbids leading zeros, some write them. */
export function readStatus(value: string): string | null {
  const match = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]\d)/.exec(value);
  return match ? `${match[1]}.${Number(match[2])}.${Number(match[3])}` : null;
}

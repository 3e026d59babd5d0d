/**
 * The cheap look at a mail that happens when it arrives: the header block as text, and a few fields out of it.
 * Anything more is parsed only when somebody looks.
 */
import { stripControls } from "../../lib/escape.ts";
import type { MailAddress } from "../../domain/caught-mail.ts";
import { decodeEncodedWords } from "./encoded-words.ts";

/** A newsletter's header has 2 to 4 KB; more than this is kept in the mail itself only. */
const headerBytesMax = 16 * 1024;
/** A field with more addresses than this is shown cut. */
const addressesMax = 200;

/** The header block without the empty line that ends it, as UTF-8 text, at most its first 16 KB. */
export function readHeaderText(raw: Buffer): string {
  const window = raw.subarray(0, headerBytesMax);
  const crlf = window.indexOf("\r\n\r\n");
  const lf = window.indexOf("\n\n");
  const ends = [crlf, lf].filter((at) => at >= 0);
  return window.toString("utf8", 0, ends.length > 0 ? Math.min(...ends) : window.length);
}

/** Every field in order: the name as written, the value unfolded but not decoded. */
export function readHeaderFields(headerText: string): { readonly name: string; readonly value: string }[] {
  const fields: { name: string; value: string }[] = [];
  for (const field of headerText.split(/\r?\n(?![ \t])/)) {
    const colon = field.indexOf(":");
    if (colon <= 0) continue;
    const value = field
      .slice(colon + 1)
      .replace(/\r?\n(?=[ \t])/g, "")
      .trim();
    fields.push({ name: field.slice(0, colon).trimEnd(), value });
  }
  return fields;
}

export interface HeaderSummary {
  readonly messageId: string;
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly subject: string;
  readonly campaign: string;
}

/** The fields that lists and searches show, decoded. */
export function summarizeHeader(headerText: string): HeaderSummary {
  const first = new Map<string, string>();
  for (const { name, value } of readHeaderFields(headerText)) {
    const key = name.toLowerCase();
    if (!first.has(key)) first.set(key, value);
  }
  const field = (name: string) => first.get(name) ?? "";
  return {
    messageId: field("message-id").replace(/^<|>$/g, ""),
    from: readAddresses(field("from")),
    to: readAddresses(field("to")),
    cc: readAddresses(field("cc")),
    replyTo: readAddresses(field("reply-to")),
    subject: stripControls(decodeEncodedWords(field("subject"))),
    campaign: stripControls(field("x-broadsheet-campaign") || (field("feedback-id").split(":")[0] ?? "")),
  };
}

/**
 * Reads an address list for display (RFC 5322 section 3.4, without comments): names decoded, groups flattened. Never
 * throws; what is no address comes back as one, so that a broken header is seen.
 */
export function readAddresses(value: string): MailAddress[] {
  const parts = value.match(/(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,;])+/g) ?? [];
  const addresses: MailAddress[] = [];
  for (const part of parts.slice(0, addressesMax)) {
    const text = part.trim().replace(/^[^"<@:]*:\s*/, ""); // a group's name
    if (text === "") continue;
    const angle = /^(.*?)\s*<([^>]*)>\s*$/s.exec(text);
    const name = angle ? (angle[1] ?? "").replace(/^"(.*)"$/s, "$1").replace(/\\(.)/g, "$1") : "";
    addresses.push({ name: stripControls(decodeEncodedWords(name)), address: (angle?.[2] ?? text).trim() });
  }
  return addresses;
}

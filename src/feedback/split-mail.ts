import { readDeliveryStatus, type DeliveryStatus } from "./read-delivery-status.ts";
import { readFields, type Field } from "./read-fields.ts";
import { decodedLines, entityText, listLeaves, readInner, type MimeEntity } from "./read-mime.ts";

/** What an incoming mail consists of, seen as a possible report. */
export interface MailParts {
  /** The header of the mail itself. */
  readonly fields: readonly Field[];
  /** What its sender says, as lines, without the message that is returned. */
  readonly notice: readonly string[];
  /** From a status part (RFC 3464, 6533), or from its fields where they stand in plain text. */
  readonly status: DeliveryStatus | null;
  /** A status part of its own stands in the mail. */
  readonly hasStatusPart: boolean;
  /** The fields of `message/feedback-report` (RFC 5965). */
  readonly feedback: readonly Field[] | null;
  /** The mail is a disposition notification (RFC 8098): a person's program says what became of a message. */
  readonly isDisposition: boolean;
  /** The header of the message that comes back. */
  readonly returned: readonly Field[] | null;
  /** The message that comes back, where it is whole: a report may be wrapped in another. */
  readonly inner: MimeEntity | null;
  /** The notice's whole text, undivided, for JSON notices. */
  readonly text: string;
}

/** What a sender explains fits into far less; what is longer is a returned message without a mark. */
const noticeCharactersMax = 48_000;
const noticeLinesMax = 1500;
/** The header of a returned message; its body says nothing. */
const returnedCharactersMax = 64_000;

const statusTypes = new Set(["message/delivery-status", "message/global-delivery-status"]);
const returnedTypes = new Set([
  "message/rfc822",
  "message/global",
  "message/partial",
  "message/global-headers",
  "text/rfc822-headers",
  "text/rfc822-header",
  "message/rfc822-headers",
]);

/** Takes a mail apart. */
export function splitMail(mail: MimeEntity): MailParts {
  const leaves = listLeaves(mail);
  const statusLeaves = leaves.filter((leaf) => statusTypes.has(leaf.type));
  const feedbackLeaf = leaves.find((leaf) => leaf.type === "message/feedback-report");
  const returnedLeaf = leaves.find((leaf) => returnedTypes.has(leaf.type)) ?? leaves.find(isBareMessage);
  const text = readNoticeText(leaves.filter((leaf) => leaf !== returnedLeaf));
  const lines = text.split("\n", noticeLinesMax).map((line) => line.trimEnd());
  const cut = findReturnedStart(lines);
  // A blank line keeps the groups of several parts apart.
  const statusLines =
    statusLeaves.length > 0
      ? statusLeaves.flatMap((leaf) => [...decodedLines(leaf, noticeCharactersMax), ""])
      : findStatusFields(lines);
  return {
    fields: mail.fields,
    notice: lines.slice(0, cut),
    status: statusLines ? readDeliveryStatus(statusLines) : null,
    hasStatusPart: statusLeaves.length > 0,
    feedback: feedbackLeaf ? readFields(decodedLines(feedbackLeaf, noticeCharactersMax)) : null,
    isDisposition: leaves.some((leaf) => /^message\/(?:global-)?disposition-notification$/.test(leaf.type)),
    returned: returnedLeaf ? readReturned(returnedLeaf) : readReturnedText(lines.slice(cut)),
    inner:
      returnedLeaf?.type === "message/rfc822" ? readInner(decodedLines(returnedLeaf, noticeCharactersMax * 4)) : null,
    text,
  };
}

/** A part without a type whose header is a message's: some systems put the message in bare. */
function isBareMessage(leaf: MimeEntity, index: number): boolean {
  const names = new Set(leaf.fields.map((field) => field.name));
  return index > 0 && names.has("from") && (names.has("message-id") || names.has("to") || names.has("return-path"));
}

function readReturned(leaf: MimeEntity): readonly Field[] | null {
  if (isBareMessage(leaf, 1) && !leaf.type.startsWith("message/")) return leaf.fields;
  const inner = readInner(decodedLines(leaf, returnedCharactersMax));
  if (inner.fields.length > 0) return inner.fields;
  // The part's own header took the message's first lines where the blank line is missing.
  return isBareMessage(leaf, 1) ? leaf.fields : null;
}

/** Plain text first; a page only where there is no plain text. */
function readNoticeText(leaves: readonly MimeEntity[]): string {
  const isText = (leaf: MimeEntity) => !/^(?:image|audio|video|application|font|message)\//.test(leaf.type);
  const plain = leaves
    .filter((leaf) => isText(leaf) && leaf.type !== "text/html")
    .slice(0, 4)
    .map((leaf) => entityText(leaf, noticeCharactersMax))
    .join("\n");
  if (/\p{L}{3}/u.test(plain)) return plain.slice(0, noticeCharactersMax);
  const page = leaves.find((leaf) => leaf.type === "text/html");
  return page ? stripTags(entityText(page, noticeCharactersMax * 2)).slice(0, noticeCharactersMax) : plain;
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: " " };

/** The words of a page, a line for each block. */
export function stripTags(html: string): string {
  return html
    .replace(/<(style|script|head|title)\b[^>]{0,500}>[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .replace(/<(?:br|\/?(?:p|div|tr|li|h[1-6]|table|td|ul|ol|pre|blockquote|hr))\b[^>]{0,2000}>/gi, "\n")
    .replace(/<\/?[a-z!][^>]{0,2000}>/gi, "")
    .replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
      if (name) return entities[String(name).toLowerCase()] ?? whole;
      const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
      return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
    })
    .replace(/[ \t]+/g, " ")
    .replace(/\n\s*\n\s*/g, "\n\n");
}

/** The fields of a status part that lost its MIME on the way, or was never given one. */
function findStatusFields(lines: readonly string[]): string[] | null {
  const first = lines.findIndex((line) => /^(?:final|original)-recipient[ \t]*:/i.test(line));
  if (first === -1 || !lines.some((line) => /^(?:action|status)[ \t]*:/i.test(line))) return null;
  let start = first;
  while (start > 0 && /^[!-9;-~]{1,40}:|^[ \t]+\S/.test(lines[start - 1] as string)) start -= 1;
  return lines.slice(start);
}

const knownFields =
  /^(return-path|received|from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|reply-to|sender|x-mailer|dkim-signature|user-agent|x-originating-ip|errors-to|delivered-to)[ \t]*:/i;
const strongFields =
  /^(?:return-path|received|message-id|mime-version|content-type|x-mailer|dkim-signature|errors-to|delivered-to)$/;

/** Marks that systems put between what they say and what they return. The line is all there is on it, but for decoration. */
const returnedMark =
  /^[\s\-*=_#>.:|]*(?:(?:below|above|here|attached|enclosed|included) (?:this line |the next line |is )?(?:is |are )?(?:a |the )?cop(?:y|ies)\b|this is a copy of|below (?:this|the next) line is|the header of the original message|original (?:e-?)?(?:message|mail)(?: text| headers?| follows?| as follows| below| header follows| header)*\s*[:.\-=*_>]*$|original message (?:headers? )?follow|returned (?:message|mail)|unsent message|undelivered message follows|message (?:headers?|text) follow|no message was collected|original mail as follows|bounced e-?mail|mensaje original|en-t[êe]tes de message d'origine|intestazioni originali|ursprungshuvuden|urspr[üu]ngliche nachrichten|original-?(?:nachricht|kopfzeilen)|message header(?: follows)?[\s\-:]*$|the attachment contains the original mail headers|copy of (?:the |your )?(?:original )?message)/i;

/** The line where the returned message begins, or the number of lines. */
function findReturnedStart(lines: readonly string[]): number {
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.length < 200 && returnedMark.test(line)) return index;
    if (knownFields.test(line) && isHeaderRun(lines, index)) return index;
  }
  return lines.length;
}

/** At least three of a message's fields in unbroken sequence, one of which nobody writes by hand. */
function isHeaderRun(lines: readonly string[], start: number): boolean {
  const names = new Set<string>();
  let strong = 0;
  for (const line of lines.slice(start, start + 40)) {
    if (/^[ \t]+\S/.test(line)) continue;
    if (!/^[!-9;-~]{1,76}[ \t]*:/.test(line)) break;
    const name = knownFields.exec(line)?.[1]?.toLowerCase();
    if (!name || names.has(name)) continue;
    names.add(name);
    if (strongFields.test(name)) strong += 1;
  }
  return names.size >= 3 && strong >= 1;
}

function readReturnedText(lines: readonly string[]): readonly Field[] | null {
  const start = lines.findIndex((line) => knownFields.test(line));
  if (start === -1) return null;
  const end = lines.findIndex((line, index) => index > start && line.trim() === "");
  return readFields(lines.slice(start, end === -1 ? undefined : end));
}

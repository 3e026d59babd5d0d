import type { ReplyReason } from "../domain/reply-reason.ts";
import { findAddresses, foldAddress, isDaemonAddress } from "./find-addresses.ts";
import { judge, type Judgement } from "./judge-evidence.ts";
import { hasKnownOpening, readDovecotReason, reasonOfCategory, reasonOfSystem } from "./known-systems.ts";
import { recipientsMax, type RecipientStatus } from "./read-delivery-status.ts";
import { fieldText, fieldValues } from "./read-fields.ts";
import { readNotice, type NoticeBlock } from "./read-notice.ts";
import { findEnhancedCodes, findReplies } from "./read-replies.ts";
import { readSession, replyAbout, type SessionReply } from "./read-session.ts";
import { addresseesOf, type MailNature } from "./recognise-mail.ts";
import type { MailParts } from "./split-mail.ts";

/** One recipient of a bounce, judged. */
export interface BouncedRecipient {
  readonly recipient: string | null;
  readonly judgement: Judgement;
}

/** Everything the notice offers, read once. */
interface Notice {
  readonly parts: MailParts;
  readonly text: string;
  readonly blocks: readonly NoticeBlock[];
  readonly session: readonly SessionReply[];
  /** The reason in a product's own words, which is the same for every recipient. */
  readonly known: ReplyReason | null;
  /** What Dovecot's delivery agent gives as the reason. */
  readonly dovecot: string | null;
}

/**
 * Reads a report about delivery: its status part where there is one, its words where there is none.
 * @returns nothing when the mail is no such report
 */
export function readBounce(parts: MailParts, nature: MailNature, ownAddresses: readonly string[]): BouncedRecipient[] {
  const failed = fieldValues(parts.fields, "x-failed-recipients").flatMap((value) =>
    findAddresses(value, recipientsMax),
  );
  const own = new Set([...ownAddresses, ...returnedSenders(parts)].map(foldAddress));
  for (const address of failed) own.delete(foldAddress(address));
  const text = parts.notice.join("\n");
  const notice: Notice = {
    parts,
    text,
    blocks: readBlocks(parts.notice, own),
    session: readSession(parts.notice),
    known: reasonOfSystem(parts.fields, text),
    dovecot: readDovecotReason(text),
  };
  const statuses = (parts.status?.recipients ?? []).slice(0, recipientsMax);
  const isPlainlyReport = nature.isDaemon || nature.hasReportSubject || nature.hasNullPath;
  if (statuses.length > 0 && (parts.hasStatusPart || isPlainlyReport)) return readStatuses(statuses, failed, notice);
  if (failed.length > 0) return failed.map((address) => judgeWords(address, blockOf(notice, address), notice));
  if (!isBelievable(nature, notice)) return [];
  const named = notice.blocks.some((block) => block.source === "list" || block.source === "label")
    ? []
    : notice.session.flatMap((reply) => reply.recipients).filter((address) => !own.has(foldAddress(address)));
  if (named.length > 0)
    return [...new Set(named)].map((address) => judgeWords(address, blockOf(notice, address), notice));
  if (notice.blocks.length > 0) return notice.blocks.map((block) => judgeWords(block.recipient, block, notice));
  const mentioned = findAddresses(notice.text, 20).filter(
    (address) => !own.has(foldAddress(address)) && !isDaemonAddress(address),
  );
  const addressed = [...returnedRecipients(parts), ...(nature.isDaemon ? mentioned : [])].slice(0, 1);
  return addressed.map((address) => judgeWords(address, null, notice));
}

/** Who writes to himself is found by a second look, that leaves our own addresses in. */
function readBlocks(lines: readonly string[], own: ReadonlySet<string>): NoticeBlock[] {
  const blocks = readNotice(lines, own);
  return blocks.length > 0 ? blocks : readNotice(lines, new Set());
}

/** Free text is believed from a mail system that quotes a reply or speaks in words that are known. */
function isBelievable(nature: MailNature, notice: Notice): boolean {
  const hasSender = nature.isDaemon || nature.hasNullPath;
  if (!hasSender && !nature.hasReportSubject) return false;
  const hasCode = findReplies(notice.text).length > 0 || findEnhancedCodes(notice.text).length > 0;
  const hasOpening = hasKnownOpening(notice.text);
  if (hasSender && nature.hasReportSubject) return true;
  // Nothing but a list of addresses and the message: Sina's mail says no more.
  if (nature.isDaemon && notice.parts.inner !== null && notice.blocks.some((block) => block.source === "list"))
    return true;
  return hasCode || hasOpening ? hasSender || (nature.hasReportSubject && hasOpening) : false;
}

function readStatuses(
  statuses: readonly RecipientStatus[],
  failed: readonly string[],
  notice: Notice,
): BouncedRecipient[] {
  return statuses.map((status, index) => {
    const recipient = chooseRecipient(status, index, statuses.length, failed, notice);
    const block = findBlock(status, recipient, statuses.length, notice);
    const judgement = judge({
      action: status.action,
      status: status.status,
      diagnostic: notice.dovecot ?? status.diagnostic,
      diagnosticType: status.diagnosticType,
      remote: status.remote || (recipient ?? "").toLowerCase(),
      notice: block?.text ?? "",
      background: statuses.length === 1 ? notice.text : "",
      session: recipient ? replyAbout(notice.session, recipient) : null,
      known: (isSpecific(status.status) ? null : reasonOfCategory(status.category)) ?? notice.known,
    });
    return { recipient, judgement };
  });
}

function isSpecific(code: string | null): boolean {
  return code !== null && !code.endsWith(".0.0");
}

/** Final-Recipient where it is an address; else what the sender wrote, what Exim names, what the notice or the message say. */
function chooseRecipient(
  status: RecipientStatus,
  index: number,
  count: number,
  failed: readonly string[],
  notice: Notice,
): string | null {
  const isWhole = status.recipient !== null && /@[^@]+\.[^@]+$|@\[/.test(status.recipient);
  if (isWhole) return status.recipient;
  if (status.original) return status.original;
  if (failed.length === count) return failed[index] ?? null;
  if (notice.blocks.length === count) return notice.blocks[index]?.recipient ?? null;
  const spoken = findAddresses(status.diagnostic, 1)[0];
  if (spoken && status.recipient === null) return spoken;
  return status.recipient ?? (count === 1 ? (returnedRecipients(notice.parts)[0] ?? null) : null);
}

function findBlock(
  status: RecipientStatus,
  recipient: string | null,
  count: number,
  notice: Notice,
): NoticeBlock | null {
  for (const address of [recipient, status.original]) {
    const block = address ? blockOf(notice, address) : null;
    if (block) return block;
  }
  return count === 1 && notice.blocks.length === 1 ? (notice.blocks[0] ?? null) : null;
}

function blockOf(notice: Notice, address: string): NoticeBlock | null {
  const folded = foldAddress(address);
  return notice.blocks.find((block) => foldAddress(block.recipient) === folded) ?? null;
}

/** A notice that the message is still under way; "delay" alone may stand in any apology. */
const stillTrying =
  /\bdelayed\b|delay reason|delivery status notification \(delay\)|THIS IS A WARNING|(?:not|never) yet been delivered|will (?:be retried|keep trying|retry|continue)|still being retried|no action is required on your part/i;

/** What stands above many recipients says why, if anything does; all of it would be read again for each of them. */
const sharedCharactersMax = 4000;

/** Words alone: those about the recipient, or all of them where nothing stands beside the address. */
function judgeWords(recipient: string, block: NoticeBlock | null, notice: Notice): BouncedRecipient {
  const session = replyAbout(notice.session, recipient);
  const says = block !== null && /\p{L}{3}/u.test(block.text);
  const opening = `${fieldText(notice.parts.fields, "subject")}\n${notice.text.slice(0, 2000)}`;
  const action = stillTrying.test(opening) ? "delayed" : "failed";
  return {
    recipient,
    judgement: judge({
      action,
      status: null,
      diagnostic: "",
      diagnosticType: "",
      remote: recipient.toLowerCase(),
      notice: says ? block.text : "",
      background: notice.blocks.length <= 1 ? notice.text : says ? "" : notice.text.slice(0, sharedCharactersMax),
      session,
      known: notice.known,
    }),
  };
}

/** Who sent the message that comes back: us. */
function returnedSenders(parts: MailParts): string[] {
  const fields = parts.returned ?? [];
  return ["return-path", "from", "sender", "reply-to"].flatMap((name) =>
    fieldValues(fields, name).flatMap((value) => findAddresses(value, 5)),
  );
}

function returnedRecipients(parts: MailParts): string[] {
  return addresseesOf(parts.returned ?? []);
}

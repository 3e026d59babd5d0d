import { addressSource, cleanAddress, foldAddress, isDaemonAddress } from "./find-addresses.ts";
import { recipientsMax } from "./read-delivery-status.ts";

/** What a notice in plain words says of one recipient. */
export interface NoticeBlock {
  readonly recipient: string;
  /** The lines about this recipient, without its own address mark; may be empty. */
  readonly text: string;
  /** How the address was found: a `list` or a `label` is deliberate, an address in a `session` or in `prose` is a guess. */
  readonly source: "list" | "label" | "session" | "prose";
}

interface Mark {
  readonly line: number;
  readonly address: string;
  readonly source: NoticeBlock["source"];
  readonly rest: string;
}

const address = `["'(]{0,2}<?(${addressSource})>?["')]{0,2}`;

/** `<user@example.com>: text`, `* user@example.com`, `"user@example.com":`, `>>> user@example.com`, `user@example.com on Thu`, `user@example.com<mailto:user@example.com>`. */
const listMark = new RegExp(
  `^\\s{0,30}(?:[*•>-]{1,4}\\s+|\\d{1,3}[.)]\\s+)?${address}(?:<mailto:[^\\s<>]{3,320}>)?(?:$|([\\s:;,.([\\]–-].{0,2000})$)`,
  "iu",
);

/** `Recipient: <user@example.com>`, `Unknown user: user@example.com`. */
const labelMark = new RegExp(
  `^\\s{0,30}(?:[*•-]\\s*)?([^:：@<>]{2,70}?)\\s*[:：=]\\s*(?:rfc822;|smtp:)?\\s*${address}\\s*[.,;>]?\\s*(.{0,500})$`,
  "iu",
);

/** Labels of a message's own header and of the sender: what stands there is not a failed recipient. */
const foreignLabel =
  /^(?:(?:e-?mail )?from|to|cc|bcc|(?:original |envelope |header )?sender(?: address)?|(?:mail|return)[- ]?(?:from|path)|reply-to|errors-to|subject|(?:sent )?date|sent|message-?(?:id|name)|received|.*\bcontact\b.*|.*help.*|.*support.*|.*postmaster.*|.*administrator.*|von|an|de|para|absender|mail|e-?mail|x-[\w-]+|list-\w+|.*mta|dkim-signature|references|in-reply-to|envelope-to|delivered-to|(?:arrival|delivery)-date|from \S+)$/i;

const recipientLabel =
  /recipient|rcpt|addressed|address|user|undeliver|failed|mailbox|destinat|empf[aä]nger|получател|宛先/i;

const sessionMark = new RegExp(`RCPT TO\\s*:?\\s*${address}`, "iu");

/** Exim hides the address that an alias leads to, and names the alias below. */
const hiddenMark = new RegExp(`^\\s*\\((?:ultimately )?generated from ${address}`, "iu");

/** Exchange 5.5 names a recipient of another system by an X.400 address: `c=US;p=Example;dda:SMTP=user@example.com;`. */
const domainDefinedMark = new RegExp(`\\bdda:(?:smtp|rfc-?822)=${address}`, "iu");

/** Sendmail names the alias below the address that it leads to; it is the same recipient. */
const aliasLine = /^\s*\(expanded from\b/i;

/** An address in a sentence that speaks of failing. */
const proseMark = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:to|for|recipients?|address(?:es)?|users?|mailbox|account|of|group|list|message-id in|an|à|para|a)(?=[\\s:(<])\\s*(?:the (?:following )?(?:recipients?|address(?:es)?)\\s*)?[:(]?\\s*${address}`,
  "giu",
);
const failureWords =
  /undeliver|not (?:be |been )?(?:deliver|reach|receiv|possible)|n't (?:be |been )?deliver|could(?:n't| not)|unable|fail|reject|error|problem|trouble|wasn't|was not|has not|delay|bounc|cannot|can't|not accept|not a member|does not exist|unknown|nicht|pas |impossible|duplicated message-id/i;

/**
 * Reads who could not be reached and what is said about each.
 * @param own folded addresses of ours that the notice is sent to: they are never a failed recipient
 */
export function readNotice(lines: readonly string[], own: ReadonlySet<string>): NoticeBlock[] {
  const all = findMarks(lines).filter((mark) => !own.has(foldAddress(mark.address)));
  const people = all.filter((mark) => !isDaemonAddress(mark.address));
  // A postmaster's mailbox may be what failed, where nobody else is named.
  const marks = people.length > 0 ? people : all.filter((mark) => /^postmaster@|^nobody@/i.test(mark.address));
  const deliberate = marks.filter((mark) => mark.source === "list" || mark.source === "label");
  const chosen = deliberate.length > 0 ? deliberate : preferFirst(marks);
  const texts = new Map<string, { recipient: string; source: NoticeBlock["source"]; text: string[] }>();
  for (const [index, mark] of chosen.entries()) {
    const key = foldAddress(mark.address);
    const entry = texts.get(key) ?? { recipient: mark.address, source: mark.source, text: [] };
    if (!texts.has(key) && texts.size === recipientsMax) break;
    texts.set(key, entry);
    entry.text.push(...linesOf(lines, mark, chosen[index + 1]?.line ?? lines.length));
  }
  return [...texts.values()].map((entry) => ({ ...entry, text: entry.text.join("\n").trim() }));
}

/** Of addresses that are only mentioned, those of the better kind. */
function preferFirst(marks: readonly Mark[]): readonly Mark[] {
  const session = marks.filter((mark) => mark.source === "session");
  return session.length > 0 ? session : marks;
}

function findMarks(lines: readonly string[]): Mark[] {
  const marks: Mark[] = [];
  let isInMargin = false;
  for (const [line, text] of lines.entries()) {
    if (marks.length > recipientsMax * 4) break;
    if (text.trim() === "") isInMargin = false;
    if (!text.includes("@") || text.length > 2500) continue;
    // Postfix begins at the margin and indents what it wraps: an address there is part of what the server said.
    if (isInMargin && /^ {4}/.test(text)) continue;
    const mark = readMark(lines, line, text);
    if (!mark) continue;
    marks.push(mark);
    isInMargin = /^<[^\s<>]{1,320}>: /.test(text);
  }
  return marks;
}

function readMark(lines: readonly string[], line: number, text: string): Mark | null {
  if (aliasLine.test(text)) return null;
  const list = listMark.exec(text);
  if (list && !isAboutSender(lines, line))
    return { line, address: cleanAddress(list[1] as string), source: "list", rest: (list[2] ?? "").trim() };
  const hidden = hiddenMark.exec(text);
  if (hidden && /undisclosed address/i.test(lines[line - 1] ?? "")) {
    return { line, address: cleanAddress(hidden[1] as string), source: "list", rest: "" };
  }
  const defined = domainDefinedMark.exec(text);
  if (defined) return { line, address: cleanAddress(defined[1] as string), source: "list", rest: "" };
  const session = sessionMark.exec(text);
  if (session) return { line, address: cleanAddress(session[1] as string), source: "session", rest: "" };
  const label = labelMark.exec(text);
  if (
    label &&
    !foreignLabel.test((label[1] as string).trim()) &&
    (recipientLabel.test(label[1] as string) || (label[3] as string) === "")
  ) {
    return {
      line,
      address: cleanAddress(label[2] as string),
      source: "label",
      rest: `${label[1] as string}: ${label[3] as string}`.trim(),
    };
  }
  if (/^\s*(?:(?:from|mail from|sender|message-id|reply-to)\b|(?:to|cc|subject)[ \t]*:)/i.test(text)) return null;
  const around = lines.slice(Math.max(0, line - 1), line + 2).join(" ");
  if (!failureWords.test(around)) return null;
  const prose = [...text.matchAll(proseMark)][0];
  return prose ? { line, address: cleanAddress(prose[1] as string), source: "prose", rest: text.trim() } : null;
}

/** Exim: "A message sent by" and the sender on the next line. fml: "please send mail .. to the address". */
function isAboutSender(lines: readonly string[], line: number): boolean {
  for (let before = line - 1; before >= 0 && before >= line - 3; before -= 1) {
    const text = (lines[before] as string).trim();
    if (text === "") continue;
    if (
      /\bto the address$/i.test(text) &&
      /please (?:send|e-?mail)/i.test(lines.slice(Math.max(0, before - 6), before).join(" "))
    )
      return true;
    return /(?:sent by|from|sender|contact|reply to|please (?:e-?mail|write to))\s*:?$/i.test(text);
  }
  return false;
}

/** The text of a mark: the rest of its line and what follows, up to the next mark or a ruled heading. */
function linesOf(lines: readonly string[], mark: Mark, end: number): string[] {
  const found = mark.rest.replace(/^[:;,.\s]+/, "") === "" ? [] : [mark.rest];
  for (const line of lines.slice(mark.line + 1, end)) {
    if (/^\s*-{3,}\s*\S/.test(line)) break;
    found.push(line);
  }
  return found;
}

import { languagePhrases } from "./reply-phrases-languages.ts";
import { mailboxPhrases } from "./reply-phrases-mailbox.ts";
import { refusalPhrases } from "./reply-phrases-refusal.ts";
import { systemPhrases } from "./reply-phrases-system.ts";
import type { ReplyReason } from "./reply-reason.ts";

/*
 * What mail servers say, by meaning. The words of a reply are the only reason in half of all bounces: X.0.0 says nothing,
 * and many systems send no enhanced code. Each phrase is a regular expression over text that `plainWords` has prepared:
 * lower case, single spaces, addresses as `<>`, links removed. Order decides: what names the trouble exactly stands before
 * what names it vaguely ("mailbox size limit exceeded" is a full mailbox before it is a message that is too big).
 * Gaps are bounded (`.{0,40}`), so that no reply takes more than linear time.
 *
 * Sources: RFC 5321 section 4.2.3 and 5.1; the texts of Postfix, Sendmail, Exim, qmail, Courier, Exchange, Domino, James,
 * MDaemon, PowerMTA and iMail as their sources and manuals give them; the postmaster pages of Gmail (support.google.com,
 * "SMTP errors"), Yahoo (senders.yahooinc.com), Outlook.com, Apple, Orange, GMX, Mail.ru, Yandex, QQ, KDDI, NTT Docomo.
 */
const compiled: readonly (readonly [ReplyReason, RegExp])[] = [
  ...languagePhrases,
  ...mailboxPhrases,
  ...refusalPhrases,
  ...systemPhrases,
].map(([reason, sources]) => [reason, new RegExp(sources.join("|"), "u")]);

/** A reply longer than this is cut: RFC 5321 allows 512 octets a line, and nobody states the reason after ten lines. */
const replyCharactersMax = 4000;

/** What a link tells: the page that Gmail links to, and the name of a block list. */
const knownLink = /[?&]p=(\w{1,64})|(spamhaus|spamcop|barracudacentral|sorbs|uceprotect|senderscore|blacklist)/;

/**
 * Prepares a reply for `reasonOfWords`: lower case, one space, straight quotes, addresses as `<>`, the codes that start each
 * line of a long reply removed, of a link only what `knownLink` finds, and `BAD_RECIPIENT` as two words.
 */
export function plainWords(text: string): string {
  return text
    .slice(0, replyCharactersMax)
    .toLowerCase()
    .replace(/[‘’‛`´]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/https?:\/\/[^\s<>"]{1,500}/g, (link) => ` ${knownLink.exec(link)?.slice(1).join("") ?? ""} `)
    .replace(/<?[^\s<>@"'()[\],;:|]{1,128}@[^\s<>@"'()[\],;:|]{1,255}>?/g, "<>")
    .replace(/\b[245]\d\d-(?:#?[245]\.\d{1,3}\.\d{1,3}\b)?/g, " ")
    .replace(/(?<=[a-z])_(?=[a-z])/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** What the words say, or `null`. `words` comes from `plainWords`. */
export function reasonOfWords(words: string): ReplyReason | null {
  for (const [reason, pattern] of compiled) if (pattern.test(words)) return reason;
  return null;
}

/** Whether the words call the trouble temporary, whatever their place in the table. */
export function saysTemporary(words: string): boolean {
  return /\btemporar|\bpersistent transient\b|\btry again later\b|\bdeferred\b|\bdelayed\b|(?<!delivery )\bretry time|\bfailing for a long time/.test(
    words,
  );
}

import { reasonOfEnhanced, splitEnhanced } from "./enhanced-status.ts";
import type { SmtpPhase } from "./outcome.ts";
import { reasonOfProvider } from "./provider-codes.ts";
import { plainWords, reasonOfWords } from "./reply-phrases.ts";
import { replyReasons, type ReplyClass, type ReplyReason } from "./reply-reason.ts";

/** What a refusal means for the address and for us. */
export interface ReplyVerdict {
  readonly class: ReplyClass;
  readonly reason: ReplyReason;
  /** Whether the same try may succeed later: the class digit of the basic code. */
  readonly temporary: boolean;
}

/** Where a session stands when a mailbox is refused. */
const mailboxPhase: SmtpPhase = "rcpt";

interface Reply {
  readonly code: number;
  /** Only when its class digit is the basic code's. */
  readonly enhanced: string | null;
  readonly text: string;
  readonly words: string;
  readonly phase: SmtpPhase | null;
}

/**
 * Reads a 4xx or 5xx reply, at send time as well as in a report.
 *
 * The basic code decides whether it is temporary; an enhanced code whose class digit disagrees with it is not believed
 * (RFC 5321 section 4.2.1 and RFC 2034 section 4 want them equal). A temporary reply is never `hard`.
 *
 * @param code the basic code, 400 to 599; 400 or 500 where a report tells no more than whether the trouble lasts
 * @param enhanced such as `5.1.1`, or `null`
 * @param text what the server said, several lines in one string, with or without the codes
 * @param phase the command that was answered. `null` when nobody knows: then "user unknown" without a code for it is not
 *   hard, because filters (the Japanese mobile networks' above all) answer so after the message to hide that they filter
 */
export function classifyReply(
  code: number,
  enhanced: string | null,
  text: string,
  phase: SmtpPhase | null = mailboxPhase,
): ReplyVerdict {
  const temporary = code < 500;
  const believed = enhanced !== null && splitEnhanced(enhanced)?.class === (temporary ? 4 : 5) ? enhanced : null;
  const reason = chooseReason({ code, enhanced: believed, text, words: plainWords(text), phase });
  const usual: ReplyClass = replyReasons[reason].class;
  return { class: temporary && usual === "hard" ? "soft" : usual, reason, temporary };
}

/** Code and words each name a reason; where they differ, the one that says more is taken. */
function chooseReason(reply: Reply): ReplyReason {
  const provided = reasonOfProvider(reply.text);
  if (provided) return provided;
  const coded = reply.enhanced === null ? null : reasonOfEnhanced(reply.enhanced);
  const worded = readWords(reply);
  if (worded === null)
    return (
      coded ??
      (reply.enhanced === otherAddressStatus && reply.phase !== "mail" ? "bad-mailbox" : reasonOfBasicCode(reply))
    );
  if (worded === coded) return coded;
  if (coded !== null && reply.enhanced !== null && statesRecipientBanned.has(reply.enhanced)) return coded;
  switch (coded) {
    case "bad-mailbox":
    case "no-mail-accepted":
      return contradictsBadMailbox.has(worded) ? worded : coded;
    case "bad-domain":
      return contradictsBadMailbox.has(worded) || isAboutTheWay(worded) ? worded : coded;
    case "moved":
      return worded === "mailbox-full" ? worded : coded;
    case "sender":
      return replyReasons[worded].class === "hard" ? coded : weighWords(reply, worded, coded);
    case "mailbox-full":
      return contradictsFull.has(worded) ? worded : coded;
    default:
      return weighWords(reply, worded, coded);
  }
}

/** Exchange Online: "recipient address rejected: access denied" of a mailbox that exists and is banned. */
const statesRecipientBanned: ReadonlySet<string> = new Set(["5.7.504", "5.7.505"]);

/** RFC 3463 section 3.2: "something about the address"; the recipient's, unless the words speak of another. */
const otherAddressStatus = "5.1.0";

/** The words after which a code for a bad mailbox is not taken at its word: it is the server's way of saying no to us. */
const contradictsBadMailbox: ReadonlySet<ReplyReason> = new Set([
  "mailbox-full",
  "authentication",
  "blocked",
  "credentials",
  "disabled",
  "rate-limit",
  "relay",
  "reputation",
  "sender",
  "spam",
  "too-big",
  "virus",
]);

/** 5.2.2 beside a policy's words: some hosts answer every refusal with one code. */
const contradictsFull: ReadonlySet<ReplyReason> = new Set(["authentication", "reputation", "spam", "virus"]);

/** Reasons that a phrase names only loosely: a code that says anything is better. */
const vague: ReadonlySet<ReplyReason> = new Set([
  "policy",
  "system",
  "content",
  "filtered",
  "network",
  "protocol",
  "program",
  "expired",
]);

function isAboutTheWay(reason: ReplyReason): boolean {
  return reason === "expired" || reason === "loop" || reason === "network" || reason === "tls";
}

function weighWords(reply: Reply, worded: ReplyReason, coded: ReplyReason | null): ReplyReason {
  const isRefusalOfUs = coded !== null && replyReasons[coded].class === "policy";
  if (reply.phase !== mailboxPhase && replyReasons[worded].class === "hard") {
    if (isRefusalOfUs && !isCertain(reply)) return coded;
    if (worded === "bad-mailbox" && !isCertain(reply)) return "filtered";
  }
  return coded !== null && vague.has(worded) ? coded : worded;
}

/** Phrases and codes that mean a missing mailbox wherever they stand. */
function isCertain({ code, enhanced, text, words }: Reply): boolean {
  if (enhanced !== null && certainWithOwnCode.has(enhanced)) return true;
  // Gmail says so of an address that it looked up itself.
  if (/because the address couldn't be found(?!, or)/.test(words)) return true;
  // KDDI names the address where it is unknown, and leaves it out where the reader's filter answers.
  if (/^550:? <[^>\s]{1,200}@(?:ezweb\.ne\.jp|au\.com|uqmobile\.jp)>: User unknown/i.test(text)) return true;
  return (
    code !== 500 &&
    /this user doesn't have an? |local mailbox <> is unavailable: user not found|recipnotfound|requested mail action aborted, mailbox not found/.test(
      words,
    )
  );
}

/** Microsoft's consumer domains (5.5.0) and the edge of Exchange Online (5.4.1) say a missing mailbox with these. */
const certainWithOwnCode: ReadonlySet<string> = new Set(["5.1.0", "5.4.1", "5.5.0"]);

/** The words' reason, seen from the command that was answered: "unknown" after MAIL FROM speaks of the sender. */
function readWords({ code, words, phase }: Reply): ReplyReason | null {
  const reason = reasonOfWords(words);
  const isAboutRecipient = reason === "bad-mailbox" || reason === "bad-domain" || reason === "moved";
  if (phase === "mail" && isAboutRecipient) return "sender";
  if (isBeforeMail(phase) && (isAboutRecipient || reason === "sender")) return "blocked";
  // "Host unknown (host name lookup failure)": with a code of its own it is final.
  if (
    reason === "bad-domain" &&
    code <= 500 &&
    /\btemporar|host ?name lookup failure|servfail|not found,? try again/.test(words)
  )
    return "network";
  return reason;
}

function isBeforeMail(phase: SmtpPhase | null): boolean {
  return phase === "connect" || phase === "greeting" || phase === "ehlo";
}

/** A reply without an enhanced code or words that say anything. */
function reasonOfBasicCode({ code, phase }: Reply): ReplyReason {
  switch (code) {
    case 421:
      return "system"; // RFC 5321 section 4.2.3, service not available
    case 452:
      return "rate-limit"; // RFC 5321 section 4.5.3.1.10, the code for too many recipients
    case 501:
    case 502:
    case 503:
    case 504:
    case 555:
      return "protocol";
    case 521:
    case 556:
      return "no-mail-accepted"; // RFC 7504: the host takes no mail
    case 530:
    case 534:
    case 535:
    case 538:
      return "credentials"; // RFC 4954 section 6: a fault of our settings, never of a reader
    case 542:
      return "bad-mailbox"; // MessageLabs (Symantec Email Security.cloud): "542 <address> Rejected"
    case 551:
      return "moved"; // RFC 5321 section 3.4, user not local
    case 552:
      return phase === mailboxPhase ? "mailbox-full" : "too-big"; // RFC 5321 section 4.2.3, exceeded storage allocation
    default:
      return phase === "mail" ? "sender" : isBeforeMail(phase) ? "blocked" : "unknown";
  }
}

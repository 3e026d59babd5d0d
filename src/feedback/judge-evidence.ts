import { splitEnhanced } from "../domain/enhanced-status.ts";
import type { SmtpPhase } from "../domain/outcome.ts";
import { classifyReply, type ReplyVerdict } from "../domain/reply-class.ts";
import { plainWords, saysTemporary } from "../domain/reply-phrases.ts";
import { replyReasons, type ReplyClass, type ReplyReason } from "../domain/reply-reason.ts";
import type { ReportAction } from "./read-delivery-status.ts";
import { findEnhancedCodes, findPhase, findReplies, type QuotedReply } from "./read-replies.ts";
import type { SessionReply } from "./read-session.ts";
import type { FindingKind } from "./report.ts";

/** Everything a report says about one recipient. */
export interface Evidence {
  readonly action: ReportAction | null;
  /** The Status field. */
  readonly status: string | null;
  /** The Diagnostic-Code field without its type. */
  readonly diagnostic: string;
  readonly diagnosticType: string;
  /** The host that refused, or the recipient's domain; lower case. */
  readonly remote: string;
  /** What the plain words say about this recipient. */
  readonly notice: string;
  /** What a quoted session says about this recipient. */
  readonly session: SessionReply | null;
  /** The whole notice, where it can be about this recipient only: asked when nothing else says anything. */
  readonly background: string;
  /** A system that names the reason in a way of its own. */
  readonly known: ReplyReason | null;
}

export interface Judgement {
  readonly kind: FindingKind;
  readonly status: string;
  readonly diagnostic: string;
  readonly reason: ReplyReason;
  readonly action: ReportAction;
}

const diagnosticCharactersMax = 500;

/** Turns evidence into a kind. Nothing but a permanent failure that names the address or its domain is `hard`. */
export function judge(evidence: Evidence): Judgement {
  const texts = [evidence.diagnostic, evidence.session?.text ?? "", evidence.notice, evidence.background].filter(
    (text) => text.trim() !== "",
  );
  const reply = firstReply(texts);
  const action = evidence.action ?? (evidence.status?.startsWith("2.") ? "delivered" : "failed");
  const spoken = reply?.text ?? texts[0] ?? "";
  const diagnostic = spoken.replace(/\s+/g, " ").trim().slice(0, diagnosticCharactersMax);
  if (action === "delivered" || action === "relayed" || action === "expanded") {
    const status = evidence.status?.startsWith("2.") ? evidence.status : "2.0.0";
    return { kind: "delivered", status, diagnostic, reason: "unknown", action };
  }
  const enhanced = chooseEnhanced(evidence, reply, texts);
  const code = chooseCode(action, enhanced, reply, texts);
  const phase = findEvidencePhase(evidence);
  const verdict = decideVerdict(evidence, code, enhanced, spoken, phase);
  const status = chooseStatus(evidence, code, enhanced, phase);
  const kind: FindingKind = action === "delayed" ? "delayed" : verdict.class === "rate" ? "policy" : verdict.class;
  return { kind, status, diagnostic, reason: verdict.reason, action };
}

function firstReply(texts: readonly string[]): QuotedReply | null {
  for (const text of texts) {
    const replies = findReplies(text);
    if (replies[0]) return replies[0];
  }
  return null;
}

/**
 * The code beside the reply says most, then the Status field, then any code in the words; X.0.0 only if there is no other.
 * A transcript holds codes of other tries too: what contradicts the reply is taken only where nothing agrees with it.
 */
function chooseEnhanced(evidence: Evidence, reply: QuotedReply | null, texts: readonly string[]): string | null {
  const stated = [reply?.enhanced ?? null, evidence.status, ...texts.flatMap(findEnhancedCodes).slice(0, 4)];
  const all = stated.filter((code): code is string => code !== null && splitEnhanced(code) !== null);
  const agreeing = reply ? all.filter((code) => code.startsWith(String(Math.floor(reply.code / 100)))) : [];
  const codes = agreeing.length > 0 ? agreeing : all;
  return codes.find((code) => !code.endsWith(".0.0")) ?? codes[0] ?? null;
}

/** A refusal before MAIL is about the host: mail systems try on after a 5xx too, and say so in the Status field. */
function chooseStatus(evidence: Evidence, code: number, enhanced: string | null, phase: SmtpPhase | null): string {
  if (enhanced !== null && !enhanced.endsWith(".0.0")) return enhanced;
  const isGreeting = phase === "connect" || phase === "greeting";
  if (isGreeting && evidence.status?.startsWith("4.")) return evidence.status;
  return code < 500 ? "4.0.0" : "5.0.0";
}

function chooseCode(
  action: ReportAction,
  enhanced: string | null,
  reply: QuotedReply | null,
  texts: readonly string[],
): number {
  if (reply) return reply.code;
  if (enhanced !== null) return enhanced.startsWith("4") ? 400 : 500;
  return action === "delayed" || texts.some((text) => saysTemporary(plainWords(text))) ? 400 : 500;
}

/** Where a session is quoted, it tells; the whole notice is asked last, and not about what a session shows. */
function findEvidencePhase(evidence: Evidence): SmtpPhase | null {
  if (evidence.session?.phase) return evidence.session.phase;
  const texts = [evidence.diagnostic, evidence.notice, ...(evidence.session ? [] : [evidence.background])];
  for (const text of texts) {
    const phase = findPhase(text);
    if (phase) return phase;
  }
  // These look every recipient up when it is named, and say plainly what they find.
  return plainSpokenHosts.test(evidence.remote) ? "rcpt" : null;
}

const plainSpokenHosts =
  /(?:^|[.@])(?:google(?:mail)?\.com|gmail\.com|yahoodns\.net|yahoo\.com|outlook\.com|hotmail\.com|icloud\.com|qq\.com|secureserver\.net|cox\.net|gmx\.(?:net|de)|web\.de|mail\.ru|yandex\.(?:ru|net))$/;

function decideVerdict(
  evidence: Evidence,
  code: number,
  enhanced: string | null,
  spoken: string,
  phase: SmtpPhase | null,
): ReplyVerdict {
  const verdict = classifyReply(code, enhanced, spoken, phase);
  if (evidence.diagnosticType === "x-unix") return readProgramFailure(evidence, enhanced, verdict);
  if (evidence.known !== null && verdict.class !== "full") return knownVerdict(evidence.known, verdict);
  if (gaveUpOnUnknown(evidence, enhanced, phase, verdict)) return { ...verdict, class: "hard" };
  if (verdict.class === "policy" && enhanced !== null && enhanced === evidence.status && isProse(evidence)) {
    const coded = classifyReply(code, enhanced, "", phase);
    if (coded.class === "hard") return coded;
  }
  if (verdict.reason !== "unknown") return verdict;
  // The reply says nothing; what the system wrote around it may.
  for (const text of [evidence.session?.text ?? "", evidence.notice, evidence.background]) {
    if (text === "") continue;
    const second = classifyReply(code, enhanced, text, phase);
    if (second.reason !== "unknown") return second;
  }
  return verdict;
}

/**
 * A notice in plain words holds disclaimers and advice beside the reason ("scanned for viruses"). Where it quotes no reply, a
 * Status field that says the address is bad is believed against words about a policy.
 */
function isProse(evidence: Evidence): boolean {
  const quoted = `${evidence.diagnostic}${evidence.session?.text ?? ""}`;
  return quoted.trim() === "" && findReplies(`${evidence.notice}\n${evidence.background}`).length === 0;
}

/**
 * What a local delivery program ended with. Its exit code 67 is EX_NOUSER (sysexits.h), which becomes 5.1.1; whatever else
 * it says is its own trouble, and the address stands.
 */
function readProgramFailure(evidence: Evidence, enhanced: string | null, verdict: ReplyVerdict): ReplyVerdict {
  if (verdict.reason === "mailbox-full") return verdict;
  const namesProgram =
    /procmail|maildrop|vacation|dovecot|spamassassin|command|program|pipe|[/|]|exit|fail|could|create/i.test(
      evidence.diagnostic,
    );
  if (enhanced === "5.1.1" && !namesProgram) return { class: "hard", reason: "bad-mailbox", temporary: false };
  return { class: "soft", reason: "program", temporary: verdict.temporary };
}

/**
 * A mail system that gave up after its whole retry time, to which the next server had named the mailbox unknown to the last
 * (4.1.1; Postfix's unknown_local_recipient_reject_code was 450 for years). The only temporary code that ends as `hard`.
 */
function gaveUpOnUnknown(
  evidence: Evidence,
  enhanced: string | null,
  phase: SmtpPhase | null,
  verdict: ReplyVerdict,
): boolean {
  const isPlain = enhanced === "4.1.1" || phase === "rcpt";
  return evidence.action === "failed" && isPlain && verdict.reason === "bad-mailbox" && verdict.temporary;
}

function knownVerdict(known: ReplyReason, verdict: ReplyVerdict): ReplyVerdict {
  const usual: ReplyClass = replyReasons[known].class;
  if (usual !== "hard") return { ...verdict, class: usual, reason: known };
  return verdict.temporary || verdict.class === "policy" ? verdict : { ...verdict, class: "hard", reason: known };
}

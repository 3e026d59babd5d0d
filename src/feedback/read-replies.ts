import type { SmtpPhase } from "../domain/outcome.ts";

/** A reply as a report quotes it. */
export interface QuotedReply {
  readonly code: number;
  /** The enhanced code that follows the basic one, or `null`. */
  readonly enhanced: string | null;
  /** From the code on. */
  readonly text: string;
}

/**
 * A basic code where replies are quoted: at a line's start, after `said:`, a quote, a bracket; not inside an address, a time
 * or a longer number. The enhanced code may be glued on in many ways: `550 5.1.1`, `550-'5.7.1`, `550: 5.1.1`, `550 #5.1.0`.
 */
const replyPattern =
  /(?:^|[\s:;=<("'[{#|])([245]\d\d)(?:[ -]\1)?(?=$|[\s\-:;,.'"#(<\]])(?!\.\d)(?:[ \t\-:;,'"#(]{1,4}(?:ERROR_CODE :)?(?:#?([245]\.\d{1,3}\.\d{1,3})(?![\d.]\d))?)?/gm;

/** The replies in a text, in order; only those that refuse. */
export function findReplies(text: string): QuotedReply[] {
  const replies: QuotedReply[] = [];
  for (const match of text.matchAll(replyPattern)) {
    const code = Number(match[1]);
    if (code < 400 || code > 599 || !isReplyCode(code)) continue;
    const spoken = text.slice(match.index).trim();
    replies.push({ code, enhanced: trimZeros(match[2] ?? codeAtEnd(spoken, code)), text: spoken });
    if (replies.length === 20) break;
  }
  return replies;
}

/** qmail and what is made of it write the enhanced code at the end: `553 sorry, .. (#5.7.1)`. */
function codeAtEnd(spoken: string, code: number): string | null {
  const line = spoken.slice(0, 300).split("\n", 1)[0] as string;
  const enhanced = /\(#([45]\.\d{1,3}\.\d{1,3})\)/.exec(line)?.[1];
  return enhanced?.startsWith(String(code)[0] as string) ? enhanced : null;
}

/** RFC 5321 section 4.2.1 knows second digits 0 to 5; a few systems use others in the fives. */
function isReplyCode(code: number): boolean {
  const second = Math.floor(code / 10) % 10;
  return second <= 5 || code === 571 || code === 572;
}

/** Every enhanced code in a text, such as qmail's `(#5.1.1)`; only refusals. */
export function findEnhancedCodes(text: string): string[] {
  return [...text.slice(0, 8000).matchAll(/(?<![\d.[-])[#(]{0,2}([45]\.\d{1,2}\.\d{1,3})(?![\d.]*\d)/g)].map(
    (match) => trimZeros(match[1] as string) as string,
  );
}

function trimZeros(code: string | null): string | null {
  return code === null ? null : code.split(".").map(Number).join(".");
}

/** How systems name the command that was answered. The first that matches counts. */
const phasePatterns: readonly (readonly [SmtpPhase, RegExp])[] = [
  [
    "dot",
    /in reply to (?:the )?end of DATA|after (?:the )?end of (?:data|DATA)|after sending data block|did not like our final DATA|after I sent the message/,
  ],
  [
    "rcpt",
    /(?:in reply to|after|following|for|[Ee]rror in|our|response to|to) (?:the |pipelined )?RCPT\b|\[RCPT_TO\]|SMTP:RCPT|does not like recipient|recipient was rejected|rejected (?:the )?recipient|R(?:CPT|cpt)[- ]T[Oo] (?:validation failed|not accepted)/,
  ],
  [
    "mail",
    /(?:in reply to|after|following|for|[Ee]rror in|our|response to|to) (?:the |pipelined )?MAIL(?: FROM| command|:)|\[MAIL_FROM\]|SMTP:MAIL\b|sender was rejected|does not like sender|rejected (?:the )?sender|rejected MAIL FROM/,
  ],
  [
    "connect",
    /after (?:the )?(?:initial )?connection|(?:in reply to|during) (?:the )?(?:initial )?(?:greeting|connect)|but greeting failed|refused to talk to me|SMTP:CONNECT/,
  ],
  ["ehlo", /(?:in reply to|after|following|for) (?:the )?(?:EHLO|HELO)\b|but my name was rejected|SMTP:[EH][EH]LO/],
  ["tls", /(?:in reply to|after|following|for) (?:the )?STARTTLS/],
  ["auth", /(?:in reply to|after|following|for) (?:the )?AUTH\b/],
  [
    "data",
    /(?:in reply to|after|following|for|[Ee]rror in|our) (?:the |pipelined )?(?:DATA|TEXT|BDAT)\b|\[DATA\]|SMTP:(?:DATA|EOM)|on DATA command|-{2,} ?SMTP command DATA/,
  ],
];

/** Gmail's old notices name a state of its client: 14 answers RCPT, later ones the message. */
const gmailStates: Readonly<Record<string, SmtpPhase>> = {
  13: "mail",
  14: "rcpt",
  15: "data",
  16: "data",
  17: "dot",
  18: "dot",
};

/** The command that a reply in this text answered, or `null`. */
export function findPhase(text: string): SmtpPhase | null {
  const state = /\(state (\d{1,2})\)/.exec(text)?.[1];
  if (state && gmailStates[state]) return gmailStates[state];
  const words = text.replace(/\s+/g, " ");
  for (const [phase, pattern] of phasePatterns) if (pattern.test(words)) return phase;
  return null;
}

/** A command line of a quoted session (`>>> RCPT To:<..>`, `In:  MAIL FROM:<..>`), or `null`. */
export function phaseOfCommand(line: string): SmtpPhase | null {
  const command = /^\s*(?:>>>|In:)\s*(RCPT|MAIL|DATA|BDAT|EHLO|HELO|STARTTLS|AUTH|\.$)/i.exec(line)?.[1]?.toUpperCase();
  switch (command) {
    case undefined:
      return null;
    case "RCPT":
      return "rcpt";
    case "MAIL":
      return "mail";
    case "EHLO":
    case "HELO":
      return "ehlo";
    case "STARTTLS":
      return "tls";
    case "AUTH":
      return "auth";
    case "DATA":
    case "BDAT":
      return "data";
    default:
      return "dot";
  }
}

import type { SmtpPhase } from "../domain/outcome.ts";
import { findAddress, foldAddress } from "./find-addresses.ts";
import { phaseOfCommand } from "./read-replies.ts";

/** One refusal of a quoted SMTP session, with the recipients it speaks of. */
export interface SessionReply {
  readonly phase: SmtpPhase | null;
  /** As quoted, code first; several lines joined. */
  readonly text: string;
  /** Empty when the reply is about the whole transaction. */
  readonly recipients: readonly string[];
}

const repliesMax = 60;

/**
 * Reads the session that Sendmail, Courier, EZweb (`>>>`, `<<<`) and Postfix's notices to postmasters (`In:`, `Out:`) quote:
 * which command was refused with what, and for whom.
 */
export function readSession(lines: readonly string[]): SessionReply[] {
  const replies: { phase: SmtpPhase | null; text: string; recipients: Map<string, string> }[] = [];
  let phase: SmtpPhase | null = null;
  let asked: string | null = null;
  let pending: (typeof replies)[number] | null = null;
  for (const line of lines) {
    const isWrapped = /^\s{4,}\S/.test(line) && pending === null && phase !== null;
    const command = phaseOfCommand(line);
    if (command !== null) {
      phase = command;
      asked = command === "rcpt" ? findAddress(line) : null;
      pending = null;
      continue;
    }
    if (isWrapped && phase === "rcpt" && asked === null) asked = findAddress(line);
    if (/^\s*(?:\.\.\. )?while talking to /i.test(line)) {
      phase = null;
      asked = null;
      pending = null;
      continue;
    }
    const answer = /^\s*(?:<<<|Out:)\s*(.{1,600})$/.exec(line)?.[1];
    if (answer !== undefined) {
      if (!/^[45]\d\d/.test(answer)) {
        if (pending && !/^[23]\d\d/.test(answer)) pending.text += ` ${answer}`;
        else pending = null;
        continue;
      }
      // A reply of several lines repeats its code with a hyphen; replies to the commands after a refused one only echo it.
      const isContinued =
        pending !== null && /^\d{3}-/.test(pending.text) && answer.slice(0, 3) === pending.text.slice(0, 3);
      if (isContinued && pending) pending.text += ` ${answer.slice(4)}`;
      else if (/^50[13]|no valid recipients|need rcpt/i.test(answer) && replies.length > 0 && phase !== "mail")
        pending = null;
      else if (replies.length < repliesMax) {
        pending = { phase, text: answer, recipients: new Map() };
        const named = asked ?? findAddress(answer);
        if (named) pending.recipients.set(foldAddress(named), named);
        replies.push(pending);
      }
      continue;
    }
    // Sendmail's own line after a reply names the recipient that the reply was about.
    const own =
      /^\s*([45]\d\d)[ -](?:[45]\.\d{1,3}\.\d{1,3}\s+)?<?([^\s<>]{1,300}@[^\s<>]{1,255}?)>?\.\.\.\s*(.*)$/.exec(line);
    if (own) {
      const address = findAddress(own[2] as string) ?? (own[2] as string);
      const hasOwnCode = /^[45]\d\d/.test(own[3] as string);
      if (pending && !hasOwnCode) pending.recipients.set(foldAddress(address), address);
      else if (replies.length < repliesMax) {
        replies.push({
          phase: null,
          text: hasOwnCode ? (own[3] as string) : line.trim(),
          recipients: new Map([[foldAddress(address), address]]),
        });
      }
    } else if (line.trim() !== "") pending = null;
  }
  return replies.map((reply) => ({ phase: reply.phase, text: reply.text, recipients: [...reply.recipients.values()] }));
}

/** The first reply about an address, else the first that is about nobody in particular. */
export function replyAbout(replies: readonly SessionReply[], address: string): SessionReply | null {
  const folded = foldAddress(address);
  return (
    replies.find((reply) => reply.recipients.some((recipient) => foldAddress(recipient) === folded)) ??
    replies.find((reply) => reply.recipients.length === 0) ??
    null
  );
}

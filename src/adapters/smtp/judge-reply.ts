import type { Outcome, SmtpPhase, SmtpReply } from "../../domain/outcome.ts";
import { formatReply } from "./reply.ts";

/** What a server is asked while it takes a message. */
export type MessagePhase = Extract<SmtpPhase, "mail" | "rcpt" | "data" | "dot">;

const command: Readonly<Record<MessagePhase, string>> = {
  mail: "MAIL FROM",
  rcpt: "RCPT TO",
  data: "DATA",
  dot: "the message",
};

/** Whether the reply lets the conversation go on (RFC 5321 section 4.3.2). */
export function isGood(phase: MessagePhase, reply: SmtpReply): boolean {
  return Math.floor(reply.code / 100) === (phase === "data" ? 3 : 2);
}

/**
 * What a reply that is not good means for the message (RFC 5321 section 4.2.1). The basic code decides; a 421 is the
 * server's own trouble, wherever it comes (section 3.8). A reply that makes no sense leaves the message undecided:
 * before the body it surely was not taken, after the dot nobody knows.
 */
export function judgeReply(phase: MessagePhase, reply: SmtpReply, server: string): Outcome {
  const kind = Math.floor(reply.code / 100);
  if (kind === 5 && !isTooManyRecipients(phase, reply)) return { type: "refused", phase, reply, server };
  if (kind === 4 || kind === 5) {
    return { type: "deferred", phase, reply, cause: `${command[phase]} was put off: ${formatReply(reply)}`, server };
  }
  const cause = `${server} answered ${command[phase]} with ${formatReply(reply)}, which means nothing there`;
  return phase === "dot" ? { type: "uncertain", cause, server } : { type: "deferred", phase, reply, cause, server };
}

/** RFC 5321 section 4.5.3.1.10: some servers say 552 where they mean 452, "too many recipients"; that is temporary. */
function isTooManyRecipients(phase: MessagePhase, reply: SmtpReply): boolean {
  return phase === "rcpt" && reply.code === 552 && (reply.enhanced === "5.5.3" || /too many/i.test(reply.text));
}

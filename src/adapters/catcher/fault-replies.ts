import type { FaultAction, FaultStage } from "./fault-rules.ts";

export interface FaultReply {
  readonly code: number;
  /** With the enhanced code in front (RFC 3463), as real servers write it. */
  readonly text: string;
}

/** What large receivers say with these codes, so that a classifier sees the real thing. */
const usualTexts: Readonly<Record<number, string>> = {
  421: "4.7.28 Our system has detected an unusual rate of mail from your server, try again later",
  450: "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents more, try again later",
  451: "4.3.0 Local error in processing, try again later",
  452: "4.2.2 The recipient's mailbox is out of storage space, try again later",
  454: "4.7.0 Temporary authentication failure",
  550: "5.1.1 The email account that you tried to reach does not exist",
  551: "5.1.6 User not local, please try the forward path",
  552: "5.2.2 The recipient's mailbox is full",
  553: "5.1.3 Mailbox name not allowed",
  554: "5.7.1 Message rejected for policy reasons",
};

/** The reply to send; an action's own text wins, with an enhanced code added where it has none. */
export function replyOf(action: Extract<FaultAction, { kind: "reply" | "greylist" }>, stage: FaultStage): FaultReply {
  if (action.kind === "greylist") return { code: action.code ?? 450, text: "4.7.1 Greylisted, please try again later" };
  const { code } = action;
  const fallback = `${code < 500 ? "4.0.0" : "5.0.0"} Fault asked for at ${stage}`;
  const text = action.text ?? usualTexts[code] ?? fallback;
  // RFC 2034 section 3: a greeting carries no enhanced code.
  if (stage === "greeting") return { code, text: text.replace(/^[45]\.\d{1,3}\.\d{1,3} /, "") };
  return { code, text: /^[245]\.\d{1,3}\.\d{1,3} /.test(text) ? text : `${code < 500 ? "4.0.0" : "5.0.0"} ${text}` };
}

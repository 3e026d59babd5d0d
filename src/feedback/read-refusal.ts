import { formatDeliveryId, type DeliveryId } from "../domain/delivery.ts";
import type { SmtpPhase, SmtpReply } from "../domain/outcome.ts";
import { classifyReply } from "../domain/reply-class.ts";
import type { Finding } from "./report.ts";

/** A refusal in our own SMTP session, which says at once what a bounce says later. */
export interface Refusal {
  readonly recipient: string;
  readonly delivery: DeliveryId;
  readonly phase: SmtpPhase;
  readonly reply: SmtpReply;
}

/** Turns a 4xx or 5xx reply at send time into the same finding that a report would give. */
export function readRefusal(refusal: Refusal): Finding {
  const { reply, phase } = refusal;
  const verdict = classifyReply(reply.code, reply.enhanced, reply.text, phase);
  const kind = verdict.class === "rate" ? "policy" : verdict.class;
  return {
    kind,
    hard: kind === "hard",
    recipient: refusal.recipient,
    status: reply.enhanced ?? (verdict.temporary ? "4.0.0" : "5.0.0"),
    diagnostic: `${reply.code} ${reply.text}`.replace(/\s+/g, " ").slice(0, 500),
    action: "failed",
    reason: verdict.reason,
    trust: "session",
    campaign: refusal.delivery.campaign,
    delivery: formatDeliveryId(refusal.delivery),
  };
}

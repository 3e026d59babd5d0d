import type { ReplyReason } from "../domain/reply-reason.ts";
import { judge } from "./judge-evidence.ts";
import { readStatus, type ReportAction } from "./read-delivery-status.ts";
import type { FindingDraft } from "./report.ts";

/** What a relay's webhook tells of one message. */
export interface ProviderEvent {
  readonly draft: FindingDraft;
  /** The mark that we put on the message (digest/relay-rules.ts): `12.345`. */
  readonly mark: string | null;
  /** Without angle brackets; ours where the relay keeps it. */
  readonly messageId: string | null;
  /** The relay's name for the event. */
  readonly id: string;
}

export interface ProviderBounce {
  readonly recipient: string;
  readonly status: string;
  /** What the server said, as the relay quotes it. */
  readonly diagnostic: string;
  readonly action: ReportAction;
  /** Where the relay names the reason itself. */
  readonly known: ReplyReason | null;
  /** Said when the server's words say nothing. */
  readonly background?: string;
}

/** The same judgement as for a bounce that came by mail. */
export function draftOfBounce(bounce: ProviderBounce): FindingDraft {
  const judged = judge({
    action: bounce.action,
    status: readStatus(bounce.status),
    diagnostic: bounce.diagnostic.replace(/^\s*smtp\s*;\s*/i, "").slice(0, 4_000),
    diagnosticType: "smtp",
    remote: bounce.recipient.toLowerCase(),
    notice: "",
    background: bounce.background ?? "",
    session: null,
    known: bounce.known,
  });
  const { kind, status, diagnostic, reason, action } = judged;
  return { kind, recipient: bounce.recipient || null, status, diagnostic, action, reason };
}

/** An event that is no bounce. */
export function draftOf(
  kind: FindingDraft["kind"],
  recipient: string,
  diagnostic: string,
  action: string,
): FindingDraft {
  const status = kind === "delivered" ? "2.0.0" : null;
  return { kind, recipient: recipient || null, status, diagnostic: diagnostic.slice(0, 300), action, reason: null };
}

/** The mark, where it has the form of one. */
export function readMark(text: string): string | null {
  return /^[1-9]\d{0,14}\.[1-9]\d{0,14}$/.test(text) ? text : null;
}

export function readMessageIdText(text: string): string | null {
  return text.trim().replace(/^<|>$/g, "") || null;
}

import type { DeliveryId } from "../domain/delivery.ts";
import type { ReplyReason } from "../domain/reply-reason.ts";

/**
 * What a report says about one recipient.
 * `hard`, `soft`, `full`, `policy`: it was not delivered, see `ReplyClass`; `delayed`: it is still tried; `delivered`: it
 * arrived or was passed on; `complaint`: the reader calls it spam; `auto-reply`, `reply`: an answer; `unknown`: a report
 * about this recipient that says nothing we understand.
 */
export type FindingKind =
  | "hard"
  | "soft"
  | "full"
  | "policy"
  | "delayed"
  | "delivered"
  | "complaint"
  | "auto-reply"
  | "reply"
  | "unknown";

/**
 * What proves that a finding is about a delivery of ours: our own SMTP session, our token in a return path, or a Message-ID
 * that only we could have written.
 */
export type Trust = "session" | "token" | "message-id";

export interface Identified extends DeliveryId {
  readonly trust: Trust;
}

/** One line of `broadsheet feedback ingest --json`. */
export interface Finding {
  readonly kind: FindingKind;
  /** The address will never work: the same as `kind === "hard"`. */
  readonly hard: boolean;
  /** The address that the report is about, as it writes it; `null` where the provider hides it. */
  readonly recipient: string | null;
  /** Enhanced status code; where the report gives none, `4.0.0` or `5.0.0` by what it says; `null` for answers and complaints. */
  readonly status: string | null;
  /** What the server said, in one line. */
  readonly diagnostic: string;
  /** RFC 3464 section 2.3.3, or the feedback type of a complaint (RFC 5965 section 3.1). */
  readonly action: string | null;
  readonly reason: ReplyReason | null;
  /** What proves the delivery below; `null` where nothing does. */
  readonly trust: Trust | null;
  readonly campaign: number | null;
  /** `12.345`, as `formatDeliveryId` writes it. */
  readonly delivery: string | null;
}

/** A finding before its delivery is known. */
export type FindingDraft = Omit<Finding, "hard" | "trust" | "campaign" | "delivery">;

/**
 * What kind of mail came in. `bounce` stands for every report about delivery. `reply` is a mail by a person, to be forwarded
 * whatever else is known; `unknown` is an automatic mail that says nothing we understand, to be kept and shown.
 */
export type ReportKind = "bounce" | "complaint" | "auto-reply" | "reply" | "unknown";

export interface Report {
  readonly kind: ReportKind;
  /** One for each recipient, in the report's order; none where nothing can be said about anybody. */
  readonly findings: readonly Finding[];
  readonly from: string;
  /** Where the mail came to: envelope recipients first, then what the header says. */
  readonly to: readonly string[];
  readonly subject: string;
  /** Of the incoming mail, without angle brackets; `null` where it has none. */
  readonly messageId: string | null;
  /** Of the message that is returned or answered, without angle brackets. */
  readonly aboutMessageId: string | null;
}

/** What names the delivery, in the order in which it may be trusted. */
export interface Identification {
  /** Where the mail came to: envelope recipients first, then what the header says. Our token stands in one of them. */
  readonly addresses: readonly string[];
  /** The returned message's Message-ID, without angle brackets. */
  readonly messageId: string | null;
  /** The return path that the returned message had: our token again, of a report that came another way. */
  readonly returnPaths: readonly string[];
  /** Whom the finding is about. */
  readonly recipient: string | null;
}

export interface ReportContext {
  /** RCPT TO of the session in which the mail came, where known. */
  readonly envelopeRecipients?: readonly string[];
  /** The caller's verifier; `null` for what is not proven to be ours. */
  readonly identify?: (parsed: Identification) => Identified | null;
}

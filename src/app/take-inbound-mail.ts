import type { Pool } from "pg";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import { findMailtoToken } from "../domain/mailto-unsubscribe.ts";
import { readFoldedToken } from "../domain/token.ts";
import type { TokenKeys } from "../domain/token-keys.ts";
import type { Finding, Report } from "../feedback/report.ts";
import {
  nothingApplied,
  type Applied,
  type Arrival,
  type FeedbackApplier,
  type FeedbackSource,
} from "./apply-feedback.ts";
import type { InboundAddresses } from "./inbound-addresses.ts";
import { leaveList } from "./leave-list.ts";
import { createMailReader } from "./read-mail.ts";

export interface InboundMail {
  readonly source: FeedbackSource;
  /** RCPT TO where there was a session; what the header says otherwise. */
  readonly to: readonly string[];
  readonly raw: Buffer;
}

export interface Taken {
  readonly applied: Applied;
  /** Subscriptions that ended because the mail asked for it. */
  readonly left: number;
  /** Nothing in it is understood or belongs to a list: to be kept for a person. */
  readonly isStray: boolean;
}

/** Takes any mail that comes in: one that asks to leave, a report, a person's answer. Twice is as good as once. */
export function createInboundTaker(
  pool: Pool,
  keys: TokenKeys,
  applier: FeedbackApplier,
  addresses: InboundAddresses,
): (mail: InboundMail) => Promise<Taken> {
  const read = createMailReader(keys);
  return async ({ source, to, raw }) => {
    const { report, identity } = read(raw, to);
    // RFC 2369 section 3.2, from whomever it comes: the token is all the authority there is and needs be.
    const payload = findLeaving(report.to, report.subject, keys);
    if (payload) return { applied: nothingApplied, left: await leaveList(pool, payload, "mail"), isStray: false };
    const list = report.kind === "reply" ? await addresses.findList(report.to) : null;
    const findings = report.findings.length > 0 ? report.findings : findingsOfRest(report, list !== null);
    const arrival: Arrival = { source, identity, findings, raw, ...(list ? { listId: list.listId } : {}) };
    const applied = await inTransaction(pool, (client) => applier.apply(client, arrival));
    const isStray = report.findings.length === 0 && !list;
    return { applied, left: 0, isStray };
  };
}

function findLeaving(recipients: readonly string[], subject: string, keys: TokenKeys) {
  for (const recipient of recipients) {
    const token = findMailtoToken(recipient, subject);
    const payload = token && readFoldedToken(token, keys, "reader");
    if (payload) return payload;
  }
  return null;
}

/** A mail that names nobody still has a line in the ledger: an answer to be forwarded, or one that was not understood. */
function findingsOfRest(report: Report, isForList: boolean): readonly Finding[] {
  return [
    {
      kind: isForList ? "reply" : "unknown",
      hard: false,
      recipient: report.from === "" ? null : (/[^\s<>]+@[^\s<>]+/.exec(report.from)?.[0] ?? null),
      status: null,
      diagnostic: report.subject.slice(0, 200),
      action: null,
      reason: null,
      trust: null,
      campaign: null,
      delivery: null,
    },
  ];
}

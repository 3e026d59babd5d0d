/**
 * What a browser carries between the password and the code: sealed, so that only whoever gave the password gets to the code,
 * and nothing is kept here of somebody who never comes back.
 */
import { createTicketKeys } from "../../domain/totp.ts";
import { assert } from "../../lib/assert.ts";
import { openText, sealText } from "../../lib/sealed-text.ts";
import type { AuditConfig } from "../audit/record-audit.ts";
import { loadSecrets } from "../secret.ts";

/** Time enough to find the phone. */
const ticketMs = 5 * 60_000;

export interface TicketHolder {
  readonly userId: number;
  /** As it was typed: the tries of both steps count for it. */
  readonly address: string;
}

export function createTicket(config: AuditConfig, holder: TicketHolder, nowMs: number): string {
  const [key] = createTicketKeys(loadSecrets(config));
  assert(key !== undefined, "An installation has a secret.");
  return sealText(JSON.stringify([holder.userId, holder.address, nowMs + ticketMs]), key).toString("base64url");
}

/** @returns `null` for one that is too old or not ours */
export function readTicket(config: AuditConfig, ticket: string, nowMs: number): TicketHolder | null {
  const text = openText(Buffer.from(ticket, "base64url"), createTicketKeys(loadSecrets(config)));
  if (text === null) return null;
  // Sealed by us alone, so it has this form.
  const [userId, address, endsMs] = JSON.parse(text) as [number, string, number];
  return nowMs < endsMs ? { userId, address } : null;
}

/**
 * The audit log: who did what, as a chain of hashes over numbers, ids and words of our own. Nothing personal is in the chain;
 * an address or a reason in somebody's words stands beside it, by the entry's number, and goes with the person.
 */
import { createHash, createHmac, hkdfSync } from "node:crypto";

/** Everything that is recorded, with what a person reads of it. */
export const auditActions = {
  "signed-in": "signed in",
  "user-invited": "made an invitation",
  "user-added": "made an account from an invitation",
  "user-disabled": "took an account away",
  "password-changed": "changed the own password",
  "second-factor-on": "turned codes at sign-in on",
  "second-factor-off": "turned codes at sign-in off",
  "second-factor-reset": "took somebody's codes at sign-in away",
  "send-proposed": "proposed a send",
  "send-approved": "approved a send",
  "send-withdrawn": "withdrew a send",
  "send-voided": "found that a send was changed after it had been looked at",
  "campaign-planned": "planned a campaign",
  "campaign-paused": "paused a campaign",
  "campaign-resumed": "resumed a campaign",
  "campaign-cancelled": "cancelled a campaign",
  "delivery-resolved": "decided an uncertain delivery",
  "list-made": "made a list",
  "list-changed": "changed a list",
  "lane-made": "made a lane",
  "lane-changed": "changed a lane",
  "recurrence-made": "made a recurring send",
  "recurrence-removed": "removed a recurring send",
  "backup-accepted": "let an installation go on from a backup",
  "subscribers-imported": "imported people",
  "suppressions-imported": "imported suppressions",
  "subscriber-added": "added a person",
  "subscriber-changed": "changed a person",
  "subscriber-left": "took a person off a list",
  "subscriber-erased": "erased a person",
  "subscribers-erased": "erased people again after a restore",
  "suppression-added": "suppressed",
  "suppression-lifted": "lifted a suppression",
  "token-made": "made an API token",
  "token-revoked": "revoked an API token",
  "webhook-made": "made a webhook",
  "webhook-removed": "removed a webhook",
  "webhook-resumed": "let a webhook go on",
} as const;
export type AuditAction = keyof typeof auditActions;

/** `user:3` of the console, `token:5` of the API, the command line, a reader's own press, or Broadsheet by itself. */
export type Actor = `user:${number}` | `token:${number}` | "command" | "reader" | "system";

type Fact = string | number | boolean | null | readonly (string | number)[];

export interface NewAuditEntry {
  readonly actor: Actor;
  readonly action: AuditAction;
  /** `campaign:12`, `subscriber:77`, `list:news`; empty where it is about nothing in particular. */
  readonly subject: string;
  /** Numbers, ids and words of our own: never an address, a name, or what somebody typed about a person. */
  readonly facts?: Readonly<Record<string, Fact>>;
  /** What is personal; not part of the chain. */
  readonly detail?: AuditDetail;
}

export interface AuditDetail {
  /** Whose data it is: an erasure of this address removes the words. */
  readonly addressKey?: string;
  readonly words: string;
}

/** What the chain is made of. */
export interface AuditLink {
  readonly number: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** JSON, byte for byte as it is stored. */
  readonly facts: string;
  /** SHA-256 of the entry before; of the first, a hash of the installation's id. */
  readonly previous: Buffer;
}

/** Unambiguous, since JSON delimits every part. */
export function hashAuditLink(link: AuditLink): Buffer {
  const { number, at, actor, action, subject, facts, previous } = link;
  const text = JSON.stringify([previous.toString("hex"), number, at.toISOString(), actor, action, subject, facts]);
  return createHash("sha256").update(text).digest();
}

const keyBytes = 32;

/**
 * @param secrets the operator's, the current one first, then those it replaced
 * @returns one key each, good for sealing entries alone (RFC 5869)
 */
export function createAuditKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "audit log", keyBytes)));
}

export function sealAuditHash(hash: Buffer, key: Buffer): Buffer {
  return createHmac("sha256", key).update(hash).digest();
}

/** What `verify` says of a log. */
export interface AuditVerdict {
  readonly entries: number;
  /** Of the newest entry. Kept elsewhere, `number:hash` proves later that nothing was cut off at the end. */
  readonly head: { readonly number: number; readonly hash: string };
  /** Empty where everything holds. The first ones only. */
  readonly problems: readonly { readonly number: number; readonly what: string }[];
}

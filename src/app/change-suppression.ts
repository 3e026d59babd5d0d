import type { Pool } from "pg";
import { addSuppressions, findSuppression, liftSuppression } from "../adapters/postgres/suppressions.ts";
import { isAddressProblem, parseAddress } from "../domain/address.ts";
import type { Actor, NewAuditEntry } from "../domain/audit.ts";
import { erasedKeysOf } from "../domain/erased-address.ts";
import { readSuppressionKey, type Suppression } from "../domain/suppression.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";
import { loadErasureKeys } from "./secret.ts";

/** An operator's words; long enough for a ticket's title and its address. */
const reasonCharactersMax = 500;
/** Where it was done, for the log of suppressions. */
const places = {
  command: "command line",
  user: "console",
  token: "API",
  reader: "page",
  system: "Broadsheet",
} as const;

export interface SuppressionAdded {
  readonly key: string;
  /** False where it stood already: then it keeps the reason that it had. */
  readonly added: boolean;
  /** What barred this very address or domain before. */
  readonly standing: Suppression | null;
}

/**
 * Suppresses an address or a whole domain by hand; one that was provisional becomes final.
 * @param text an address or `@example.com`
 * @throws InputError `bad-address`, `suppression-reason`
 */
export async function suppressByHand(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  text: string,
  words: string,
): Promise<SuppressionAdded> {
  const { key, erasedKeys } = readKey(text, config);
  const reason = readReason(words, "Suppressing");
  const source = `${placeOf(actor)}: ${reason}`;
  const standing = await findSuppression(pool, { key, domain: "" }, erasedKeys);
  // Who was erased would stand there in the clear again.
  if (standing && erasedKeys.includes(standing.key)) return { key, added: false, standing };
  const changed = await audited(
    pool,
    config,
    (client) => addSuppressions(client, [{ key, reason: "manual", source }]),
    (count) => (count > 0 ? entryOf(actor, "suppression-added", key, reason) : null),
  );
  return { key, added: changed > 0, standing };
}

export interface SuppressionLifted {
  readonly key: string;
  readonly lifted: boolean;
  /** What bars the address all the same, such as its whole domain. */
  readonly barredBy: Suppression | null;
}

/**
 * Lets an address or a domain be mailed again. The reason is kept in the log.
 * @throws InputError `bad-address`, `suppression-reason`, `suppression-erased`
 */
export async function liftByHand(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  text: string,
  words: string,
): Promise<SuppressionLifted> {
  const { key, domain, erasedKeys } = readKey(text, config);
  const reason = readReason(words, "Lifting a suppression");
  const standing = await findSuppression(pool, { key, domain: "" }, erasedKeys);
  if (standing && erasedKeys.includes(standing.key)) {
    throw new InputError({
      code: "suppression-erased",
      message: `Everything about ${text.trim()} was erased. Only they can come back, by signing up and confirming it.`,
    });
  }
  const lifted = await audited(
    pool,
    config,
    (client) => liftSuppression(client, [key], { reason, source: placeOf(actor) }),
    (done) => (done ? entryOf(actor, "suppression-lifted", key, reason) : null),
  );
  const barredBy = await findSuppression(pool, { key, domain });
  return { key, lifted, barredBy };
}

function placeOf(actor: Actor): string {
  return places[actor.split(":")[0] as keyof typeof places];
}

/** Whom it is about stands beside the chain, where an erasure finds it. */
function entryOf(
  actor: Actor,
  action: "suppression-added" | "suppression-lifted",
  key: string,
  reason: string,
): NewAuditEntry {
  const facts = { whole: key.startsWith("@") ? "domain" : "address" };
  return { actor, action, subject: "", facts, detail: { addressKey: key, words: `${key}: ${reason}` } };
}

function readKey(text: string, secrets: AuditConfig) {
  const read = readSuppressionKey(text);
  if ("problem" in read) throw new InputError({ code: "bad-address", message: read.problem });
  const address = parseAddress(text.trim());
  if (isAddressProblem(address)) return { key: read.key, domain: "", erasedKeys: [] };
  return { key: read.key, domain: address.domain, erasedKeys: erasedKeysOf(address.key, loadErasureKeys(secrets)) };
}

function readReason(words: string, doing: string): string {
  const reason = words.trim();
  const wrong =
    reason === ""
      ? "is empty"
      : reason.length > reasonCharactersMax
        ? `has ${reason.length} characters; at most ${reasonCharactersMax}`
        : /\p{Cc}/u.test(reason)
          ? "has a line break or another control character in it"
          : null;
  if (wrong === null) return reason;
  throw new InputError({
    code: "suppression-reason",
    message: `${doing} needs a reason, which is kept, and this one ${wrong}: --reason "asked by phone".`,
  });
}

import type { Pool } from "pg";
import { addSuppressions, findSuppression, liftSuppression } from "../adapters/postgres/suppressions.ts";
import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { erasedKeysOf } from "../domain/erased-address.ts";
import { readSuppressionKey, type Suppression } from "../domain/suppression.ts";
import { InputError } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { loadErasureKeys } from "./secret.ts";

type Secrets = Pick<Config, "secrets" | "dataDir">;

/** An operator's words; long enough for a ticket's title and its address. */
const reasonCharactersMax = 500;
/** Who did it, for the log. */
const byHand = "command line";

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
  secrets: Secrets,
  text: string,
  words: string,
): Promise<SuppressionAdded> {
  const { key, erasedKeys } = readKey(text, secrets);
  const source = `${byHand}: ${readReason(words, "Suppressing")}`;
  const standing = await findSuppression(pool, { key, domain: "" }, erasedKeys);
  // Who was erased would stand there in the clear again.
  if (standing && erasedKeys.includes(standing.key)) return { key, added: false, standing };
  const changed = await addSuppressions(pool, [{ key, reason: "manual", source }]);
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
  secrets: Secrets,
  text: string,
  words: string,
): Promise<SuppressionLifted> {
  const { key, domain, erasedKeys } = readKey(text, secrets);
  const reason = readReason(words, "Lifting a suppression");
  const standing = await findSuppression(pool, { key, domain: "" }, erasedKeys);
  if (standing && erasedKeys.includes(standing.key)) {
    throw new InputError({
      code: "suppression-erased",
      message: `Everything about ${text.trim()} was erased. Only they can come back, by signing up and confirming it.`,
    });
  }
  const lifted = await liftSuppression(pool, [key], { reason, source: byHand });
  const barredBy = await findSuppression(pool, { key, domain });
  return { key, lifted, barredBy };
}

function readKey(text: string, secrets: Secrets) {
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

import type { Pool, PoolClient } from "pg";
import { appendAudit, verifyAudit } from "../../adapters/postgres/audit.ts";
import { inTransaction } from "../../adapters/postgres/transaction.ts";
import { createAuditKeys, type AuditVerdict, type NewAuditEntry } from "../../domain/audit.ts";
import { assert } from "../../lib/assert.ts";
import { InputError } from "../../lib/errors.ts";
import type { Config } from "../config.ts";
import { loadSecrets } from "../secret.ts";

/** What sealing an entry needs of the configuration. */
export type AuditConfig = Pick<Config, "secrets" | "dataDir">;

/** The last thing that a transaction does (see `appendAudit`). */
export async function recordAudit(client: PoolClient, config: AuditConfig, entry: NewAuditEntry): Promise<void> {
  const [key] = createAuditKeys(loadSecrets(config));
  assert(key !== undefined, "An installation has a secret.");
  await appendAudit(client, entry, key);
}

/**
 * Does something and writes it into the log: both, or neither.
 * @param describe what to write of the result; `null` where nothing was changed
 */
export async function audited<T>(
  pool: Pool,
  config: AuditConfig,
  work: (client: PoolClient) => Promise<T>,
  describe: (result: T) => NewAuditEntry | null,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    const result = await work(client);
    const entry = describe(result);
    if (entry) await recordAudit(client, config, entry);
    return result;
  });
}

/** What was done elsewhere, in a transaction of its own. */
export async function noteAudit(pool: Pool, config: AuditConfig, entry: NewAuditEntry): Promise<void> {
  await inTransaction(pool, (client) => recordAudit(client, config, entry));
}

/**
 * @param expectedText `number:hash` as an earlier verification printed it
 * @throws InputError `bad-head`
 */
export async function checkAudit(pool: Pool, config: AuditConfig, expectedText?: string): Promise<AuditVerdict> {
  const expected = expectedText === undefined ? null : readHead(expectedText);
  return verifyAudit(pool, createAuditKeys(loadSecrets(config)), expected);
}

function readHead(text: string): { readonly number: number; readonly hash: string } {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim());
  if (!match)
    throw new InputError({
      code: "bad-head",
      message: `"${text}" is no head of a log; it is written number:hash, as "broadsheet audit verify" prints it.`,
    });
  return { number: Number(match[1]), hash: match[2] as string };
}

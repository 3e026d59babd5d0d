/** The code that signing in asks for beside the password, where somebody set that up. */
import type { Pool, PoolClient } from "pg";
import {
  confirmSecondFactor,
  deleteSecondFactor,
  findSecondFactor,
  lockSecondFactor,
  offerSecondFactor,
  spendRecoveryCode,
  spendStep,
} from "../../adapters/postgres/second-factors.ts";
import type { User } from "../../domain/access.ts";
import {
  createRecoveryCodes,
  createTotpKeys,
  createTotpSecret,
  matchTotp,
  readRecoveryCode,
  totpUri,
} from "../../domain/totp.ts";
import { assert } from "../../lib/assert.ts";
import { InputError } from "../../lib/errors.ts";
import { openText, sealText } from "../../lib/sealed-text.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { loadSecrets } from "../secret.ts";
import { requirePassword } from "./change-password.ts";
import { hashSecretToken } from "./secret-token.ts";

export type SecondFactorState =
  | { readonly is: "off" }
  /** Waits for the first code. */
  | { readonly is: "offered"; readonly secret: string; readonly uri: string }
  | { readonly is: "on"; readonly recoveryCodes: number };

export async function readSecondFactor(pool: Pool, config: AuditConfig, user: User): Promise<SecondFactorState> {
  const found = await findSecondFactor(pool, user.id);
  if (found?.isConfirmed) return { is: "on", recoveryCodes: found.recoveryCodes };
  const secret = found && openText(found.secret, createTotpKeys(loadSecrets(config)));
  return secret === null ? { is: "off" } : { is: "offered", secret, uri: totpUri(secret, user.address) };
}

/**
 * Makes a secret to be confirmed by a code.
 * @throws InputError `wrong-password`, `second-factor-is-on`
 */
export async function beginSecondFactor(pool: Pool, config: AuditConfig, user: User, password: string): Promise<void> {
  await requirePassword(pool, user, password);
  const [key] = createTotpKeys(loadSecrets(config));
  assert(key !== undefined, "An installation has a secret.");
  if (!(await offerSecondFactor(pool, user.id, sealText(createTotpSecret(), key))))
    throw new InputError({ code: "second-factor-is-on", message: "Codes are asked for already. Turn that off first." });
}

/**
 * @returns the recovery codes, which are shown this one time
 * @throws InputError `wrong-code`, also where nothing waits for one
 */
export async function finishSecondFactor(
  pool: Pool,
  config: AuditConfig,
  user: User,
  code: string,
  nowMs: number,
): Promise<readonly string[]> {
  const codes = createRecoveryCodes();
  await audited(
    pool,
    config,
    async (client) => {
      const found = await lockSecondFactor(client, user.id);
      const secret = found && !found.isConfirmed ? openText(found.secret, createTotpKeys(loadSecrets(config))) : null;
      const step = secret === null ? null : matchTotp(secret, code, nowMs, 0);
      if (step === null) throw wrongCode();
      await confirmSecondFactor(client, user.id, step, codes.map(hashSecretToken));
    },
    () => ({ actor: `user:${user.id}`, action: "second-factor-on", subject: `user:${user.id}` }),
  );
  return codes;
}

/** @throws InputError `wrong-password`, `wrong-code` */
export async function endSecondFactor(
  pool: Pool,
  config: AuditConfig,
  user: User,
  given: { readonly password: string; readonly code: string },
  nowMs: number,
): Promise<void> {
  await requirePassword(pool, user, given.password);
  await audited(
    pool,
    config,
    async (client) => {
      if ((await takeCode(client, config, user.id, given.code, nowMs)) === null) throw wrongCode();
      await deleteSecondFactor(client, user.id);
    },
    () => ({ actor: `user:${user.id}`, action: "second-factor-off", subject: `user:${user.id}` }),
  );
}

/**
 * For a colleague who lost the authenticator and the recovery codes.
 * @throws InputError `own-account`, `unknown-user`
 */
export async function resetSecondFactor(pool: Pool, config: AuditConfig, admin: User, id: number): Promise<void> {
  // Whoever finds an admin's browser open must not get around the code.
  if (id === admin.id)
    throw new InputError({ code: "own-account", message: "Turn your own codes off under Your account." });
  const isReset = await audited(
    pool,
    config,
    (client) => deleteSecondFactor(client, id),
    (done) => (done ? { actor: `user:${admin.id}`, action: "second-factor-reset", subject: `user:${id}` } : null),
  );
  if (!isReset)
    throw new InputError({ code: "unknown-user", message: "There is nobody of this number who is asked for codes." });
}

/**
 * Takes a code of the authenticator or a recovery code, once; in the caller's transaction.
 * @returns which it was, `null` where it doesn't hold or none is asked for
 */
export async function takeCode(
  client: PoolClient,
  config: AuditConfig,
  userId: number,
  code: string,
  nowMs: number,
): Promise<"code" | "recovery" | null> {
  const found = await lockSecondFactor(client, userId);
  if (!found?.isConfirmed) return null;
  const recovery = readRecoveryCode(code);
  if (recovery !== null)
    return (await spendRecoveryCode(client, userId, hashSecretToken(recovery))) ? "recovery" : null;
  const secret = openText(found.secret, createTotpKeys(loadSecrets(config)));
  const step = secret === null ? null : matchTotp(secret, code, nowMs, found.lastStep);
  if (step === null) return null;
  await spendStep(client, userId, step);
  return "code";
}

function wrongCode(): InputError {
  return new InputError({
    code: "wrong-code",
    message:
      "This code doesn't hold. Each works once; wait for the next, and see that the clock of the phone is right.",
  });
}

import type { Pool } from "pg";
import { findPassword, setPassword } from "../../adapters/postgres/access.ts";
import type { User } from "../../domain/access.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { InputError } from "../../lib/errors.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { hashPassword, isPassword } from "./passwords.ts";

/**
 * Ends every session of the person: whoever learned the old password may be in one.
 * @throws InputError `wrong-password`, `weak-password`
 */
export async function changePassword(
  pool: Pool,
  config: AuditConfig,
  user: User,
  given: { readonly password: string; readonly next: string },
): Promise<void> {
  await requirePassword(pool, user, given.password);
  const passwordHash = await hashPassword(given.next);
  await audited(
    pool,
    config,
    (client) => setPassword(client, user.id, passwordHash),
    () => ({ actor: `user:${user.id}`, action: "password-changed", subject: `user:${user.id}` }),
  );
}

/** For what a browser that was left open must not do. @throws InputError `wrong-password` */
export async function requirePassword(pool: Pool, user: User, password: string): Promise<void> {
  const address = parseAddress(user.address);
  const found = isAddressProblem(address) ? null : await findPassword(pool, address.key);
  if (!(await isPassword(password, found?.passwordHash ?? null)))
    throw new InputError({ code: "wrong-password", message: "This is not your password." });
}

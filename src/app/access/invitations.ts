import type { Pool, PoolClient } from "pg";
import { addInvitation, findInvitation, hasUsers, redeemInvitation } from "../../adapters/postgres/access.ts";
import type { Role } from "../../domain/access.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { InputError } from "../../lib/errors.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { hashPassword } from "./passwords.ts";
import { createSecretToken, hashSecretToken } from "./secret-token.ts";

const dayMs = 24 * 3_600_000;
/** The first admin stands before the terminal. */
const firstMs = dayMs;
/** A weekend, and a colleague on holiday. */
const invitationMs = 7 * dayMs;
const nameCharactersMax = 100;

export const invitationPath = "/console/invitation/";

/**
 * While nobody has an account: a link that makes the first admin, once, within a day. A later start makes a new one and the
 * old one void.
 * @param base where the console is reached, without a slash at the end
 * @returns `null` when there is somebody already
 */
export async function inviteFirstAdmin(pool: Pool, base: string): Promise<string | null> {
  if (await hasUsers(pool)) return null;
  return `${base}${invitationPath}${await createInvitation(pool, "admin", null, firstMs)}`;
}

/**
 * @param createdBy null for the command line, whose newest link takes the place of its earlier ones
 * @returns the path of a link that works once, within a week; it is shown this one time
 */
export async function invite(pool: Pool, config: AuditConfig, role: Role, createdBy: number | null): Promise<string> {
  return audited(
    pool,
    config,
    async (client) => `${invitationPath}${await createInvitation(client, role, createdBy, invitationMs)}`,
    () => ({
      actor: createdBy === null ? "command" : `user:${createdBy}`,
      action: "user-invited",
      subject: "",
      facts: { role },
    }),
  );
}

async function createInvitation(
  db: Pool | PoolClient,
  role: Role,
  createdBy: number | null,
  validMs: number,
): Promise<string> {
  const token = createSecretToken();
  await addInvitation(db, { tokenHash: hashSecretToken(token), role, createdBy, validMs });
  return token;
}

/** The role that a link gives; `null` when it no longer works. */
export function readInvitation(pool: Pool, token: string): Promise<Role | null> {
  return findInvitation(pool, hashSecretToken(token));
}

/**
 * @returns the new person's id
 * @throws InputError `bad-address`, `bad-name`, `weak-password`, `user-exists`, `invitation-used`
 */
export async function acceptInvitation(
  pool: Pool,
  config: AuditConfig,
  token: string,
  given: { readonly address: string; readonly name: string; readonly password: string },
): Promise<number> {
  const address = parseAddress(given.address);
  if (isAddressProblem(address)) throw new InputError({ code: "bad-address", message: address.problem });
  const name = given.name.trim();
  if (name === "" || name.length > nameCharactersMax)
    throw new InputError({ code: "bad-name", message: `A name has 1 to ${nameCharactersMax} characters.` });
  const passwordHash = await hashPassword(given.password);
  const person = { addressKey: address.key, address: address.address, name, passwordHash };
  const made = await audited(
    pool,
    config,
    (client) => redeemInvitation(client, hashSecretToken(token), person),
    (id) => (typeof id === "number" ? { actor: `user:${id}`, action: "user-added", subject: `user:${id}` } : null),
  );
  if (made === "known")
    throw new InputError({
      code: "user-exists",
      message: `${address.address} has an account already; sign in with it.`,
    });
  if (made === "used")
    throw new InputError({ code: "invitation-used", message: "This link was used or is too old. Ask for a new one." });
  return made;
}

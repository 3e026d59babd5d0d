import type { Pool, PoolClient } from "pg";
import { addSession, deleteSession, findPassword, findSession } from "../../adapters/postgres/access.ts";
import type { User } from "../../domain/access.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { isPassword } from "./passwords.ts";
import { createFormToken, createSecretToken, hashSecretToken } from "./secret-token.ts";

const hourMs = 3_600_000;

/** A working week; then one signs in again. */
export const sessionMsMax = 7 * 24 * hourMs;
/** A browser that was left open is worth nothing the next morning. */
const idleMsMax = 12 * hourMs;

export interface Session {
  readonly user: User;
  /** Every form of this session carries it. */
  readonly formToken: string;
}

/** @returns the session's token for the cookie, or `null` where address and password don't belong together */
export async function signIn(
  pool: Pool,
  config: AuditConfig,
  addressText: string,
  password: string,
): Promise<string | null> {
  const address = parseAddress(addressText);
  const found = isAddressProblem(address) ? null : await findPassword(pool, address.key);
  if (!(await isPassword(password, found?.passwordHash ?? null)) || !found) return null;
  return audited(
    pool,
    config,
    (client) => openSession(client, found.userId),
    () => ({ actor: `user:${found.userId}`, action: "signed-in", subject: `user:${found.userId}` }),
  );
}

/** A new token each time: one that was planted in a browser before never becomes a session. */
export async function openSession(db: Pool | PoolClient, userId: number): Promise<string> {
  const token = createSecretToken();
  await addSession(db, { tokenHash: hashSecretToken(token), userId, validMs: sessionMsMax });
  return token;
}

export async function readSession(pool: Pool, token: string | undefined): Promise<Session | null> {
  if (token === undefined || token === "") return null;
  const user = await findSession(pool, hashSecretToken(token), idleMsMax);
  return user && { user, formToken: createFormToken(token) };
}

export async function signOut(pool: Pool, token: string): Promise<void> {
  await deleteSession(pool, hashSecretToken(token));
}

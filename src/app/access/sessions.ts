import type { Pool, PoolClient } from "pg";
import { addSession, deleteSession, findPassword, findSession } from "../../adapters/postgres/access.ts";
import type { User } from "../../domain/access.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { audited, type AuditConfig } from "../audit/record-audit.ts";
import { isPassword } from "./passwords.ts";
import { takeCode } from "./second-factor.ts";
import { createFormToken, createSecretToken, hashSecretToken } from "./secret-token.ts";
import { createTicket, type TicketHolder } from "./sign-in-ticket.ts";

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

/** The token is for the cookie; a ticket is shown again with the code that this account asks for besides. */
export type SignedIn =
  | { readonly is: "in"; readonly token: string }
  | { readonly is: "asked"; readonly ticket: string };

/** @returns `null` where address and password don't belong together */
export async function signIn(
  pool: Pool,
  config: AuditConfig,
  addressText: string,
  password: string,
  nowMs: number,
): Promise<SignedIn | null> {
  const address = parseAddress(addressText);
  const found = isAddressProblem(address) ? null : await findPassword(pool, address.key);
  if (!(await isPassword(password, found?.passwordHash ?? null)) || !found) return null;
  if (found.asksCode)
    return { is: "asked", ticket: createTicket(config, { userId: found.userId, address: addressText }, nowMs) };
  const token = await audited(
    pool,
    config,
    (client) => openSession(client, found.userId),
    () => ({ actor: `user:${found.userId}`, action: "signed-in", subject: `user:${found.userId}` }),
  );
  return { is: "in", token };
}

/** The second step. @returns the session's token, or `null` where the code doesn't hold */
export async function signInByCode(
  pool: Pool,
  config: AuditConfig,
  holder: TicketHolder,
  code: string,
  nowMs: number,
): Promise<string | null> {
  const { userId } = holder;
  const done = await audited(
    pool,
    config,
    async (client) => {
      const by = await takeCode(client, config, userId, code, nowMs);
      return by && { by, token: await openSession(client, userId) };
    },
    (made) =>
      made && { actor: `user:${userId}`, action: "signed-in", subject: `user:${userId}`, facts: { by: made.by } },
  );
  return done?.token ?? null;
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

import type { Pool, PoolClient } from "pg";
import type { Role, User } from "../../domain/access.ts";
import { inTransaction } from "./transaction.ts";

const columns = "u.id, u.address, u.name, u.role";

const asksCode = `EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)`;

/** More people than this don't share a console; bounds what a page shows. */
const usersMax = 500;

export interface UserRecord extends User {
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  /** Whether signing in asks for a code beside the password. */
  readonly asksCode: boolean;
}

export async function hasUsers(pool: Pool): Promise<boolean> {
  return (await pool.query("SELECT 1 FROM users LIMIT 1")).rowCount === 1;
}

/** Everybody, in the order in which they came. */
export async function listUsers(pool: Pool): Promise<readonly UserRecord[]> {
  const { rows } = await pool.query<UserRecord>(
    `SELECT ${columns}, u.created_at AS "createdAt", u.disabled_at AS "disabledAt", ${asksCode} AS "asksCode"
     FROM users u ORDER BY u.id LIMIT ${usersMax}`,
  );
  return rows;
}

/** For signing in; `null` for one who isn't known or may no longer. */
export async function findPassword(
  pool: Pool,
  addressKey: string,
): Promise<{ readonly userId: number; readonly passwordHash: string; readonly asksCode: boolean } | null> {
  const { rows } = await pool.query<{ userId: number; passwordHash: string; asksCode: boolean }>(
    `SELECT u.id AS "userId", u.password_hash AS "passwordHash", ${asksCode} AS "asksCode"
     FROM users u WHERE u.address_key = $1 AND u.disabled_at IS NULL`,
    [addressKey],
  );
  return rows[0] ?? null;
}

/** Ends every session of the person as well. */
export async function setPassword(client: PoolClient, id: number, passwordHash: string): Promise<void> {
  await client.query("UPDATE users SET password_hash = $2 WHERE id = $1", [id, passwordHash]);
  await client.query("DELETE FROM sessions WHERE user_id = $1", [id]);
}

/** Ends what somebody may do, at once and in every browser. @returns whether there was such a person */
export async function disableUser(db: Pool | PoolClient, id: number): Promise<boolean> {
  return inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      "UPDATE users SET disabled_at = now() WHERE id = $1 AND disabled_at IS NULL",
      [id],
    );
    await client.query("DELETE FROM sessions WHERE user_id = $1", [id]);
    return rowCount === 1;
  });
}

/** @param createdBy null for a link of the terminal, which takes the place of every earlier one */
export async function addInvitation(
  db: Pool | PoolClient,
  invitation: {
    readonly tokenHash: Buffer;
    readonly role: Role;
    readonly createdBy: number | null;
    readonly validMs: number;
  },
): Promise<void> {
  await inTransaction(db, async (client) => {
    if (invitation.createdBy === null) await client.query("DELETE FROM invitations WHERE created_by IS NULL");
    await client.query(
      `INSERT INTO invitations (token_hash, role, created_by, expires_at)
       VALUES ($1, $2, $3, now() + $4::float8 * interval '1 millisecond')`,
      [invitation.tokenHash, invitation.role, invitation.createdBy, invitation.validMs],
    );
  });
}

const openInvitation = `token_hash = $1 AND used_at IS NULL AND expires_at > now()
  AND (created_by IS NOT NULL OR NOT EXISTS (SELECT 1 FROM users))`;

/** The role that a link gives; `null` for one that was used, is too old, or never was. */
export async function findInvitation(pool: Pool, tokenHash: Buffer): Promise<Role | null> {
  const { rows } = await pool.query<{ role: Role }>(`SELECT role FROM invitations WHERE ${openInvitation}`, [
    tokenHash,
  ]);
  return rows[0]?.role ?? null;
}

/**
 * Makes a person out of an invitation, once: of two who press at the same moment one gets in.
 * @returns the new person's id; `"used"` when the link no longer works, `"known"` when the address has an account
 */
export async function redeemInvitation(
  db: Pool | PoolClient,
  tokenHash: Buffer,
  person: {
    readonly addressKey: string;
    readonly address: string;
    readonly name: string;
    readonly passwordHash: string;
  },
): Promise<number | "used" | "known"> {
  return inTransaction(db, async (client) => {
    // Two links for a first admin could be used at once: whoever comes second must see the first.
    await client.query("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE");
    const known = await client.query("SELECT 1 FROM users WHERE address_key = $1", [person.addressKey]);
    if (known.rowCount) return "known";
    const used = await client.query<{ role: Role }>(
      `UPDATE invitations SET used_at = now() WHERE ${openInvitation} RETURNING role`,
      [tokenHash],
    );
    if (!used.rows[0]) return "used";
    const { rows } = await client.query<{ id: number }>(
      "INSERT INTO users (address_key, address, name, role, password_hash) VALUES ($1, $2, $3, $4, $5) RETURNING id",
      [person.addressKey, person.address, person.name, used.rows[0].role, person.passwordHash],
    );
    return rows[0]?.id as number;
  });
}

/** Sessions that are over are swept away on the way. */
export async function addSession(
  db: Pool | PoolClient,
  session: { readonly tokenHash: Buffer; readonly userId: number; readonly validMs: number },
): Promise<void> {
  await db.query("DELETE FROM sessions WHERE expires_at <= now()");
  await db.query(
    "INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, now() + $3::float8 * interval '1 millisecond')",
    [session.tokenHash, session.userId, session.validMs],
  );
}

/** Whose session it is, if it still holds; using it keeps it from idling out. */
export async function findSession(pool: Pool, tokenHash: Buffer, idleMs: number): Promise<User | null> {
  const { rows } = await pool.query<User & { stale: boolean }>({
    name: "find-session",
    text: `SELECT ${columns}, x.last_seen_at < now() - interval '1 minute' AS stale
           FROM sessions x JOIN users u ON u.id = x.user_id
           WHERE x.token_hash = $1 AND x.expires_at > now() AND u.disabled_at IS NULL
             AND x.last_seen_at > now() - $2::float8 * interval '1 millisecond'`,
    values: [tokenHash, idleMs],
  });
  const row = rows[0];
  if (!row) return null;
  // Once a minute is enough, and a page that follows a send asks every other second.
  if (row.stale) await pool.query("UPDATE sessions SET last_seen_at = now() WHERE token_hash = $1", [tokenHash]);
  const { id, address, name, role } = row;
  return { id, address, name, role };
}

export async function deleteSession(pool: Pool, tokenHash: Buffer): Promise<void> {
  await pool.query("DELETE FROM sessions WHERE token_hash = $1", [tokenHash]);
}

import type { Pool, PoolClient } from "pg";

export interface SecondFactor {
  readonly secret: Buffer;
  readonly isConfirmed: boolean;
  readonly lastStep: number;
  readonly recoveryCodes: number;
}

const columns = `secret, confirmed_at IS NOT NULL AS "isConfirmed", last_step AS "lastStep",
  (SELECT count(*) FROM recovery_codes r WHERE r.user_id = f.user_id) AS "recoveryCodes"`;

export async function findSecondFactor(pool: Pool, userId: number): Promise<SecondFactor | null> {
  const { rows } = await pool.query<SecondFactor>(`SELECT ${columns} FROM second_factors f WHERE user_id = $1`, [
    userId,
  ]);
  return rows[0] ?? null;
}

/** The same, and nobody else takes a code of this person until the transaction ends. */
export async function lockSecondFactor(client: PoolClient, userId: number): Promise<SecondFactor | null> {
  const { rows } = await client.query<SecondFactor>(
    `SELECT ${columns} FROM second_factors f WHERE user_id = $1 FOR UPDATE OF f`,
    [userId],
  );
  return rows[0] ?? null;
}

/** In the place of one that was never confirmed. @returns false where one is on already */
export async function offerSecondFactor(pool: Pool, userId: number, secret: Buffer): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO second_factors (user_id, secret) VALUES ($1, $2)
     ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0
     WHERE second_factors.confirmed_at IS NULL`,
    [userId, secret],
  );
  return rowCount === 1;
}

export async function confirmSecondFactor(
  client: PoolClient,
  userId: number,
  step: number,
  codeHashes: readonly Buffer[],
): Promise<void> {
  await client.query("UPDATE second_factors SET confirmed_at = now(), last_step = $2 WHERE user_id = $1", [
    userId,
    step,
  ]);
  await client.query("INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])", [
    userId,
    codeHashes,
  ]);
}

export async function spendStep(client: PoolClient, userId: number, step: number): Promise<void> {
  await client.query("UPDATE second_factors SET last_step = $2 WHERE user_id = $1", [userId, step]);
}

/** @returns whether it was one of the person's that are left */
export async function spendRecoveryCode(client: PoolClient, userId: number, codeHash: Buffer): Promise<boolean> {
  const { rowCount } = await client.query("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2", [
    userId,
    codeHash,
  ]);
  return rowCount === 1;
}

/** @returns whether there was one, confirmed or not */
export async function deleteSecondFactor(client: PoolClient, userId: number): Promise<boolean> {
  return (await client.query("DELETE FROM second_factors WHERE user_id = $1", [userId])).rowCount === 1;
}

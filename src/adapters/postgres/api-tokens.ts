import type { Pool, PoolClient } from "pg";

export interface ApiTokenRecord {
  readonly id: number;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** More programs than this don't share an installation; bounds what a page shows. */
export const tokensMax = 200;

/** Those in use first, each part in the order in which they were made. */
export async function listApiTokens(pool: Pool): Promise<readonly ApiTokenRecord[]> {
  const { rows } = await pool.query<ApiTokenRecord>(
    `SELECT t.id, t.name, t.scopes, u.name AS "createdBy", t.created_at AS "createdAt", t.last_used_at AS "lastUsedAt",
       t.revoked_at AS "revokedAt"
     FROM api_tokens t JOIN users u ON u.id = t.created_by
     ORDER BY t.revoked_at IS NOT NULL, t.id LIMIT ${tokensMax}`,
  );
  return rows;
}

export async function countApiTokens(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>("SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL");
  return rows[0]?.count ?? 0;
}

export async function addApiToken(
  client: PoolClient,
  token: {
    readonly name: string;
    readonly tokenHash: Buffer;
    readonly scopes: readonly string[];
    readonly createdBy: number;
  },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    "INSERT INTO api_tokens (name, token_hash, scopes, created_by) VALUES ($1, $2, $3, $4) RETURNING id",
    [token.name, token.tokenHash, token.scopes, token.createdBy],
  );
  return rows[0]?.id as number;
}

/** What a token is worth; `null` for one that was never made or is revoked. Its use is noted once a minute. */
export async function findApiToken(
  pool: Pool,
  tokenHash: Buffer,
): Promise<{ readonly id: number; readonly scopes: readonly string[] } | null> {
  const { rows } = await pool.query<{ id: number; scopes: string[]; stale: boolean }>({
    name: "find-api-token",
    text: `SELECT id, scopes, coalesce(last_used_at < now() - interval '1 minute', true) AS stale
           FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL`,
    values: [tokenHash],
  });
  const row = rows[0];
  if (!row) return null;
  if (row.stale) await pool.query("UPDATE api_tokens SET last_used_at = now() WHERE id = $1", [row.id]);
  return { id: row.id, scopes: row.scopes };
}

/** @returns whether there was such a token in use */
export async function revokeApiToken(client: PoolClient, id: number): Promise<boolean> {
  const { rowCount } = await client.query(
    "UPDATE api_tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL",
    [id],
  );
  return rowCount === 1;
}

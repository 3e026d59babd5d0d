import type { Pool } from "pg";

/** The id that tells this database from every other; a restored backup keeps it. */
export async function readInstallationId(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>("SELECT id FROM installation");
  return rows[0]?.id as string;
}

import type { Pool, PoolClient } from "pg";

/**
 * Runs `work` in one transaction on one connection: committed when it returns, rolled back when it throws.
 * A connection that broke is not given back to the pool. What `work` threw is what the caller gets.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const result = await work(client);
    const { command } = await client.query("COMMIT");
    // PostgreSQL answers ROLLBACK, not an error, where a statement failed and somebody swallowed it.
    if (command !== "COMMIT") throw new Error("The transaction was rolled back: one of its statements had failed.");
    return result;
  } catch (thrown) {
    try {
      await client.query("ROLLBACK");
    } catch (rollbackError) {
      broken = rollbackError as Error;
    }
    throw thrown;
  } finally {
    client.release(broken);
  }
}

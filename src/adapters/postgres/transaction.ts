import type { Pool, PoolClient } from "pg";

/**
 * Runs `work` in one transaction on one connection: committed when it returns, rolled back when it throws.
 * A connection that broke is not given back to the pool. What `work` threw is what the caller gets.
 * @param db a connection that is in a transaction already keeps what was done before, whatever becomes of `work`
 */
export async function inTransaction<T>(db: Pool | PoolClient, work: (client: PoolClient) => Promise<T>): Promise<T> {
  if ("release" in db) return withinTransaction(db, work);
  const client = await db.connect();
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

/** A part that can be taken back alone. The same name within itself hides the outer one until it is released. */
async function withinTransaction<T>(client: PoolClient, work: (client: PoolClient) => Promise<T>): Promise<T> {
  await client.query("SAVEPOINT part");
  try {
    const result = await work(client);
    await client.query("RELEASE SAVEPOINT part");
    return result;
  } catch (thrown) {
    // On a connection that broke this fails as well; the transaction around it then ends with it.
    await client.query("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part").catch(() => undefined);
    throw thrown;
  }
}

import type { PoolClient } from "pg";
import Cursor from "pg-cursor";

/**
 * Opens a cursor, whose reader may take all the time that a slow pipe needs. The server bounds each read by its
 * `statement_timeout`. The driver's own bound is meant for a whole answer and is cleared at its end, which a cursor never
 * tells: it would break off a long export, and hold a command that is done for five minutes.
 */
export function openCursor<Row>(client: PoolClient, text: string, values: readonly unknown[] = []): Cursor<Row> {
  const cursor = client.query(new Cursor<Row>(text, [...values]));
  // What the driver calls when an answer is whole; it stops the timer.
  (cursor as unknown as { readonly callback?: () => void }).callback?.();
  return cursor;
}

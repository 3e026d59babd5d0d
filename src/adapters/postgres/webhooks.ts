import type { Pool, PoolClient } from "pg";

export interface WebhookEndpoint {
  readonly id: number;
  readonly url: string;
  readonly events: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Why it is told nothing more. */
  readonly stopped: string | null;
  readonly waiting: number;
}

/** Each event is written once for each of them. */
export const endpointsMax = 20;

export async function listWebhookEndpoints(pool: Pool): Promise<readonly WebhookEndpoint[]> {
  const { rows } = await pool.query<WebhookEndpoint>(
    `SELECT w.id, w.url, w.events, u.name AS "createdBy", w.created_at AS "createdAt", w.stopped,
       (SELECT count(*) FROM webhook_messages m WHERE m.endpoint_id = w.id AND m.due_at IS NOT NULL) AS waiting
     FROM webhook_endpoints w JOIN users u ON u.id = w.created_by WHERE w.removed_at IS NULL ORDER BY w.id LIMIT ${endpointsMax}`,
  );
  return rows;
}

/** @returns `null` where there are as many as there may be */
export async function addWebhookEndpoint(
  client: PoolClient,
  endpoint: {
    readonly url: string;
    readonly secret: Buffer;
    readonly events: readonly string[];
    readonly createdBy: number;
  },
): Promise<number | null> {
  await client.query("LOCK TABLE webhook_endpoints IN SHARE ROW EXCLUSIVE MODE");
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO webhook_endpoints (url, secret, events, created_by)
     SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM webhook_endpoints WHERE removed_at IS NULL) < ${endpointsMax}
     RETURNING id`,
    [endpoint.url, endpoint.secret, endpoint.events, endpoint.createdBy],
  );
  return rows[0]?.id ?? null;
}

/** What waited for it is not sent any more. @returns whether there was one */
export async function removeWebhookEndpoint(client: PoolClient, id: number): Promise<boolean> {
  const { rowCount } = await client.query(
    "UPDATE webhook_endpoints SET removed_at = now() WHERE id = $1 AND removed_at IS NULL",
    [id],
  );
  await endMessages(client, id);
  return rowCount === 1;
}

/** Ends what waits for an endpoint; one that was stopped by itself says why. */
export async function stopWebhookEndpoint(pool: Pool, id: number, why: string): Promise<void> {
  await pool.query("UPDATE webhook_endpoints SET stopped = $2 WHERE id = $1 AND stopped IS NULL", [id, why]);
  await endMessages(pool, id);
}

async function endMessages(db: Pool | PoolClient, id: number): Promise<void> {
  await db.query(
    "UPDATE webhook_messages SET due_at = NULL, settled_at = now() WHERE endpoint_id = $1 AND due_at IS NOT NULL",
    [id],
  );
}

/** @returns whether it was stopped */
export async function resumeWebhookEndpoint(client: PoolClient, id: number): Promise<boolean> {
  const { rowCount } = await client.query(
    "UPDATE webhook_endpoints SET stopped = NULL WHERE id = $1 AND stopped IS NOT NULL AND removed_at IS NULL",
    [id],
  );
  return rowCount === 1;
}

/** A message to one endpoint alone. @returns whether there is such an endpoint */
export async function addWebhookMessage(pool: Pool, endpoint: number, event: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO webhook_messages (endpoint_id, event, data)
     SELECT id, $2, '{}' FROM webhook_endpoints WHERE id = $1 AND removed_at IS NULL AND stopped IS NULL`,
    [endpoint, event],
  );
  return rowCount === 1;
}

export interface DueWebhook {
  readonly id: number;
  readonly endpointId: number;
  readonly url: string;
  /** As it is stored. */
  readonly secret: Buffer;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** With the one that begins now. */
  readonly attempts: number;
}

/** A try takes 15 s at most; one whose process died comes back by then. */
const leaseSeconds = 60;

/**
 * Takes messages that are due, of each endpoint those that wait longest. They come back by themselves if nobody settles them.
 * @param busy endpoints that are left out
 */
export async function takeDueWebhooks(
  pool: Pool,
  ofEach: number,
  busy: readonly number[],
): Promise<readonly DueWebhook[]> {
  const { rows } = await pool.query<DueWebhook>({
    name: "take-due-webhooks",
    text: `
      WITH due AS (
        SELECT d.id, w.url, w.secret FROM webhook_endpoints w CROSS JOIN LATERAL (
          SELECT id FROM webhook_messages WHERE endpoint_id = w.id AND due_at <= now()
          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) d
        WHERE w.removed_at IS NULL AND w.stopped IS NULL AND w.id <> ALL ($2::bigint[])
      )
      UPDATE webhook_messages m SET attempts = m.attempts + 1, due_at = now() + interval '${leaseSeconds} seconds'
      FROM due WHERE m.id = due.id
      RETURNING m.id, m.endpoint_id AS "endpointId", due.url, due.secret, m.event, m.data, m.created_at AS "createdAt", m.attempts`,
    values: [ofEach, busy],
  });
  return rows;
}

/** @param dueInMs until the next try; `null` when it is over */
export async function settleWebhook(
  pool: Pool,
  id: number,
  tried: {
    readonly status: number | null;
    readonly error: string | null;
    readonly tookMs: number;
    readonly delivered: boolean;
    readonly dueInMs: number | null;
  },
): Promise<void> {
  await pool.query({
    name: "settle-webhook",
    text: `
      WITH tried AS (INSERT INTO webhook_attempts (message_id, status, error, took_ms) VALUES ($1, $2, $3, $4))
      UPDATE webhook_messages SET delivered = $5, due_at = now() + $6::float8 * interval '1 millisecond',
        settled_at = CASE WHEN $6::float8 IS NULL THEN now() END
      WHERE id = $1 AND due_at IS NOT NULL`,
    values: [id, tried.status, tried.error, tried.tookMs, tried.delivered, tried.dueInMs],
  });
}

/** The log is kept for a month. */
const keptDays = 30;
const sweptRows = 1_000;

export async function forgetOldWebhooks(pool: Pool): Promise<void> {
  await pool.query(
    `DELETE FROM webhook_messages WHERE id IN (
       SELECT id FROM webhook_messages WHERE settled_at < now() - interval '${keptDays} days' LIMIT ${sweptRows})`,
  );
}

export interface WebhookLogEntry {
  readonly id: number;
  readonly endpointId: number;
  readonly event: string;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly delivered: boolean;
  readonly dueAt: Date | null;
  /** Of the last try. */
  readonly status: number | null;
  readonly error: string | null;
}

const logMax = 200;

/** The newest messages with their last try. */
export async function listWebhookLog(pool: Pool, limit: number): Promise<readonly WebhookLogEntry[]> {
  const { rows } = await pool.query<WebhookLogEntry>(
    `SELECT m.id, m.endpoint_id AS "endpointId", m.event, m.created_at AS "createdAt", m.attempts, m.delivered,
       m.due_at AS "dueAt", a.status, a.error
     FROM webhook_messages m
     LEFT JOIN LATERAL (SELECT status, error FROM webhook_attempts WHERE message_id = m.id ORDER BY at DESC LIMIT 1) a ON true
     ORDER BY m.id DESC LIMIT $1`,
    [Math.min(limit, logMax)],
  );
  return rows;
}

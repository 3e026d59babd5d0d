import { Client, type Pool } from "pg";
import { pause, type Clock } from "../../../lib/clock.ts";

/** First half of the advisory locks that deliver processes hold; the second is the worker's number. */
export const workerLockClass = 0x42_52_44; // "BRD"

/** The lock that lets only one deliver process work on the PostgreSQL queue. */
const soleDeliverer = 0;

export interface WorkerLife {
  readonly worker: number;
  stop(): Promise<void>;
}

const reconnectDelayMs = 500;

/**
 * Takes a number for this process and holds its advisory lock in a session of its own: when the process dies, however it
 * dies, the lock is free and the sweep knows. After a restart of the server the same number is taken again.
 */
export async function startWorkerLife(pool: Pool, databaseUrl: string, clock: Clock): Promise<WorkerLife> {
  const { rows } = await pool.query<{ worker: number }>("SELECT nextval('worker_numbers')::int AS worker");
  const worker = rows[0]?.worker as number;
  let client: Client | null = null;
  const stopped = new AbortController();

  const hold = async (): Promise<void> => {
    const next = new Client({
      connectionString: databaseUrl,
      application_name: `broadsheet-worker-${worker}`,
      keepAlive: true,
    });
    next.on("error", () => undefined);
    await next.connect();
    await next.query("SELECT pg_advisory_lock($1, $2)", [workerLockClass, worker]);
    client = next;
    next.once("end", () => void regain());
  };
  const regain = async (): Promise<void> => {
    client = null;
    while (!stopped.signal.aborted) {
      try {
        return await hold();
      } catch {
        // The server is away; the ledger's own calls say so in the log.
        await pause(clock, reconnectDelayMs, stopped.signal);
      }
    }
  };

  await hold();
  let stopping: Promise<void> | null = null;
  return {
    worker,
    stop: () =>
      (stopping ??= (async () => {
        stopped.abort();
        await client?.end();
      })()),
  };
}

/** Whether the process of that number is gone: runs `work` while holding its lock, so that nobody else does the same. */
export async function whileWorkerIsDead(pool: Pool, worker: number, work: () => Promise<void>): Promise<boolean> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ dead: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS dead", [
      workerLockClass,
      worker,
    ]);
    if (!rows[0]?.dead) return false;
    try {
      await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock($1, $2)", [workerLockClass, worker]);
    }
    return true;
  } finally {
    client.release();
  }
}

/** Whether another process already delivers from the PostgreSQL queue; if not, this session does until it ends. */
export async function becomeSoleDeliverer(databaseUrl: string): Promise<{ stop(): Promise<void> } | null> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: "broadsheet-sole-deliverer",
    keepAlive: true,
  });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS taken", [
    workerLockClass,
    soleDeliverer,
  ]);
  if (rows[0]?.taken) return { stop: () => client.end() };
  await client.end();
  return null;
}

import type { Pool } from "../adapters/postgres/connect.ts";
import { readBalance } from "../adapters/postgres/ledger/balance.ts";
import { partitionOf } from "../adapters/postgres/ledger/partition.ts";
import { isDatabaseAway } from "../adapters/postgres/ledger/retry.ts";
import { pause, systemClock } from "../lib/clock.ts";

/** What is left of a drill's campaign, and who holds it. */
export interface Work {
  readonly planned: number;
  readonly remaining: number;
  readonly sendingByWorker: ReadonlyMap<number, number>;
}

/** Where this long nothing becomes less after the last kill, what is left over is counted as lost. */
export const recoverMsMax = 180_000;

/** Between looks at a state that a drill waits for. */
export const pollMs = 250;

export async function readWork(pool: Pool, campaign: number): Promise<Work> {
  const { rows } = await pool.query<{ worker: number | null; planned: number; remaining: number; sending: number }>(
    `SELECT worker, count(*) AS planned, count(*) FILTER (WHERE due_at IS NOT NULL) AS remaining,
       count(*) FILTER (WHERE state = 'sending') AS sending
     FROM ${partitionOf(campaign)} GROUP BY worker`,
  );
  return {
    planned: rows.reduce((sum, row) => sum + row.planned, 0),
    remaining: rows.reduce((sum, row) => sum + row.remaining, 0),
    sendingByWorker: new Map(
      rows.filter((row) => row.worker !== null).map((row) => [row.worker as number, row.sending]),
    ),
  };
}

/**
 * Tells how many claims each worker has on the wire, while none is added or settled: a claim of a process that was just killed
 * may still be committed by its session, and is waited for.
 */
export async function whileNobodyClaims<Result>(
  pool: Pool,
  campaign: number,
  work: (sendingByWorker: ReadonlyMap<number, number>) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(`LOCK TABLE ${partitionOf(campaign)} IN SHARE MODE`);
    const { rows } = await client.query<{ worker: number; sending: number }>(
      `SELECT worker, count(*) AS sending FROM ${partitionOf(campaign)} WHERE state = 'sending' GROUP BY worker`,
    );
    return await work(new Map(rows.map(({ worker, sending }) => [worker, sending])));
  } finally {
    // Ends the transaction with its session.
    client.release(true);
  }
}

/** A refusal of the sender stops its lane for a person; the drill is that person. */
export async function resumeLanes(pool: Pool): Promise<void> {
  await pool.query("UPDATE lanes SET paused_reason = NULL WHERE paused_reason IS NOT NULL");
}

/** Waits until no row has anything to come, as long as that becomes less. @returns whether it came */
export async function waitUntilDone(pool: Pool, campaign: number, signal: AbortSignal): Promise<boolean> {
  let endMs = systemClock.monotonicMs() + recoverMsMax;
  let least = Infinity;
  while (systemClock.monotonicMs() < endMs && !signal.aborted) {
    try {
      await resumeLanes(pool);
      const { remaining } = await readWork(pool, campaign);
      if (remaining < least) endMs = systemClock.monotonicMs() + recoverMsMax;
      least = Math.min(least, remaining);
      const balance = await readBalance(pool, campaign);
      if (remaining === 0 && balance?.remaining === 0) return true;
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    await pause(systemClock, pollMs, signal);
  }
  return false;
}

/** What is left over when a drill does not come to its end: the evidence of a bug. */
export async function describeStuck(pool: Pool, campaign: number, output: string): Promise<string> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT concat_ws(' ', state, lane, 'turn', turn, 'tries', attempts, 'due', due_at - now(), detail) AS line
     FROM ${partitionOf(campaign)} WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 20`,
  );
  return ["Still open:", ...rows.map((row) => row.line), "What the workers said last:", output].join("\n");
}

/** With a tenth of a second. */
export function secondsSince(startedMs: number): number {
  return Math.round((systemClock.monotonicMs() - startedMs) / 100) / 10;
}

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

/** After the last kill everything must be done within this; what is not is counted as lost. */
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

/** A refusal of the sender stops its lane for a person; the drill is that person. */
export async function resumeLanes(pool: Pool): Promise<void> {
  await pool.query("UPDATE lanes SET paused_reason = NULL WHERE paused_reason IS NOT NULL");
}

/** Waits until no row has anything to come, and under `resend` nothing is uncertain. @returns whether that came */
export async function waitUntilDone(pool: Pool, campaign: number, signal: AbortSignal): Promise<boolean> {
  const endMs = systemClock.monotonicMs() + recoverMsMax;
  while (systemClock.monotonicMs() < endMs && !signal.aborted) {
    try {
      await resumeLanes(pool);
      const { remaining } = await readWork(pool, campaign);
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

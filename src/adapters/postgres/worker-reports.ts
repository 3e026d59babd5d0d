import type { Pool } from "pg";

export type WorkerKind = "deliver" | "dispatch" | "feedback";
type Counts = Readonly<Record<string, number>>;

export interface WorkerReport {
  readonly worker: number;
  readonly kind: WorkerKind;
  readonly eventLoopMs: number;
  /** Since it started. */
  readonly outcomes: Counts;
  /** Jobs of the queue by lane; empty but for a dispatcher. */
  readonly queued: Counts;
}

/** A number that no other process has; deliver processes have theirs by their sign of life. */
export async function takeWorkerNumber(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ worker: number }>("SELECT nextval('worker_numbers')::int AS worker");
  return rows[0]?.worker as number;
}

export async function writeWorkerReport(pool: Pool, report: WorkerReport): Promise<void> {
  await pool.query({
    name: "write-worker-report",
    text: `INSERT INTO worker_reports (worker, kind, event_loop_ms, outcomes, queued) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (worker) DO UPDATE SET reported_at = now(), event_loop_ms = excluded.event_loop_ms,
             outcomes = excluded.outcomes, queued = excluded.queued`,
    values: [
      report.worker,
      report.kind,
      report.eventLoopMs,
      JSON.stringify(report.outcomes),
      JSON.stringify(report.queued),
    ],
  });
}

export async function removeWorkerReport(pool: Pool, worker: number): Promise<void> {
  await pool.query("DELETE FROM worker_reports WHERE worker = $1", [worker]);
}

/** Three reports that did not come: the process is gone or stuck. */
const silentSeconds = 15;
/** Bounds what one answer shows. */
const workersMax = 500;

/** Those that have said something lately; the others are swept away. */
export async function readWorkerReports(pool: Pool): Promise<readonly WorkerReport[]> {
  await pool.query("DELETE FROM worker_reports WHERE reported_at < now() - interval '1 hour'");
  const { rows } = await pool.query<WorkerReport>(
    `SELECT worker, kind, event_loop_ms::float8 AS "eventLoopMs", outcomes, queued FROM worker_reports
     WHERE reported_at > now() - interval '${silentSeconds} seconds' ORDER BY worker LIMIT ${workersMax}`,
  );
  return rows;
}

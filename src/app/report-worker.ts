import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Pool } from "pg";
import {
  removeWorkerReport,
  takeWorkerNumber,
  writeWorkerReport,
  type WorkerKind,
} from "../adapters/postgres/worker-reports.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { Logger } from "./log.ts";

export interface Reporting {
  /** One more of this outcome. */
  count(outcome: string): void;
  /** The last report goes with it. A second call gets the same promise. */
  stop(): Promise<void>;
}

/** As often as monitoring usually asks, and twice in its shortest interval. */
const reportEveryMs = 5_000;
const resolutionMs = 20;
/** With the database away the report stays; it is ignored soon. */
const stopMsMax = 2_000;

/**
 * Says every few seconds how this process does, for /metrics (docs/monitoring.md). A report that can't be written is left out:
 * the work goes on.
 * @param worker its number, where it has one already
 * @param readQueued jobs by lane
 */
export async function reportWorker(
  pool: Pool,
  log: Logger,
  about: {
    readonly kind: WorkerKind;
    readonly worker?: number;
    readonly readQueued?: () => Promise<Readonly<Record<string, number>>>;
  },
): Promise<Reporting> {
  const worker = about.worker ?? (await takeWorkerNumber(pool));
  const outcomes: Record<string, number> = {};
  const eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
  eventLoop.enable();
  const stopped = new AbortController();

  const report = async (): Promise<void> => {
    // The histogram counts its own interval in.
    const eventLoopMs = Math.max(0, eventLoop.percentile(99) / 1e6 - resolutionMs);
    eventLoop.reset();
    const queued = (await about.readQueued?.()) ?? {};
    await writeWorkerReport(pool, { worker, kind: about.kind, eventLoopMs, outcomes, queued });
  };
  const reporting = (async () => {
    while (!stopped.signal.aborted) {
      await pause(systemClock, reportEveryMs, stopped.signal);
      if (!stopped.signal.aborted)
        await report().catch((error: unknown) => log.debug({ reason: messageOf(error) }, "a report was left out"));
    }
  })();

  let stopping: Promise<void> | null = null;
  return {
    count(outcome) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    },
    stop: () =>
      (stopping ??= (async () => {
        stopped.abort();
        eventLoop.disable();
        const removed = reporting.then(() => removeWorkerReport(pool, worker)).catch(() => undefined);
        const waited = new AbortController();
        await Promise.race([removed.then(() => waited.abort()), pause(systemClock, stopMsMax, waited.signal)]);
      })()),
  };
}

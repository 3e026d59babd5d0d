import type { Worker } from "bullmq";
import type { DeliveryJob } from "../../domain/delivery.ts";
import type { LanePace } from "../../domain/ledger.ts";
import { laneQueueName, limiterOf, type DeliveryJobData } from "./delivery-queue.ts";
import type { QueueBackend } from "./queue-backend.ts";

export interface LaneWorker {
  /** Follows the lane's pace; the limiter stands in the worker too, since an emptied queue forgets its own. */
  setPace(pace: LanePace): void;
  /** Takes no new job and waits for those under way. A second call gets the same promise. */
  stop(): Promise<void>;
}

/** The deliver process's side of one lane. `handle` never throws: what goes wrong is in its own hands. */
export function startLaneWorker(
  backend: QueueBackend,
  lane: string,
  pace: LanePace,
  concurrency: number,
  handle: (job: DeliveryJob) => Promise<void>,
): LaneWorker {
  const worker: Worker<DeliveryJobData> = backend.createWorker<DeliveryJobData>(
    laneQueueName(lane),
    async (job) => {
      const [campaign, number, turn] = job.data.d;
      await handle({ delivery: { campaign, number }, turn });
    },
    { concurrency, ...(pace.perSecond === null ? {} : { limiter: limiterOf(pace.perSecond) }) },
  );
  let stopping: Promise<void> | null = null;
  return {
    setPace({ perSecond }) {
      // BullMQ reads the option anew at each fetch.
      if (perSecond === null) delete worker.opts.limiter;
      else worker.opts.limiter = limiterOf(perSecond);
    },
    stop: () => (stopping ??= worker.close()),
  };
}

import type { Queue } from "bullmq";
import type { DeliveryJob } from "../../domain/delivery.ts";
import type { DeliveryQueue, LanePace } from "../../domain/ledger.ts";
import type { QueueBackend } from "./queue-backend.ts";

/** What stands in a job: nothing personal, and short, since a big list puts millions of them through. */
export interface DeliveryJobData {
  /** Campaign, number, turn. */
  readonly d: readonly [campaign: number, number: number, turn: number];
}

export function laneQueueName(lane: string): string {
  return `deliver-${lane}`;
}

/** A window begins with the first fetch after the last one's end, some milliseconds late: a fiftieth shorter, the pace is kept. */
const windowShare = 0.98;

/**
 * The lane's pace in BullMQ's terms. Short windows, since BullMQ lets a whole window's jobs go at its start: 5 in 100 ms keep
 * 50/s even, 50 in a second came as 100 in one second.
 */
export function limiterOf(perSecond: number): { max: number; duration: number } {
  const windowMs = 100;
  const max = Math.max(1, Math.round((perSecond * windowMs) / 1000));
  return { max, duration: Math.max(1, Math.floor((max * 1000 * windowShare) / perSecond)) };
}

/** The dispatcher's side: one BullMQ queue a lane. */
export function createDeliveryQueue(backend: QueueBackend): DeliveryQueue & { stop(): Promise<void> } {
  const queues = new Map<string, Queue<DeliveryJobData>>();
  const queueOf = (lane: string): Queue<DeliveryJobData> => {
    let queue = queues.get(lane);
    if (!queue) queues.set(lane, (queue = backend.createQueue<DeliveryJobData>(laneQueueName(lane))));
    return queue;
  };
  return {
    async countAhead(lane) {
      const counts = await queueOf(lane).getJobCounts("wait", "active", "delayed", "prioritized");
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    async add(lane, jobs) {
      await queueOf(lane).addBulk(
        jobs.map(({ delivery, turn }) => ({
          name: "d",
          data: { d: [delivery.campaign, delivery.number, turn] },
          opts: { jobId: formatJobId({ delivery, turn }) },
        })),
      );
    },
    async setPace(lane: string, pace: LanePace) {
      const queue = queueOf(lane);
      if (pace.perSecond === null) await queue.removeGlobalRateLimit();
      else {
        const { max, duration } = limiterOf(pace.perSecond);
        await queue.setGlobalRateLimit(max, duration);
      }
      await queue.setGlobalConcurrency(pace.concurrency);
    },
    async stop() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** BullMQ takes neither integers nor colons as ids. */
function formatJobId({ delivery, turn }: DeliveryJob): string {
  return `${delivery.campaign}.${delivery.number}.${turn}`;
}

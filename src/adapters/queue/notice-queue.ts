import type { Queue, Worker } from "bullmq";
import type { QueueBackend } from "./queue-backend.ts";

/** Notices have a queue of their own, so that no campaign of a million stands before a confirmation. */
const noticeQueueName = "notices";

interface NoticeJobData {
  readonly n: readonly [notice: number, turn: number];
}

export interface NoticeQueue {
  add(jobs: readonly { readonly notice: number; readonly turn: number }[]): Promise<void>;
  stop(): Promise<void>;
}

export function createNoticeQueue(backend: QueueBackend): NoticeQueue {
  const queue: Queue<NoticeJobData> = backend.createQueue<NoticeJobData>(noticeQueueName);
  return {
    async add(jobs) {
      await queue.addBulk(
        jobs.map(({ notice, turn }) => ({
          name: "n",
          data: { n: [notice, turn] },
          opts: { jobId: `n${notice}.${turn}` },
        })),
      );
    },
    stop: () => queue.close(),
  };
}

/** @param handle never throws: what goes wrong is in its own hands */
export function startNoticeQueueWorker(
  backend: QueueBackend,
  concurrency: number,
  handle: (job: { readonly notice: number; readonly turn: number }) => Promise<void>,
): { stop(): Promise<void> } {
  const worker: Worker<NoticeJobData> = backend.createWorker<NoticeJobData>(
    noticeQueueName,
    async (job) => {
      const [notice, turn] = job.data.n;
      await handle({ notice, turn });
    },
    { concurrency },
  );
  let stopping: Promise<void> | null = null;
  return { stop: () => (stopping ??= worker.close()) };
}

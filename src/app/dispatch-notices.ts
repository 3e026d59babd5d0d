import type { Pool } from "pg";
import { handOutNotices, sweepNotices } from "../adapters/postgres/notice-ledger.ts";
import { forgetExpired } from "../adapters/postgres/pending.ts";
import { createNoticeQueue } from "../adapters/queue/notice-queue.ts";
import type { QueueBackend } from "../adapters/queue/queue-backend.ts";
import { cancelledMs } from "../domain/reader-request.ts";
import { systemClock } from "../lib/clock.ts";
import { queueConfirmations } from "./queue-confirmations.ts";

/** Handed out in one round. */
const noticesMax = 200;
/** What is past its time is looked for this often. */
const forgetEveryMs = 3_600_000;

export interface NoticeDispatch {
  /** One round, before the campaigns'. @returns how many notices were handed out */
  round(): Promise<number>;
  stop(): Promise<void>;
}

/** The dispatch process's part of notices: confirmations that were asked for, then everything that is due. */
export function createNoticeDispatch(pool: Pool, backend: QueueBackend, againMs: number): NoticeDispatch {
  const queue = createNoticeQueue(backend);
  let forgotMs = Number.NEGATIVE_INFINITY;
  return {
    async round() {
      await queueConfirmations(pool);
      await sweepNotices(pool);
      const jobs = await handOutNotices(pool, noticesMax, againMs);
      if (jobs.length > 0) await queue.add(jobs);
      if (systemClock.monotonicMs() - forgotMs > forgetEveryMs) {
        await forgetExpired(pool, cancelledMs);
        forgotMs = systemClock.monotonicMs();
      }
      return jobs.length;
    },
    stop: () => queue.stop(),
  };
}

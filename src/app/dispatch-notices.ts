import type { Pool } from "pg";
import { handOutNotices, sweepNotices } from "../adapters/postgres/notice-ledger.ts";
import { forgetExpired } from "../adapters/postgres/pending.ts";
import { createNoticeQueue } from "../adapters/queue/notice-queue.ts";
import type { QueueBackend } from "../adapters/queue/queue-backend.ts";
import { cancelledMs } from "../domain/reader-request.ts";
import { systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { Logger } from "./log.ts";
import { queueConfirmations } from "./queue-confirmations.ts";

/** Handed out in one round. */
const noticesMax = 200;
/** What is past its time is looked for this often. */
const forgetEveryMs = 3_600_000;

export interface NoticeDispatch {
  /** One round, before the campaigns'. Never throws: trouble with a notice must not hold up a campaign. */
  round(): Promise<void>;
  stop(): Promise<void>;
}

/** The dispatch process's part of notices: confirmations that were asked for, then everything that is due. */
export function createNoticeDispatch(pool: Pool, backend: QueueBackend, againMs: number, log: Logger): NoticeDispatch {
  const queue = createNoticeQueue(backend);
  let forgotMs = Number.NEGATIVE_INFINITY;
  const attempt = async (what: string, run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      log.warn({ reason: messageOf(error) }, `${what} failed; the next round tries again`);
    }
  };
  return {
    async round() {
      await attempt("entering confirmations", () => queueConfirmations(pool));
      await attempt("handing out notices", async () => {
        await sweepNotices(pool);
        const jobs = await handOutNotices(pool, noticesMax, againMs);
        if (jobs.length > 0) await queue.add(jobs);
      });
      if (systemClock.monotonicMs() - forgotMs < forgetEveryMs) return;
      forgotMs = systemClock.monotonicMs();
      await attempt("forgetting what is past its time", () => forgetExpired(pool, cancelledMs));
    },
    stop: () => queue.stop(),
  };
}

import type { Pool } from "pg";
import { holdLateCampaigns } from "../adapters/postgres/ledger/generation.ts";
import { createDispatchLedger } from "../adapters/postgres/ledger/dispatch-ledger.ts";
import { loadLanes } from "../adapters/postgres/ledger/lanes.ts";
import { createDeliveryQueue } from "../adapters/queue/delivery-queue.ts";
import { createDeliveryTimes } from "../delivery/delivery-times.ts";
import { createDispatcher } from "../delivery/dispatch.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createNoticeDispatch } from "./dispatch-notices.ts";
import { createLogger, type Logger } from "./log.ts";
import { createWindowKeeper } from "./keep-windows.ts";
import { openQueue } from "./open-queue.ts";
import { planRecurrences } from "./plan-recurrences.ts";
import { reportWorker } from "./report-worker.ts";
import { listenForShutdown } from "./shutdown.ts";
import { holdRestored, openStartFence, type StartFence } from "./start-fence.ts";

/** Between rounds that handed something out: the window of a fast lane lasts about a second. */
const busyPauseMs = 100;
/** Between rounds that found nothing. */
const idlePauseMs = 250;
/** After a round that failed, because the database or the queue is away. */
const failedPauseMs = 1_000;

/** A campaign that comes again is said to the minute. */
const recurrencesEveryMs = 5_000;
/** Between looks at the witness, and between raises of the generation while mail goes out. */
const fenceEveryMs = 1_000;
const raiseEveryMs = 60_000;

/** What must hold before anything goes out: the database is no restored backup, and its schedules are not long past. */
function createStartRules(config: Config, pool: Pool, fence: StartFence, log: Logger) {
  let lookedMs = Number.NEGATIVE_INFINITY;
  let raisedMs = Number.NEGATIVE_INFINITY;
  let reason: string | null = null;
  return {
    async mayNotSend(): Promise<string | null> {
      if (systemClock.monotonicMs() - lookedMs < fenceEveryMs) return reason;
      reason = await holdRestored(pool, fence, log);
      lookedMs = systemClock.monotonicMs();
      const late = await holdLateCampaigns(pool, config.lateAfterMs);
      if (late.length > 0) log.error({ campaigns: late }, "campaigns are late: confirm or cancel each");
      return reason;
    },
    async onProgress(beganOrEnded: boolean): Promise<void> {
      if (!beganOrEnded && systemClock.monotonicMs() - raisedMs < raiseEveryMs) return;
      raisedMs = systemClock.monotonicMs();
      await fence.raise();
    },
  };
}

/** A dispatch process. Several may run: each row is handed out once. @returns the exit code */
export async function runDispatch(config: Config): Promise<number> {
  const log = createLogger(config, "dispatch");
  const shutdown = listenForShutdown();
  const database = await openDatabase(config, log, "broadsheet-dispatch");
  const backend = await openQueue(config, database, log, (error) =>
    log.debug({ reason: messageOf(error) }, "the queue is away"),
  );
  const queue = createDeliveryQueue(backend);
  const fence = await openStartFence(config, database.pool);
  const dispatcher = createDispatcher({
    ledger: createDispatchLedger(database.pool),
    ...createStartRules(config, database.pool, fence, log),
    keepWindow: createWindowKeeper(database.pool),
    haltRefusedShare: config.haltRefusedShare,
    queue,
    clock: systemClock,
    loadLanes: () => loadLanes(database.pool, config.rateLimitRestMs),
    handOutMs: createDeliveryTimes(config.sendDeadlineMs).handOutMs,
  });
  const notices = createNoticeDispatch(
    database.pool,
    backend,
    createDeliveryTimes(config.sendDeadlineMs).handOutMs,
    log,
  );
  const reporting = await reportWorker(database.pool, log, {
    kind: "dispatch",
    async readQueued() {
      const lanes = await loadLanes(database.pool, config.rateLimitRestMs);
      const counts = await Promise.all(lanes.map(async ({ name }) => [name, await queue.countAhead(name)] as const));
      return Object.fromEntries(counts);
    },
  });
  log.info({ queue: backend.kind }, "dispatching");

  let recurredMs = Number.NEGATIVE_INFINITY;
  while (!shutdown.signal.aborted) {
    try {
      // Somebody waits for each of these.
      await notices.round();
      if (systemClock.monotonicMs() - recurredMs >= recurrencesEveryMs) {
        recurredMs = systemClock.monotonicMs();
        await planRecurrences(database.pool, config, log);
      }
      const done = await dispatcher.round();
      if (done.started + done.uncertain + done.resent + done.finished > 0) log.info(done, "dispatched");
      await pause(systemClock, done.handedOut > 0 ? busyPauseMs : idlePauseMs, shutdown.signal);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "a round failed; the next one tries again");
      await pause(systemClock, failedPauseMs, shutdown.signal);
    }
  }

  await reporting.stop();
  await notices.stop();
  fence.stop();
  await queue.stop();
  await backend.stop();
  await database.stop();
  shutdown.dispose();
  return 0;
}

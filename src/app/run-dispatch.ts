import { createDispatchLedger } from "../adapters/postgres/ledger/dispatch-ledger.ts";
import { loadLanes } from "../adapters/postgres/ledger/lanes.ts";
import { createDeliveryQueue } from "../adapters/queue/delivery-queue.ts";
import { createQueueBackend } from "../adapters/queue/queue-backend.ts";
import { createDeliveryTimes } from "../delivery/delivery-times.ts";
import { createDispatcher } from "../delivery/dispatch.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createNoticeDispatch } from "./dispatch-notices.ts";
import { createLogger } from "./log.ts";
import { listenForShutdown } from "./shutdown.ts";

/** Between rounds that handed something out: the window of a fast lane lasts about a second. */
const busyPauseMs = 100;
/** Between rounds that found nothing. */
const idlePauseMs = 250;
/** After a round that failed, because the database or the queue is away. */
const failedPauseMs = 1_000;

/** A dispatch process. Several may run: each row is handed out once. @returns the exit code */
export async function runDispatch(config: Config): Promise<number> {
  const log = createLogger(config, "dispatch");
  const shutdown = listenForShutdown();
  const database = await openDatabase(config, log, "broadsheet-dispatch");
  const backend = createQueueBackend({
    ...(config.redisUrl ? { redisUrl: config.redisUrl } : {}),
    databaseUrl: database.url,
    prefix: config.queuePrefix,
    lockMs: config.queueLockMs,
    onError: (error) => log.debug({ reason: messageOf(error) }, "the queue is away"),
  });
  await backend.check();
  const queue = createDeliveryQueue(backend);
  const dispatcher = createDispatcher({
    ledger: createDispatchLedger(database.pool),
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
  log.info({ queue: backend.kind }, "dispatching");

  while (!shutdown.signal.aborted) {
    try {
      // Somebody waits for each of these.
      await notices.round();
      const done = await dispatcher.round();
      if (done.started + done.uncertain + done.resent + done.finished > 0) log.info(done, "dispatched");
      await pause(systemClock, done.handedOut > 0 ? busyPauseMs : idlePauseMs, shutdown.signal);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "a round failed; the next one tries again");
      await pause(systemClock, failedPauseMs, shutdown.signal);
    }
  }

  await notices.stop();
  await queue.stop();
  await backend.stop();
  await database.stop();
  shutdown.dispose();
  return 0;
}

import { createQueueBackend, type QueueBackend } from "../adapters/queue/queue-backend.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { Config } from "./config.ts";
import type { Database } from "./database.ts";
import type { Logger } from "./log.ts";

/** A server that is being restarted is back within some ten seconds. */
const patience = { attemptsMax: 8, pauseMs: 1_500 };

/**
 * The queue that the configuration names, once it answers. When it does not, what was opened is closed again, so that the
 * process can end.
 * @throws UnavailableError `queue-unavailable`, naming the server and the reason
 */
export async function openQueue(
  config: Config,
  database: Database,
  log: Logger,
  onError: (error: unknown) => void,
  { attemptsMax, pauseMs } = patience,
): Promise<QueueBackend> {
  const backend = createQueueBackend({
    ...(config.redisUrl ? { redisUrl: config.redisUrl } : {}),
    databaseUrl: database.url,
    prefix: config.queuePrefix,
    lockMs: config.queueLockMs,
    onError,
  });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await backend.check();
      return backend;
    } catch (error) {
      if (attempt >= attemptsMax) {
        await backend.stop();
        await database.stop();
        throw error;
      }
      log.warn(`${messageOf(error)}; trying on`);
      await pause(systemClock, pauseMs);
    }
  }
}

import { startCatcher, type Catcher } from "../adapters/catcher/catcher.ts";
import { feedbackSmtpPortDefault, type Config } from "../app/config.ts";
import { openDatabase, type Database } from "../app/database.ts";
import type { Logger } from "../app/log.ts";
import { superviseWorkers, type WorkerProcess } from "../app/supervise.ts";
import { startWebServer, type WebServer } from "../web/web-server.ts";
import { startCatcherPages } from "../preview/catcher-pages.ts";

/** Everything of one installation in one process tree. */
export interface Installation {
  readonly config: Config;
  readonly database: Database;
  /** Only where no SMTP_URL is set. */
  readonly catcher: Catcher | null;
  readonly addresses: { readonly web: string; readonly catcher: string | null; readonly smtp: string };
  /** Ends every process and server of it; a second call gets the same promise. */
  stop(): Promise<void>;
}

/**
 * Starts the database, the catcher (where no SMTP server is named), the web pages and the workers. What fails takes down what
 * was started.
 * @param onUnusable told when a worker ends because its configuration can't work
 */
export async function startInstallation(
  given: Config,
  log: Logger,
  onUnusable: (worker: string) => void,
): Promise<Installation> {
  const stops: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      for (const end of stops.toReversed()) await end();
    })());
  try {
    const database = await openDatabase(given, log, "broadsheet-up");
    stops.push(() => database.stop());
    const catcher = given.smtpUrl
      ? null
      : await startCatcher({
          host: given.host,
          port: given.catcherSmtpPort,
          tls: "hidden",
          returnTo: returnAddressOf(given),
        });
    if (catcher) stops.push(() => catcher.stop());
    const config: Config = {
      ...given,
      databaseUrl: database.url,
      smtpUrl: given.smtpUrl ?? (catcher?.smtpUrl as string),
    };
    const catcherPages = catcher ? await startCatcherPages(catcher, config) : null;
    if (catcherPages) stops.push(() => catcherPages.stop());
    const web: WebServer = await startWebServer(config, database.pool, log);
    stops.push(() => web.stop());
    const workers = superviseWorkers(workersOf(config), log, onUnusable);
    stops.push(() => workers.stop());
    return {
      config,
      database,
      catcher,
      addresses: { web: web.url, catcher: catcherPages?.url ?? null, smtp: config.smtpUrl as string },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A worker listens within some seconds; on a busy machine it takes longer. */
const workerStartMsMax = 60_000;

/** Where the feedback worker of this installation listens: bounces that the catcher makes come back as real ones do. */
function returnAddressOf({ feedbackSmtpHost, feedbackSmtpPort }: Config) {
  // Listening on every address is no address to connect to.
  const host = ["0.0.0.0", "::"].includes(feedbackSmtpHost) ? "127.0.0.1" : feedbackSmtpHost;
  return { host, port: feedbackSmtpPort ?? feedbackSmtpPortDefault, patienceMs: workerStartMsMax };
}

function workersOf(config: Config): readonly WorkerProcess[] {
  const environment = {
    DATABASE_URL: config.databaseUrl,
    REDIS_URL: config.redisUrl,
    SMTP_URL: config.smtpUrl,
    PUBLIC_URL: config.publicUrl,
    DATA_DIR: config.dataDir,
    QUEUE_PREFIX: config.queuePrefix,
    FEEDBACK_SMTP_PORT: config.feedbackSmtpPort === undefined ? undefined : String(config.feedbackSmtpPort),
    LOG_LEVEL: config.logLevel,
  };
  // BullMQ on PostgreSQL bears one deliver process.
  const deliverers = config.redisUrl ? config.deliverProcesses : 1;
  return [
    { name: "dispatch", environment },
    ...Array.from({ length: deliverers }, () => ({ name: "deliver", environment })),
    { name: "feedback", environment },
  ];
}

import { createPostgresBackend, Queue, Worker, type Processor, type QueueOptions, type WorkerOptions } from "bullmq";
import { Redis } from "ioredis";
import { messageOf, UnavailableError } from "../../lib/errors.ts";

/**
 * BullMQ on what the configuration names: Redis or Valkey for any number of deliver processes, PostgreSQL for one. The rest
 * of the project sees only this.
 */
export interface QueueBackend {
  readonly kind: "redis" | "postgres";
  createQueue<Data>(name: string): Queue<Data>;
  createWorker<Data>(name: string, process: Processor<Data>, options: WorkerSettings): Worker<Data>;
  /** Answers when the queue's server does; throws `UnavailableError` naming it. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

export type WorkerSettings = Pick<WorkerOptions, "concurrency" | "limiter" | "autorun">;

export interface QueueBackendOptions {
  /** Redis or Valkey; when absent the queue lives in PostgreSQL. */
  readonly redisUrl?: string;
  readonly databaseUrl: string;
  /** Keeps installations that share one Redis apart. */
  readonly prefix: string;
  /**
   * Locks are renewed at half of this. A worker whose event loop stands still longer loses its job to another, which then
   * finds the delivery claimed and leaves it alone.
   */
  readonly lockMs: number;
  readonly onError: (error: Error) => void;
}

/** The queue's tables stand in a schema of their own, which may be dropped at any time. */
const queueSchema = "broadsheet_queue";

/** How long an idle worker waits for a job in one call, seconds. */
const drainDelaySeconds = 2;

const connectTimeoutMs = 10_000;

/** Between tries to reach a server that went away; for ever, since the ledger keeps the work. */
const reconnectDelayMaxMs = 2_000;

/** Connections of one process to the PostgreSQL queue. */
const queuePoolMax = 6;

export function createQueueBackend(options: QueueBackendOptions): QueueBackend {
  return options.redisUrl ? createRedisQueueBackend(options.redisUrl, options) : createPostgresQueueBackend(options);
}

const workerDefaults = {
  drainDelay: drainDelaySeconds,
  // A stalled job runs again as often as it likes: the turn and the claim decide whether it does anything.
  maxStalledCount: 1_000,
  runRetryDelay: reconnectDelayMaxMs,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
} as const;

function locks({ lockMs }: QueueBackendOptions) {
  return { lockDuration: lockMs, stalledInterval: Math.max(1_000, lockMs / 2) };
}

const jobDefaults = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

function createRedisQueueBackend(redisUrl: string, options: QueueBackendOptions): QueueBackend {
  const host = describeRedis(redisUrl);
  const connect = (): Redis =>
    new Redis(redisUrl, {
      // BullMQ wants commands to wait for the reconnection instead of failing.
      maxRetriesPerRequest: null,
      connectTimeout: connectTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, reconnectDelayMaxMs),
      lazyConnect: false,
      // A batch of settlements ends its jobs in one tick: one write instead of dozens, a quarter of a deliver process's time.
      enableAutoPipelining: true,
    });
  const shared = connect();
  shared.on("error", options.onError);
  return {
    kind: "redis",
    createQueue<Data>(name: string) {
      const queue = new Queue<Data>(name, {
        connection: shared,
        prefix: options.prefix,
        defaultJobOptions: jobDefaults,
      });
      queue.on("error", options.onError);
      return queue as unknown as Queue<Data>;
    },
    createWorker<Data>(name: string, process: Processor<Data>, settings: WorkerSettings) {
      const worker = new Worker<Data>(name, process, {
        ...workerDefaults,
        ...settings,
        ...locks(options),
        connection: shared,
        prefix: options.prefix,
      });
      worker.on("error", options.onError);
      return worker as unknown as Worker<Data>;
    },
    async check() {
      const probe = new Redis(redisUrl, {
        maxRetriesPerRequest: 2,
        connectTimeout: connectTimeoutMs,
        lazyConnect: true,
      });
      probe.on("error", () => undefined);
      try {
        await probe.connect();
        await probe.ping();
      } catch (error) {
        throw new UnavailableError("queue-unavailable", `Redis at ${host} does not answer: ${messageOf(error)}`, {
          cause: error,
        });
      } finally {
        probe.disconnect();
      }
    },
    async stop() {
      shared.disconnect();
    },
  };
}

function createPostgresQueueBackend(options: QueueBackendOptions): QueueBackend {
  const connection = {
    connectionString: options.databaseUrl,
    schema: queueSchema,
    migrate: true,
    max: queuePoolMax,
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: "broadsheet-queue",
  };
  return {
    kind: "postgres",
    createQueue<Data>(name: string) {
      const queue = new Queue(
        name,
        { connection, prefix: options.prefix, defaultJobOptions: jobDefaults } as unknown as QueueOptions,
        createPostgresBackend as never,
      );
      queue.on("error", options.onError);
      return queue as unknown as Queue<Data>;
    },
    createWorker<Data>(name: string, process: Processor<Data>, settings: WorkerSettings) {
      const worker = new Worker(
        name,
        process as Processor,
        {
          ...workerDefaults,
          ...settings,
          ...locks(options),
          connection,
          prefix: options.prefix,
        } as unknown as WorkerOptions,
        createPostgresBackend as never,
      );
      worker.on("error", options.onError);
      return worker as unknown as Worker<Data>;
    },
    // The ledger's own check has already spoken to this server.
    async check() {},
    async stop() {},
  };
}

/** Host and port only: the password stays out of messages. */
function describeRedis(redisUrl: string): string {
  try {
    const url = new URL(redisUrl);
    return `${url.hostname}:${url.port || "6379"}`;
  } catch {
    return "REDIS_URL";
  }
}

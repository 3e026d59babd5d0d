import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectWithRetry, type Pool } from "../adapters/postgres/connect.ts";
import { startEmbeddedServer, type EmbeddedServer } from "../adapters/postgres/embedded-server.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import { readConfig, type Config } from "../app/config.ts";
import { crashPostgres } from "./crash-postgres.ts";
import { startDrillRedis, type DrillRedis } from "./drill-redis.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { startProcessGroup, type ProcessGroup } from "./process-group.ts";
import { startSinkProcess, type SinkProcess } from "./start-sink-process.ts";

/** A whole installation of a drill's own: database, queue and an SMTP sink in a temporary folder. */
export interface DrillInstallation {
  readonly pool: Pool;
  readonly config: Config;
  /** `null` where the queue lives in PostgreSQL. */
  readonly redis: DrillRedis | null;
  readonly sink: SinkProcess;
  /** What the sink really took, line by line. */
  readonly sinkLog: string;
  /** A dispatcher and as many deliver processes as the queue bears, each started again whenever it ends. */
  startWorkers(): ProcessGroup;
  /** kill -9 of PostgreSQL, and its next start on the same data. */
  crashDatabase(): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

export interface DrillSetting {
  readonly queue: "redis" | "postgres";
  readonly seed: number;
  readonly faults: FaultPlan;
  /** Variables of the workers beside those that name the installation; above all its times. */
  readonly variables: Readonly<Record<string, string>>;
  /** Open connections to the sink, of each deliver process. */
  readonly connections?: number;
}

/** Errors: `UnavailableError` naming what could not be started; what was started until then is ended. */
export async function startDrillInstallation(setting: DrillSetting): Promise<DrillInstallation> {
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-drill-"));
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const redis = setting.queue === "redis" ? await startDrillRedis(folder) : null;
    if (redis) stops.push(() => redis.stop());
    const sinkLog = join(folder, "sink.jsonl");
    const sink = await startSinkProcess({ logFile: sinkLog, seed: setting.seed, faults: setting.faults });
    stops.push(() => sink.stop());
    const dataDir = join(folder, "postgres");
    const launch = (): Promise<EmbeddedServer> => startEmbeddedServer({ dataDir, log: () => undefined });
    let server = await launch();
    stops.push(() => server.stop());
    const pool = await connectWithRetry(server.url, { max: 4, applicationName: "broadsheet-drill" });
    stops.push(() => pool.end());
    await migrate(pool);
    const connections = setting.connections === undefined ? "" : `?connections=${setting.connections}`;
    const variables = {
      ...setting.variables,
      DATABASE_URL: server.url,
      SMTP_URL: `smtp://127.0.0.1:${sink.port}${connections}`,
      DATA_DIR: folder,
      QUEUE_PREFIX: "drill",
      ...(redis ? { REDIS_URL: redis.url } : {}),
    };
    return {
      pool,
      config: readConfig({ ...variables, LOG_LEVEL: "warn" }),
      redis,
      sink,
      sinkLog,
      startWorkers() {
        // BullMQ on PostgreSQL bears one deliver process. The number of each is read from its log.
        const group = startProcessGroup(redis ? ["dispatch", "deliver", "deliver"] : ["dispatch", "deliver"], {
          ...variables,
          LOG_LEVEL: "info",
        });
        stops.push(() => group.stop());
        return group;
      },
      async crashDatabase() {
        await crashPostgres(dataDir);
        server = await launch();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { join } from "node:path";
import type { Pool } from "pg";
import { connectWithRetry } from "../adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../adapters/postgres/embedded-server.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";

export interface Database {
  readonly url: string;
  readonly pool: Pool;
  /** Whether it is our own embedded server. */
  readonly embedded: boolean;
  stop(): Promise<void>;
}

/** A process's own connections; deliver processes batch, so few are enough. */
const poolMax = 8;

/** The database that the configuration names, or the embedded one, at this code's schema. */
export async function openDatabase(config: Config, log: Logger, applicationName: string): Promise<Database> {
  const server = config.databaseUrl
    ? null
    : await startEmbeddedServer({ dataDir: join(config.dataDir, "postgres"), log: (line) => log.debug(line) });
  const url = config.databaseUrl ?? (server?.url as string);
  try {
    const pool = await connectWithRetry(
      url,
      {
        max: poolMax,
        applicationName,
        onConnectionLost: (error) => log.warn({ reason: error.message }, "a database connection was lost"),
      },
      { onRetry: (reason) => log.warn(reason) },
    );
    const { applied } = await migrate(pool);
    if (applied.length > 0) log.debug({ applied }, "migrated the database");
    let stopping: Promise<void> | null = null;
    return {
      url,
      pool,
      embedded: server !== null,
      stop: () =>
        (stopping ??= (async () => {
          await pool.end();
          await server?.stop();
        })()),
    };
  } catch (error) {
    await server?.stop();
    throw error;
  }
}

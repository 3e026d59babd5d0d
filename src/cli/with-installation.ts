import type { Pool } from "../adapters/postgres/connect.ts";
import { readConfig, type Config } from "../app/config.ts";
import { openDatabase } from "../app/database.ts";
import { createLogger, type Logger } from "../app/log.ts";

export interface CommandContext {
  readonly config: Config;
  readonly pool: Pool;
  readonly log: Logger;
}

/** Runs a command against the database and closes it whatever happens. Log lines below warnings stay out of a command's way. */
export async function withInstallation<Answer>(run: (context: CommandContext) => Promise<Answer>): Promise<Answer> {
  const config = readConfig();
  const log = createLogger({ logLevel: config.logLevel === "info" ? "warn" : config.logLevel }, "broadsheet");
  const database = await openDatabase(config, log, "broadsheet-command");
  try {
    return await run({ config, pool: database.pool, log });
  } finally {
    await database.stop();
  }
}

import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { openDatabase } from "../../app/database.ts";
import { createLogger } from "../../app/log.ts";
import { listenForShutdown } from "../../app/shutdown.ts";
import type { Finish } from "../main.ts";
import { describeConsole } from "../describe-console.ts";
import { note } from "../output.ts";

export function addServeCommand(program: Command, finish: Finish): void {
  program
    .command("serve")
    .description("Run the web pages: leaving and preferences, pictures, the archive and the console.")
    .addHelpText("after", "\nExample:\n  PUBLIC_URL=https://news.example.com broadsheet serve\n")
    .action(async () => {
      const { startWebServer } = await import("../../web/web-server.ts");
      const config = readConfig();
      const log = createLogger(config, "serve");
      const shutdown = listenForShutdown();
      const database = await openDatabase(config, log, "broadsheet-serve");
      try {
        const server = await startWebServer(config, database.pool, log);
        note(`Web pages   ${server.url}`);
        note(await describeConsole(database.pool, server.url));
        await shutdown.requested;
        await server.stop();
      } finally {
        await database.stop();
        shutdown.dispose();
      }
      finish(0);
    });
}

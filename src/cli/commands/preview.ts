import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { readConfig, type Config } from "../../app/config.ts";
import type { Database } from "../../app/database.ts";
import { issuesRoot, templatesRoot } from "../../app/project.ts";
import { listenForShutdown } from "../../app/shutdown.ts";
import { UnavailableError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { note } from "../output.ts";

const portDefault = 8030;

export function addPreviewCommand(program: Command, finish: Finish): void {
  program
    .command("preview [issue]")
    .description("See issues as their readers will, while you write: a local page that follows every saved file.")
    .option("--port <port>", "where the page listens; 0 takes a free one", String(portDefault))
    .option("--list <slug>", "the list whose sender is shown; without one, a sample sender")
    .option("--templates <folder>", "the folder with the templates")
    .addHelpText("after", "\nExample:\n  broadsheet preview issues/2024-05-new-in-may.yaml\n")
    .action(async (issueFile: string | undefined, flags: { port: string; list?: string; templates?: string }) => {
      const { warmCompiler } = await import("../../app/warm-compiler.ts");
      warmCompiler();
      const { startPreviewServer } = await import("../../preview/preview-server.ts");
      const config = readConfig();
      const shutdown = listenForShutdown();
      const database = openOnDemand(config);
      const inbox = await startInbox(config);
      try {
        const server = await startPreviewServer({
          config,
          issuesRoot,
          templatesRoot: flags.templates === undefined ? templatesRoot : resolve(flags.templates),
          ...(issueFile === undefined ? {} : { issueFile }),
          ...(flags.list === undefined ? {} : { list: flags.list }),
          port: Number(flags.port),
          catcher: inbox.catcher,
          inboxUrl: inbox.url,
          smtpUrl: inbox.smtpUrl,
          openPool: async () => (await database.open())?.pool ?? null,
        });
        note(`Preview     ${server.url}`);
        note(`Inbox       ${inbox.url}${inbox.catcher ? "" : " (already running)"}`);
        await shutdown.requested;
        await server.stop();
      } finally {
        await inbox.stop();
        await database.stop();
        shutdown.dispose();
      }
      finish(0);
    });
}

/** A database that was never made is not made for a look: everybody is invented then. */
function openOnDemand(config: Config) {
  let opening: Promise<Database> | null = null;
  return {
    async open(): Promise<Database | null> {
      if (!config.databaseUrl && !existsSync(join(config.dataDir, "postgres"))) return null;
      opening ??= (async () => {
        const { openDatabase } = await import("../../app/database.ts");
        const { createLogger } = await import("../../app/log.ts");
        const log = createLogger({ logLevel: config.logLevel === "info" ? "warn" : config.logLevel }, "broadsheet");
        return openDatabase(config, log, "broadsheet-preview");
      })();
      const asked = opening;
      asked.catch(() => (opening = null));
      return asked;
    },
    async stop(): Promise<void> {
      await (await opening?.catch(() => null))?.stop();
    },
  };
}

/** The catcher of its own; where one listens already (`up`, `catch`), that one. */
async function startInbox(config: Config) {
  const { startCatcher } = await import("../../adapters/catcher/catcher.ts");
  const { startCatcherPages } = await import("../../preview/catcher-pages.ts");
  try {
    const catcher = await startCatcher({ host: config.host, port: config.catcherSmtpPort, tls: "hidden" });
    try {
      const pages = await startCatcherPages(catcher, config);
      const stop = async (): Promise<void> => {
        await pages.stop();
        await catcher.stop();
      };
      return { catcher, url: pages.url, smtpUrl: catcher.smtpUrl, stop };
    } catch (error) {
      await catcher.stop();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof UnavailableError) || error.code !== "catcher-port") throw error;
    const url = `http://localhost:${config.catcherWebPort}`;
    const smtpUrl = `smtp://${config.host}:${config.catcherSmtpPort}`;
    return { catcher: null, url, smtpUrl, stop: async () => undefined };
  }
}

import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { listenForShutdown } from "../../app/shutdown.ts";
import type { Finish } from "../main.ts";
import { note } from "../output.ts";

export function addCatchCommand(program: Command, finish: Finish): void {
  program
    .command("catch")
    .description("Run the local SMTP catcher with its inbox: it takes every mail and delivers none.")
    .option("--on-disk <folder>", "keep the mails here instead of in memory")
    .option("--fault <rule...>", "misbehave on purpose; docs/catcher.md has the rules")
    .addHelpText("after", "\nExample:\n  broadsheet catch\n")
    .action(async (flags: { onDisk?: string; fault?: string[] }) => {
      const { startCatcher } = await import("../../adapters/catcher/catcher.ts");
      const { startCatcherPages } = await import("../../preview/catcher-pages.ts");
      const { parseFaultRule } = await import("../../adapters/catcher/fault-rules.ts");
      const config = readConfig();
      const shutdown = listenForShutdown();
      const catcher = await startCatcher({
        host: config.host,
        port: config.catcherSmtpPort,
        faults: (flags.fault ?? []).map(parseFaultRule),
        ...(flags.onDisk === undefined ? {} : { onDisk: flags.onDisk }),
      });
      try {
        const pages = await startCatcherPages(catcher, config);
        note(`SMTP        ${catcher.smtpUrl}`);
        note(`Inbox       ${pages.url}`);
        await shutdown.requested;
        await pages.stop();
      } finally {
        await catcher.stop();
        shutdown.dispose();
      }
      finish(0);
    });
}

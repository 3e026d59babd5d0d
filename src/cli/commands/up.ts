import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { createLogger } from "../../app/log.ts";
import { listenForShutdown } from "../../app/shutdown.ts";
import type { Finish } from "../main.ts";
import { describeConsole } from "../describe-console.ts";
import { note } from "../output.ts";

export function addUpCommand(program: Command, finish: Finish): void {
  program
    .command("up")
    .description("Run everything in one process tree: database, catcher (without SMTP_URL), web pages and workers.")
    .addHelpText("after", "\nExample:\n  broadsheet up\n")
    .action(async () => {
      const { startInstallation } = await import("../start-installation.ts");
      const config = readConfig();
      const shutdown = listenForShutdown();
      let unusable = false;
      let giveUp: () => void = () => undefined;
      const failed = new Promise<void>((resolve) => (giveUp = resolve));
      const installation = await startInstallation(config, createLogger(config, "up"), () => {
        unusable = true;
        giveUp();
      });
      note(`Web pages   ${installation.addresses.web}`);
      note(await describeConsole(installation.database.pool, installation.addresses.web));
      if (installation.addresses.catcher) note(`Inbox       ${installation.addresses.catcher}`);
      note(`Deliver to  ${installation.catcher ? "the local catcher" : "SMTP_URL"}`);
      await Promise.race([shutdown.requested, failed]);
      await installation.stop();
      shutdown.dispose();
      finish(unusable ? 2 : 0);
    });
}

import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, print, printJson } from "../output.ts";

export function addAssetCommands(program: Command, finish: Finish): void {
  program
    .command("assets")
    .description("The pictures of mails.")
    .command("publish [issues...]")
    .description(
      "Copy all pictures to a folder that another server gives out as PUBLIC_URL/assets/; those of the issues named are made first. Repeating it copies what is new.",
    )
    .requiredOption(
      "--out <folder>",
      "a bucket's mount, or a folder of a web server; nothing in it is changed or removed",
    )
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      "\nExample:\n  broadsheet assets publish issues/2024-05-new-in-may.yaml --out /srv/www/news/assets\n",
    )
    .action(async (issueFiles: string[], flags: { out: string; json?: boolean }) => {
      const { publishPictures } = await import("../../app/publish-pictures.ts");
      const published = await publishPictures(readConfig(), flags.out, issueFiles);
      const { copied, present, address } = published;
      if (flags.json) printJson(published);
      else if (copied + present === 0) note("There are no pictures yet: name an issue that has some.");
      else {
        print(`copied   ${formatCount(copied)}`);
        print(`present  ${formatCount(present)}`);
        print(`Mails look for them under ${address}`);
      }
      finish(0);
    });
}

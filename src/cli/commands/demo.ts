import type { Command } from "commander";
import type { Finish } from "../main.ts";
import { note, print } from "../output.ts";

export function addDemoCommand(program: Command, finish: Finish): void {
  program
    .command("demo")
    .description("Show the whole line on this machine: sample readers, a sample issue, real workers, the local inbox.")
    .option("--once", "stop when the campaign is sent")
    .option("--json", "end with one line of JSON: the balance, what the catcher took, and the seconds")
    .addHelpText("after", "\nExample:\n  npm run demo -- --once --json\n")
    .action(async (flags: { once?: boolean; json?: boolean }) => {
      const { runDemo } = await import("../run-demo.ts");
      finish(await runDemo({ once: flags.once ?? false, json: flags.json ?? false, print, note }));
    });
}

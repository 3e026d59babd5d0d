import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";

export function addWorkerCommand(program: Command, finish: Finish): void {
  program
    .command("worker <kind>")
    .description("Run one worker process: dispatch, deliver or feedback.")
    .addHelpText(
      "after",
      "\nExample, on each machine of an installation with REDIS_URL:\n  broadsheet worker deliver\n",
    )
    .action(async (kind: string) => {
      finish(await runWorker(kind));
    });
}

async function runWorker(kind: string): Promise<number> {
  switch (kind) {
    case "dispatch":
      return (await import("../../app/run-dispatch.ts")).runDispatch(readConfig());
    case "deliver":
      return (await import("../../app/run-deliver.ts")).runDeliver(readConfig());
    case "feedback":
      return (await import("../../app/run-feedback.ts")).runFeedback(readConfig());
    default:
      throw new InputError({
        code: "unknown-worker",
        message: `There is no worker "${kind}"; there are dispatch, deliver and feedback.`,
      });
  }
}

import { Command, CommanderError } from "commander";
import { exitCodeOf } from "../app/run-process.ts";
import { addAuditCommands } from "./commands/audit.ts";
import { addAssetCommands } from "./commands/assets.ts";
import { addCampaignCommands } from "./commands/campaigns.ts";
import { addCatchCommand } from "./commands/catch.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addDeliveriesCommands } from "./commands/deliveries.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDkimCommands } from "./commands/dkim.ts";
import { addDrillCommand } from "./commands/drill.ts";
import { addFeedbackCommands } from "./commands/feedback.ts";
import { addFenceCommands } from "./commands/fence.ts";
import { addLaneCommands } from "./commands/lanes.ts";
import { addListCommands } from "./commands/lists.ts";
import { addNewCommand } from "./commands/new.ts";
import { addPreviewCommand } from "./commands/preview.ts";
import { addRecurrenceCommands } from "./commands/recurrences.ts";
import { addRenderCommand } from "./commands/render.ts";
import { addSendCommand } from "./commands/send.ts";
import { addSmtpCommands } from "./commands/smtp.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addShotsCommand } from "./commands/shots.ts";
import { addSubscriberCommands } from "./commands/subscribers.ts";
import { addSuppressionCommands } from "./commands/suppressions.ts";
import { addUpCommand } from "./commands/up.ts";
import { addWorkerCommand } from "./commands/worker.ts";
import { note } from "./output.ts";

/** The exit code of a call that commander itself refused. */
const badCallCode = 2;

/** argv -> use case -> exit code. @param argv without the interpreter and the script */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("broadsheet")
    .description("An email digest pipeline and newsletter sender that can prove what it sent.")
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .exitOverride();
  const finish = (code: number): void => {
    exitCode = code;
  };
  // In the order of a newcomer's first day.
  addDemoCommand(program, finish);
  addListCommands(program, finish);
  addSubscriberCommands(program, finish);
  addSuppressionCommands(program, finish);
  addNewCommand(program, finish);
  addPreviewCommand(program, finish);
  addCheckCommand(program, finish);
  addRenderCommand(program, finish);
  addShotsCommand(program, finish);
  addAssetCommands(program, finish);
  addSendCommand(program, finish);
  addCampaignCommands(program, finish);
  addDeliveriesCommands(program, finish);
  addFeedbackCommands(program, finish);
  addLaneCommands(program, finish);
  addFenceCommands(program, finish);
  addRecurrenceCommands(program, finish);
  addSmtpCommands(program, finish);
  addAuditCommands(program, finish);
  addUpCommand(program, finish);
  addServeCommand(program, finish);
  addWorkerCommand(program, finish);
  addCatchCommand(program, finish);
  addDkimCommands(program, finish);
  addDrillCommand(program, finish);
  try {
    await program.parseAsync(argv as string[], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badCallCode;
    const code = exitCodeOf(error);
    note(code === 2 ? (error as Error).message : ((error as Error)?.stack ?? String(error)));
    return code;
  }
}

/** Each command tells its exit code when it is done. */
export type Finish = (code: number) => void;

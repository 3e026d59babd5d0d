import type { Command } from "commander";
import { openStartFence, type FenceState } from "../../app/start-fence.ts";
import type { Finish } from "../main.ts";
import { print, printJson } from "../output.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";

export function addFenceCommands(program: Command, finish: Finish): void {
  const withFence = (accept: boolean): Promise<FenceState> =>
    withInstallation(async (context) => {
      const opened = await openStartFence(context.config, context.pool);
      try {
        if (!accept) return await opened.state();
        const accepted = await opened.accept();
        await noteCommand(context, "backup-accepted", "", { generation: accepted.generation });
        return accepted;
      } finally {
        opened.stop();
      }
    });
  const fence = program
    .command("fence")
    .description("Whether this database is what it was when it last sent, or a restored backup.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet fence\n")
    .action(async (flags: { json?: boolean }) => {
      const state = await withFence(false);
      const behind = state.witnessed !== null && state.witnessed > state.generation;
      if (flags.json) printJson({ ...state, behind });
      else
        print(
          `The database is at generation ${state.generation}, seen at ${state.witnessed ?? "none"}: ${behind ? "it was restored, and nothing begins" : "all is well"}.`,
        );
      finish(behind ? 1 : 0);
    });
  fence
    .command("accept")
    .description("Let a restored database go on; its campaigns stay paused until each is confirmed.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet fence accept\n")
    .action(async (flags: { json?: boolean }) => {
      const state = await withFence(true);
      if (flags.json) printJson(state);
      else
        print(
          `The database goes on at generation ${state.generation}. Paused campaigns wait for "broadsheet campaigns confirm".`,
        );
      finish(0);
    });
}

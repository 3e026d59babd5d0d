import { resolve } from "node:path";
import type { Command } from "commander";
import { listRecurrences } from "../../adapters/postgres/recurrences.ts";
import { endRecurrence, makeRecurrence } from "../../app/make-recurrence.ts";
import type { Finish } from "../main.ts";
import { print, printJson, printTable } from "../output.ts";
import { readId } from "../read-id.ts";
import { withInstallation } from "../with-installation.ts";

interface RecurrenceFlags {
  readonly cron: string;
  readonly tz?: string;
  readonly list: string;
  readonly segment?: string;
  readonly approved?: boolean;
  readonly json?: boolean;
}

export function addRecurrenceCommands(program: Command, finish: Finish): void {
  const recurrences = program
    .command("recurrences")
    .description("Campaigns that come again: the newest issue of a folder, by the clock.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet recurrences\n")
    .action(async (flags: { json?: boolean }) => {
      const rows = await withInstallation(({ pool }) => listRecurrences(pool));
      if (flags.json) printJson(rows);
      else
        printTable(rows, [
          { title: "id", value: (row) => row.id, align: "right" },
          { title: "cron", value: (row) => row.cron },
          { title: "zone", value: (row) => row.zone },
          { title: "list", value: (row) => row.list },
          { title: "folder", value: (row) => row.folder },
          { title: "sends", value: (row) => (row.needsApproval ? "approved issues" : "the newest issue") },
          { title: "next", value: (row) => row.nextAt.toISOString() },
          { title: "last time", value: (row) => row.lastSaid ?? "" },
        ]);
      finish(0);
    });

  recurrences
    .command("add <folder>")
    .description("Send the newest issue of a folder each time the clock says so.")
    .requiredOption("--cron <line>", "minute, hour, day, month, weekday; 2#1 is the first Tuesday")
    .requiredOption("--list <slug>", "the list to send to")
    .option("--tz <zone>", "the clock (default: the list's zone)")
    .option("--segment <expression>", "only members for whom this holds")
    .option("--approved", "only what was approved in the console (default: where it has the people for it)")
    .option("--no-approved", "the newest issue, whether or not somebody approved it")
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      '\nExample, every first Tuesday at nine:\n  broadsheet recurrences add issues --list news --cron "0 9 * * 2#1" --tz Europe/Berlin\n',
    )
    .action(async (folder: string, flags: RecurrenceFlags) => {
      const added = await withInstallation(({ config, pool }) =>
        makeRecurrence(pool, config, "command", {
          folder: resolve(folder),
          cron: flags.cron,
          tz: flags.tz ?? null,
          list: flags.list,
          segment: flags.segment ?? null,
          needsApproval: flags.approved ?? null,
        }),
      );
      if (flags.json) printJson(added);
      else
        print(
          `Recurrence ${added.id} is made; it comes next at ${added.nextAt.toISOString()} and sends ${added.needsApproval ? "only what was approved in the console" : "the newest issue"}.`,
        );
      finish(0);
    });

  recurrences
    .command("remove <id>")
    .description("End a recurrence; what it planned stays planned.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet recurrences remove 1\n")
    .action(async (text: string, flags: { json?: boolean }) => {
      const id = readId(text, "recurrence");
      await withInstallation(({ config, pool }) => endRecurrence(pool, config, "command", id));
      if (flags.json) printJson({ recurrence: id, removed: true });
      else print(`Recurrence ${id} is removed.`);
      finish(0);
    });
}

import type { Command } from "commander";
import { listAudit, type AuditRecord } from "../../adapters/postgres/audit.ts";
import { checkAudit } from "../../app/audit/record-audit.ts";
import type { Finish } from "../main.ts";
import { formatCount, print, printJson, printTable } from "../output.ts";
import { readId } from "../read-id.ts";
import { withInstallation } from "../with-installation.ts";

/** Anybody may call a token by a colleague's name. */
function nameActor({ actor, actorName }: AuditRecord): string {
  if (actorName === null) return actor;
  return actor.startsWith("token:") ? `token "${actorName}"` : actorName;
}

/** A screen's worth; `--before` goes on. */
const listedMax = 50;

export function addAuditCommands(program: Command, finish: Finish): void {
  const audit = program
    .command("audit")
    .description("The log of who did what, newest first.")
    .option("--before <number>", "entries before this one")
    .option("--about <subject>", "only what was done to this, such as campaign:12")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet audit --about campaign:12\n")
    .action(async (flags: { before?: string; about?: string; json?: boolean }) => {
      const entries = await withInstallation(({ pool }) =>
        listAudit(pool, {
          ...(flags.before === undefined ? {} : { before: readId(flags.before, "entry") }),
          ...(flags.about === undefined ? {} : { subject: flags.about }),
          limit: listedMax,
        }),
      );
      if (flags.json) printJson(entries);
      else
        printTable(entries, [
          { title: "entry", value: (entry) => entry.number, align: "right" },
          { title: "when", value: (entry) => entry.at.toISOString() },
          { title: "who", value: nameActor },
          { title: "did", value: (entry) => entry.action },
          { title: "about", value: (entry) => entry.subject },
          { title: "facts", value: (entry) => JSON.stringify(entry.facts) },
        ]);
      finish(0);
    });

  audit
    .command("verify")
    .description("Whether the log is whole: no entry was removed, changed or added by somebody else.")
    .option("--expect <head>", "a head that was noted earlier, number:hash: nothing up to it was cut off since")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet audit verify\n")
    .action(async (flags: { expect?: string; json?: boolean }) => {
      const verdict = await withInstallation(({ config, pool }) => checkAudit(pool, config, flags.expect));
      if (flags.json) printJson(verdict);
      else {
        for (const { number, what } of verdict.problems) print(`entry ${number}: ${what}`);
        print(
          `${formatCount(verdict.entries)} entries, ${verdict.problems.length === 0 ? "all as they were written" : "NOT as they were written"}.`,
        );
        print(`Head: ${verdict.head.number}:${verdict.head.hash}`);
      }
      finish(verdict.problems.length === 0 ? 0 : 1);
    });
}

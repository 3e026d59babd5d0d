import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { formatFindings, type FindingFormat } from "../format-findings.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";

export function addCheckCommand(program: Command, finish: Finish): void {
  program
    .command("check <files...>")
    .description("Say what is wrong with issue files, each finding with file, line and column, and how to mend it.")
    .option("--format <format>", "text, json or github", "text")
    .option("--json", "the same as --format json")
    .addHelpText(
      "after",
      "\nExample:\n  broadsheet check issues/*.yaml\n\nExit code: 0 nothing wrong, 1 an error was found, 2 a file can't be used.\n",
    )
    .action(async (files: string[], flags: { format: string; json?: boolean }) => {
      const { checkIssues } = await import("../../app/check-issues.ts");
      const format = readFormat(flags.json ? "json" : flags.format);
      const findings = await checkIssues(files, readConfig());
      process.stdout.write(formatFindings(findings, format, files.length));
      const unusable = findings.some(({ rule }) => rule === "schema" || rule === "template");
      finish(unusable ? 2 : findings.some(({ severity }) => severity === "error") ? 1 : 0);
    });
}

function readFormat(text: string): FindingFormat {
  if (text === "text" || text === "json" || text === "github") return text;
  throw new InputError({ code: "bad-format", message: `--format "${text}": text, json or github.` });
}

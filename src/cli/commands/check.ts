import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import type { CheckOptions, CheckReport } from "../../app/check-issues.ts";
import { formatFindings, type FindingFormat } from "../format-findings.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { formatCount, note } from "../output.ts";

interface CheckFlags {
  readonly format: string;
  readonly json?: boolean;
  readonly list?: string;
  readonly online?: boolean;
  readonly spam?: boolean;
  readonly axe?: boolean;
}

export function addCheckCommand(program: Command, finish: Finish): void {
  program
    .command("check <files...>")
    .description("Say what is wrong with issue files, each finding with file, line and column, and how to mend it.")
    .option("--list <slug>", "look at every member of this list as well: missing values, bad addresses, empty mails")
    .option("--online", "ask every link whether it answers; nothing private is asked")
    .option("--spam", "ask the local SpamAssassin")
    .option("--axe", "show each mail in a Chromium of this machine, in light and in dark, and ask axe")
    .option("--format <format>", "text, json or github", "text")
    .option("--json", "the same as --format json")
    .addHelpText(
      "after",
      "\nExample:\n  broadsheet check issues/*.yaml\n\nExit code: 0 nothing wrong, 1 an error was found, 2 a file can't be used.\n",
    )
    .action(async (files: string[], flags: CheckFlags) => {
      const format = readFormat(flags.json ? "json" : flags.format);
      const { findings, recipients, notes } = await run(files, flags);
      process.stdout.write(formatFindings(findings, format, files.length));
      for (const line of notes) note(line);
      if (flags.list !== undefined) note(`${formatCount(recipients)} recipients looked at.`);
      const unusable = findings.some(({ rule }) => rule === "schema" || rule === "template");
      finish(unusable ? 2 : findings.some(({ severity }) => severity === "error") ? 1 : 0);
    });
}

async function run(files: readonly string[], flags: CheckFlags): Promise<CheckReport> {
  const { warmCompiler } = await import("../../app/warm-compiler.ts");
  warmCompiler();
  const { checkIssues } = await import("../../app/check-issues.ts");
  const options: CheckOptions = {
    ...(flags.online ? { online: true } : {}),
    ...(flags.spam ? { spam: true } : {}),
    ...(flags.axe ? { axe: true } : {}),
  };
  const { list: slug } = flags;
  if (slug === undefined) return checkIssues(files, readConfig(), options);
  const { withInstallation } = await import("../with-installation.ts");
  return withInstallation(({ config, pool }) => checkIssues(files, config, { ...options, list: { pool, slug } }));
}

function readFormat(text: string): FindingFormat {
  if (text === "text" || text === "json" || text === "github") return text;
  throw new InputError({ code: "bad-format", message: `--format "${text}": text, json or github.` });
}

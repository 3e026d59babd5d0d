import type { Command } from "commander";
import {
  exportSuppressions,
  listSuppressions,
  readSuppressionRows,
  type SuppressionFilter,
} from "../../adapters/postgres/suppressions.ts";
import { liftByHand, suppressByHand } from "../../app/change-suppression.ts";
import { suppressionReasons, type Suppression, type SuppressionReason } from "../../domain/suppression.ts";
import { formatProblem, InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { formatCount, jsonArrayPieces, note, print, printJson, printPieces, printTable } from "../output.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";

interface FilterFlags {
  readonly reason?: string;
  readonly provisional?: boolean;
}

/** A screen's worth; `--csv` and `--json` give them all. */
const listedMax = 100;

export function addSuppressionCommands(program: Command, finish: Finish): void {
  const suppressions = program
    .command("suppressions")
    .description("Who must not be mailed, and why: addresses and whole domains.");
  addListCommand(suppressions, finish);
  addChangeCommands(suppressions, finish);
  addImportCommand(suppressions, finish);
  addExportCommand(suppressions, finish);
}

const filtered = (command: Command): Command =>
  command
    .option("--reason <reason>", `only those for one reason: ${suppressionReasons.join(", ")}`)
    .option("--provisional", "only those that wait for a second proof");

function addListCommand(suppressions: Command, finish: Finish): void {
  filtered(suppressions.command("list"))
    .description(`The first ${listedMax} in the order of their addresses, or all as CSV or JSON.`)
    .option("--after <address>", "go on after this one")
    .option("--csv", "all of them, as CSV")
    .option("--json", "all of them, as JSON")
    .addHelpText("after", "\nExample:\n  broadsheet suppressions list --reason complaint\n")
    .action(async (flags: FilterFlags & { after?: string; csv?: boolean; json?: boolean }) => {
      const filter = readFilter(flags);
      await withInstallation(async ({ pool }) => {
        if (flags.csv) return printPieces(exportSuppressions(pool, filter));
        if (flags.json) return printPieces(jsonArrayPieces(readSuppressionRows(pool, filter)));
        const page = flags.after === undefined ? {} : { after: flags.after };
        printSuppressions(await listSuppressions(pool, { ...filter, ...page, limit: listedMax + 1 }));
      });
      finish(0);
    });
}

function printSuppressions(rows: readonly Suppression[]): void {
  if (rows.length === 0) return print("None.");
  const shown = rows.slice(0, listedMax);
  printTable(shown, [
    { title: "address", value: (row) => (row.key.startsWith("#") ? `${row.key.slice(0, 12)}.. (erased)` : row.key) },
    { title: "reason", value: (row) => (row.provisional ? `${row.reason} (provisional)` : row.reason) },
    { title: "from", value: (row) => row.source },
    { title: "since", value: (row) => row.createdAt.toISOString() },
  ]);
  const last = shown.at(-1)?.key ?? "";
  if (rows.length > listedMax) print(`More follow: --after "${last}" shows the next, --csv and --json all.`);
}

function addChangeCommands(suppressions: Command, finish: Finish): void {
  suppressions
    .command("add <address>")
    .description("Never mail an address, or a whole domain as @example.com.")
    .requiredOption("--reason <words>", "why, in your words; kept")
    .option("--json", "answer with JSON")
    .addHelpText("after", '\nExample:\n  broadsheet suppressions add @example.com --reason "their lawyer wrote"\n')
    .action(async (text: string, flags: { reason: string; json?: boolean }) => {
      const answer = await withInstallation(({ config, pool }) =>
        suppressByHand(pool, config, "command", text, flags.reason),
      );
      if (flags.json) printJson(answer);
      else if (answer.added) print(`${answer.key} gets no more mail.`);
      else print(`${answer.key} was suppressed already${answer.standing ? ` (${describe(answer.standing)})` : ""}.`);
      finish(0);
    });

  suppressions
    .command("lift <address>")
    .description("Let an address or a domain be mailed again. Nobody is put back on a list by it.")
    .requiredOption("--reason <words>", "why, in your words; kept in the log for good")
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      '\nExample:\n  broadsheet suppressions lift ada@example.com --reason "she wrote that it works"\n',
    )
    .action(async (text: string, flags: { reason: string; json?: boolean }) => {
      const answer = await withInstallation(({ config, pool }) =>
        liftByHand(pool, config, "command", text, flags.reason),
      );
      if (flags.json) printJson(answer);
      else {
        print(answer.lifted ? `${answer.key} is lifted.` : `${answer.key} was not suppressed.`);
        if (answer.barredBy) note(`Still barred by ${answer.barredBy.key} (${describe(answer.barredBy)}).`);
      }
      finish(answer.lifted ? 0 : 1);
    });
}

function addImportCommand(suppressions: Command, finish: Finish): void {
  suppressions
    .command("import <file>")
    .description(
      "Suppress what a file lists, or - (stdin): our own export, that of another sender, or an address a line. Exit code 1: some lines named no address; the others were taken.",
    )
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet suppressions import cleaned.csv\n")
    .action(async (file: string, flags: { json?: boolean }) => {
      const { importSuppressionFile } = await import("../../app/import-suppressions.ts");
      const answer = await withInstallation(async (context) => {
        const imported = await (file === "-"
          ? importSuppressionFile(context.pool, "stdin", { stream: process.stdin })
          : importSuppressionFile(context.pool, file));
        await noteCommand(context, "suppressions-imported", "", { added: imported.added });
        return imported;
      });
      if (flags.json) printJson(answer);
      else {
        for (const problem of answer.problems) note(formatProblem(problem));
        if (answer.unusable > answer.problems.length)
          note(`and ${formatCount(answer.unusable - answer.problems.length)} more lines of this kind`);
        print(`added      ${formatCount(answer.added)}`);
        print(`unchanged  ${formatCount(answer.unchanged)}`);
        print(`unusable   ${formatCount(answer.unusable)}`);
      }
      finish(answer.unusable > 0 ? 1 : 0);
    });
}

function addExportCommand(suppressions: Command, finish: Finish): void {
  filtered(suppressions.command("export"))
    .description("All as CSV in a form that an import reads, the hashes of erased people too.")
    .option("--out <file>", "write this file instead of stdout; only you may read it")
    .option("--json", "answer with JSON; needs --out")
    .addHelpText(
      "after",
      "\nExamples:\n  broadsheet suppressions export --out suppressions.csv\n  broadsheet suppressions export --reason erased > erased.csv\n",
    )
    .action(async (flags: FilterFlags & { out?: string; json?: boolean }) => {
      const filter = readFilter(flags);
      const { out } = flags;
      if (flags.json && out === undefined)
        throw new InputError({
          code: "bad-choice",
          message: 'An export to stdout is CSV; for JSON use "list --json".',
        });
      await withInstallation(async ({ pool }) => {
        if (out === undefined) return printPieces(exportSuppressions(pool, filter));
        const { writePrivateFile } = await import("../../app/write-private-file.ts");
        await writePrivateFile(out, exportSuppressions(pool, filter));
        if (flags.json) printJson({ file: out });
        else print(`Written: ${out}`);
      });
      finish(0);
    });
}

function readFilter({ reason, provisional }: FilterFlags): SuppressionFilter {
  if (reason !== undefined && !(suppressionReasons as readonly string[]).includes(reason))
    throw new InputError({
      code: "bad-choice",
      message: `--reason "${reason}": there are ${suppressionReasons.join(", ")}.`,
    });
  return {
    ...(reason === undefined ? {} : { reason: reason as SuppressionReason }),
    ...(provisional ? { provisional } : {}),
  };
}

function describe({ reason, source, createdAt }: Suppression): string {
  return `${reason}, ${source}, since ${createdAt.toISOString().slice(0, 10)}`;
}

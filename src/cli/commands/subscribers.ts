import type { Command } from "commander";
import { exportSubscribers } from "../../adapters/postgres/export-subscribers.ts";
import { listSubscriberFeedback } from "../../adapters/postgres/feedback.ts";
import { findList } from "../../adapters/postgres/lists.ts";
import { showSubscriber } from "../../adapters/postgres/subscribers.ts";
import { readAddress } from "../../app/render-issue.ts";
import { parseSegment } from "../../domain/segment-parse.ts";
import { InputError } from "../../lib/errors.ts";
import { listenForShutdown } from "../../app/shutdown.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, print, printJson, printPieces } from "../output.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";
import { addEraseCommand } from "./erase.ts";

/** The newest of what came back; JSON gives all. */
const feedbackMax = 20;

interface ImportFlags {
  readonly list: string;
  readonly map?: string[];
  readonly ignore?: string[];
  readonly source: string;
  readonly rejects?: string;
  readonly json?: boolean;
}

export function addSubscriberCommands(program: Command, finish: Finish): void {
  const subscribers = program.command("subscribers").description("The people: import, show, export, erase.");

  subscribers
    .command("import <file>")
    .description(
      "Bring a CSV file of any size into a list; - is stdin. Repeating it changes nothing. Exit code 1: some rows were rejected; the others were taken.",
    )
    .requiredOption("--list <slug>", "the list they join")
    .option("--map <field=column...>", "which column is what, such as email=Kontakt")
    .option("--ignore <column...>", "columns that are left out, where they would become attributes")
    .option("--source <words>", "where they said yes; kept as the proof of consent", "import")
    .option(
      "--rejects <file>",
      "where refused rows are written (default: FILE.rejects.csv, of stdin stdin.rejects.csv)",
    )
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  broadsheet subscribers import readers.csv --list news --map email=Kontakt --ignore Notes\n  zcat readers.csv.gz | broadsheet subscribers import - --list news\n",
    )
    .action(async (file: string, flags: ImportFlags) => {
      finish(await importSubscribers(file, flags));
    });

  subscribers
    .command("show <address>")
    .description("All that is held on one person.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet subscribers show ada@example.com\n")
    .action(async (text: string, flags: { json?: boolean }) => {
      const address = readAddress(text);
      const { found, feedback } = await withInstallation(async ({ pool }) => {
        const person = await showSubscriber(pool, address.key);
        return { found: person, feedback: person ? await listSubscriberFeedback(pool, person.id) : [] };
      });
      if (!found)
        throw new InputError({
          code: "unknown-subscriber",
          message: `Nobody with the address ${address.address} is known.`,
        });
      if (flags.json) return printJson({ ...found, feedback });
      print(`${found.address} (${found.id})`);
      if (found.lang) print(`  lang    ${found.lang}`);
      if (found.zone) print(`  zone    ${found.zone}`);
      if (found.topics.length > 0) print(`  topics  ${found.topics.join(", ")}`);
      for (const [name, value] of Object.entries(found.attributes)) print(`  ${name}: ${value}`);
      for (const entry of found.subscriptions)
        print(`  ${entry.list}: ${entry.status} since ${entry.changedAt.toISOString()}`);
      for (const row of feedback.slice(0, feedbackMax))
        print(
          `  ${row.at.toISOString()} ${row.kind}${row.delivery ? ` [${row.delivery}]` : ""}: ${row.diagnostic}${row.effects.length > 0 ? ` (${row.effects.join(", ")})` : ""}`,
        );
      if (found.suppression) print(`  suppressed: ${found.suppression.reason} (${found.suppression.source})`);
      finish(0);
    });

  subscribers
    .command("export")
    .description("People as CSV on stdout, in a form that an import reads.")
    .option("--list <slug>", "only members of this list")
    .option("--segment <expression>", "only people for whom this holds")
    .addHelpText("after", "\nExample:\n  broadsheet subscribers export --list news > news.csv\n")
    .action(async (flags: { list?: string; segment?: string }) => {
      await withInstallation(async ({ pool }) => {
        const list = flags.list === undefined ? null : await findList(pool, flags.list);
        const lines = exportSubscribers(pool, {
          ...(list ? { listId: list.id } : {}),
          ...(flags.segment === undefined ? {} : { segment: parseSegment(flags.segment) }),
        });
        await printPieces(lines);
      });
      finish(0);
    });

  addEraseCommand(subscribers, finish);
}

async function importSubscribers(file: string, flags: ImportFlags): Promise<number> {
  const { importFile } = await import("../../app/import-subscribers.ts");
  const shutdown = listenForShutdown();
  const stream = file === "-" ? process.stdin : null;
  const name = stream ? "stdin" : file;
  if (stream?.isTTY) note("Reading from the terminal; Ctrl-D ends it.");
  const rejectsFile = flags.rejects ?? `${name}.rejects.csv`;
  try {
    const result = await withInstallation(async (context) => {
      const { config, pool } = context;
      const list = await findList(pool, flags.list);
      const imported = await importFile(pool, config, {
        file: name,
        ...(stream ? { stream } : {}),
        listId: list.id,
        source: flags.source,
        rejectsFile,
        map: readMap(flags.map ?? []),
        ignore: flags.ignore ?? [],
        signal: shutdown.signal,
        onProgress: ({ phase, rows }) => {
          if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${phase}  ${formatCount(rows)} rows`);
        },
      });
      const { accepted, updated, rejected } = imported;
      await noteCommand(context, "subscribers-imported", `list:${list.slug}`, { accepted, updated, rejected });
      return imported;
    });
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
    if (flags.json) printJson(result);
    else {
      print(`accepted   ${formatCount(result.accepted)}`);
      print(`updated    ${formatCount(result.updated)}`);
      print(`unchanged  ${formatCount(result.unchanged)}`);
      print(`rejected   ${formatCount(result.rejected)}`);
      if (result.rejectsFile !== null) note(`What was not taken, with line and reason: ${result.rejectsFile}`);
    }
    return result.rejected > 0 ? 1 : 0;
  } catch (error) {
    if (!shutdown.signal.aborted) throw error;
    note("Stopped; nothing was imported.");
    return shutdown.signal.reason === "SIGINT" ? 130 : 143;
  } finally {
    shutdown.dispose();
  }
}

function readMap(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      if (at <= 0)
        throw new InputError({
          code: "bad-map",
          message: `--map "${entry}": write field=column, such as email=Kontakt.`,
        });
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

import type { Command } from "commander";
import { allLists, createList, showList, updateList } from "../../adapters/postgres/lists.ts";
import type { Finish } from "../main.ts";
import { print, printJson, printTable } from "../output.ts";
import { addListPagesCommand } from "./list-pages.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";

interface ListFlags {
  readonly name?: string;
  readonly from?: string;
  readonly fromName?: string;
  readonly replyTo?: string;
  readonly postal?: string[];
  readonly zone?: string;
  readonly lang?: string;
  readonly json?: boolean;
}

export function addListCommands(program: Command, finish: Finish): void {
  const lists = program
    .command("lists")
    .description("The lists, with how many people are on them.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lists\n")
    .action(async (flags: { json?: boolean }) => {
      const rows = await withInstallation(({ pool }) => allLists(pool));
      if (flags.json) printJson(rows);
      else
        printTable(rows, [
          { title: "list", value: (row) => row.slug },
          { title: "name", value: (row) => row.name },
          { title: "from", value: (row) => `${row.sender.fromName} <${row.sender.fromAddress}>` },
          { title: "confirmed", value: (row) => row.subscriptions.confirmed, align: "right" },
          { title: "pending", value: (row) => row.subscriptions.pending, align: "right" },
          { title: "left", value: (row) => row.subscriptions.unsubscribed, align: "right" },
        ]);
      finish(0);
    });

  const settings = (command: Command): Command =>
    command
      .option("--name <name>", "what readers see")
      .option("--from-name <name>", "the sender's name")
      .option("--reply-to <address>", "where answers go")
      .option("--postal <line...>", "the postal address, a line each; every mail carries it")
      .option("--zone <zone>", "where readers without a known zone are assumed to live")
      .option("--lang <lang>", "the list's language")
      .option("--json", "answer with JSON");

  settings(lists.command("create <slug>").requiredOption("--from <address>", "the sender's address"))
    .description("Make a list.")
    .addHelpText(
      "after",
      '\nExample:\n  broadsheet lists create news --from news@example.com --from-name "Example News" --postal "1 High Street" "Exampleville EX 12345"\n',
    )
    .action(async (slug: string, flags: ListFlags & { from: string }) => {
      const list = await withInstallation(async (context) => {
        const made = await createList(context.pool, { slug, fromAddress: flags.from, ...changesOf(flags) });
        await noteCommand(context, "list-made", `list:${slug}`);
        return made;
      });
      if (flags.json) printJson(list);
      else print(`List ${list.slug} is made. Next: broadsheet subscribers import FILE.csv --list ${list.slug}`);
      finish(0);
    });

  settings(lists.command("update <slug>").option("--from <address>", "the sender's address"))
    .description("Change a list.")
    .addHelpText(
      "after",
      '\nExample:\n  broadsheet lists update news --postal "1 High Street" "Exampleville EX 12345"\n',
    )
    .action(async (slug: string, flags: ListFlags) => {
      const changes = { ...(flags.from === undefined ? {} : { fromAddress: flags.from }), ...changesOf(flags) };
      const list = await withInstallation(async (context) => {
        const changed = await updateList(context.pool, slug, changes);
        await noteCommand(context, "list-changed", `list:${slug}`, { fields: Object.keys(changes) });
        return changed;
      });
      if (flags.json) printJson(list);
      else print(`List ${list.slug} is changed.`);
      finish(0);
    });

  addListPagesCommand(lists, finish);

  lists
    .command("show <slug>")
    .description("One list with all its settings.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lists show news\n")
    .action(async (slug: string, flags: { json?: boolean }) => {
      const list = await withInstallation(({ pool }) => showList(pool, slug));
      if (flags.json) return printJson(list);
      print(`${list.slug}: ${list.name}`);
      print(`  from       ${list.sender.fromName} <${list.sender.fromAddress}>`);
      if (list.sender.replyTo) print(`  reply to   ${list.sender.replyTo}`);
      print(`  postal     ${list.sender.postalAddress.join(", ") || "(none: a campaign is refused without one)"}`);
      print(`  List-Id    ${list.sender.listId}`);
      print(`  zone       ${list.zone}`);
      for (const [status, count] of Object.entries(list.subscriptions)) print(`  ${status.padEnd(12)} ${count}`);
      finish(0);
    });
}

function changesOf(flags: ListFlags) {
  return {
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.fromName === undefined ? {} : { fromName: flags.fromName }),
    ...(flags.replyTo === undefined ? {} : { replyTo: flags.replyTo }),
    ...(flags.postal === undefined ? {} : { postalAddress: flags.postal }),
    ...(flags.zone === undefined ? {} : { zone: flags.zone }),
    ...(flags.lang === undefined ? {} : { lang: flags.lang }),
  };
}

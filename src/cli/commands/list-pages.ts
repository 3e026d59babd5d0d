import { Option, type Command } from "commander";
import { findList } from "../../adapters/postgres/lists.ts";
import { findPublicList, setListPages, type ListPages } from "../../adapters/postgres/public-lists.ts";
import type { Finish } from "../main.ts";
import { print, printJson } from "../output.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";

interface PagesFlags {
  readonly signup?: "open" | "closed";
  readonly archive?: "open" | "closed";
  readonly topics?: string[];
  readonly description?: string;
  readonly template?: string;
  readonly json?: boolean;
}

/** `lists pages`: what a list shows to the public. */
export function addListPagesCommand(lists: Command, finish: Finish): void {
  lists
    .command("pages <slug>")
    .description("What a list shows to the public: its sign-up page, its archive, the topics to choose from.")
    .addOption(new Option("--signup <state>", "the sign-up page; open unless closed").choices(["open", "closed"]))
    .addOption(
      new Option("--archive <state>", "the archive of sent issues; closed unless opened").choices(["open", "closed"]),
    )
    .option("--topics <topic...>", "what readers can choose on their preference page")
    .option("--description <text>", "a sentence on the sign-up page")
    .option("--template <name>", "the template whose look confirmation mails wear")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lists pages news --archive open --topics art music\n")
    .action(async (slug: string, flags: PagesFlags) => {
      const changes: ListPages = {
        ...(flags.signup === undefined ? {} : { signup: flags.signup === "open" }),
        ...(flags.archive === undefined ? {} : { archive: flags.archive === "open" }),
        ...(flags.topics === undefined ? {} : { topics: flags.topics }),
        ...(flags.description === undefined ? {} : { description: flags.description }),
        ...(flags.template === undefined ? {} : { template: flags.template }),
      };
      const { settings, publicUrl } = await withInstallation(async (context) => {
        const { pool, config } = context;
        await findList(pool, slug);
        await setListPages(pool, slug, changes);
        await noteCommand(context, "list-changed", `list:${slug}`, { pages: Object.keys(changes) });
        return { settings: (await findPublicList(pool, slug))?.settings ?? {}, publicUrl: config.publicUrl };
      });
      if (flags.json) printJson(settings);
      else {
        print(`Sign-up   ${settings["signup"] === false ? "closed" : `${publicUrl}/join/${slug}`}`);
        print(`Archive   ${settings["archive"] === true ? `${publicUrl}/archive/${slug}` : "closed"}`);
      }
      finish(0);
    });
}

import { relative } from "node:path";
import type { Command } from "commander";
import { issuesRoot, templatesRoot } from "../../app/project.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Finish } from "../main.ts";
import { print } from "../output.ts";

export function addNewCommand(program: Command, finish: Finish): void {
  const start = program.command("new").description("Begin an issue or a template.");
  start
    .command("issue <slug>")
    .description("Write issues/<slug>.yaml, valid as it stands.")
    .option("--template <name>", "the template it is for", "digest")
    .addHelpText("after", "\nExample:\n  broadsheet new issue 2026-12-news\n")
    .action(async (slug: string, flags: { template: string }) => {
      const { createIssue } = await import("../../app/create-files.ts");
      const today = systemClock.now().toISOString().slice(0, 10);
      const file = await createIssue({ issues: issuesRoot, templates: templatesRoot }, { slug, ...flags, today });
      const shown = relative(process.cwd(), file);
      print(`${shown}\nSee it while you write: broadsheet preview ${shown}`);
      finish(0);
    });
  start
    .command("template <name>")
    .description("Copy a built-in template under a new name, to be changed.")
    .option("--from <template>", "which one", "digest")
    .addHelpText("after", "\nExample:\n  broadsheet new template our-letter --from letter\n")
    .action(async (name: string, flags: { from: string }) => {
      const { createTemplate } = await import("../../app/create-files.ts");
      const folder = relative(process.cwd(), await createTemplate(templatesRoot, name, flags.from));
      print(`${folder}\nSee it while you change it: broadsheet preview ${folder}/sample.yaml`);
      finish(0);
    });
}

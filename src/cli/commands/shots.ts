import { resolve } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../../app/config.ts";
import { issuesRoot, templatesRoot } from "../../app/project.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { print, printJson } from "../output.ts";

export function addShotsCommand(program: Command, finish: Finish): void {
  program
    .command("shots <issue>")
    .description(
      "Photograph an issue's mail in Chromium: each width, light, dark and forced dark, with and without pictures.",
    )
    .option("--out <folder>", "where the pictures go", "shots")
    .option("--as <address>", "the reader; by default nobody known", "")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet shots issues/2024-05-new-in-may.yaml --out shots\n")
    .action(async (issueFile: string, flags: { out: string; as: string; json?: boolean }) => {
      const { findChromium } = await import("../../adapters/browser/find-chromium.ts");
      const { takeShots } = await import("../../adapters/browser/take-shots.ts");
      const { createPictureReader } = await import("../../app/compile-issue.ts");
      const { startLivePreview } = await import("../../app/live-preview.ts");
      const { planContactSheet, planShots } = await import("../../preview/shoot-issue.ts");
      const config = readConfig();
      const chromium = await findChromium(config.chromiumPath);
      const preview = await startLivePreview({
        config,
        issuesRoot,
        templatesRoot,
        openPool: async () => null,
        smtpUrl: "",
      });
      preview.stop();
      const reader = { address: flags.as, values: {}, lang: "", zone: "", variant: "" };
      const { mail, problems } = await preview.show(resolve(issueFile), reader);
      if (!mail) throw new InputError(problems);
      const folder = resolve(flags.out);
      const shots = await planShots(mail, folder, createPictureReader(config));
      await takeShots(chromium, shots);
      const sheet = await planContactSheet(mail.issue.slug, shots, folder);
      await takeShots(chromium, [sheet]);
      const files = [...shots, sheet].map(({ file }) => file);
      if (flags.json) printJson({ issue: mail.issue.slug, files });
      else for (const file of files) print(file);
      finish(0);
    });
}

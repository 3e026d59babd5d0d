import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Finish } from "../main.ts";
import { print, printJson } from "../output.ts";
import { withInstallation } from "../with-installation.ts";

export function addRenderCommand(program: Command, finish: Finish): void {
  program
    .command("render <issue>")
    .description("Write one reader's mail as it would be sent: message.eml, message.html, message.txt.")
    .requiredOption("--as <address>", "the reader: a subscriber, or any address")
    .option("--list <slug>", "the list it would be sent to; without one, a sample sender")
    .option("--out <folder>", "where to write", "out")
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      "\nExample:\n  broadsheet render issues/2024-05-new-in-may.yaml --as ada@example.com --out out\n",
    )
    .action(async (issueFile: string, flags: { as: string; list?: string; out: string; json?: boolean }) => {
      const { renderIssue } = await import("../../app/render-issue.ts");
      const rendered = await withInstallation(({ config, pool }) => renderIssue(pool, config, { issueFile, ...flags }));
      mkdirSync(flags.out, { recursive: true });
      const files = {
        "message.eml": rendered.message.bytes,
        "message.html": rendered.html,
        "message.txt": rendered.text,
      };
      for (const [name, content] of Object.entries(files)) writeFileSync(join(flags.out, name), content);
      const sizes = Object.entries(files).map(([name, content]) => ({
        file: join(flags.out, name),
        bytes: Buffer.byteLength(content),
      }));
      if (flags.json) printJson({ digest: rendered.digest.id, messageId: rendered.message.messageId, files: sizes });
      else for (const { file, bytes } of sizes) print(`${file}  ${bytes} bytes`);
      finish(0);
    });
}

import type { Command } from "commander";
import { parseSmtpServers } from "../../adapters/smtp/smtp-servers.ts";
import { testSmtpServers, type SmtpServerReport } from "../../adapters/smtp/test-smtp-servers.ts";
import { readConfig } from "../../app/config.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { formatCount, print, printJson } from "../output.ts";

export function addSmtpCommands(program: Command, finish: Finish): void {
  const smtp = program.command("smtp").description("The SMTP servers that mail goes out by.");
  smtp
    .command("test")
    .description("Try each server of SMTP_URL: TLS, AUTH, and what it announces. No mail is sent.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet smtp test\n")
    .action(async (flags: { json?: boolean }) => {
      const { smtpUrl } = readConfig();
      if (!smtpUrl)
        throw new InputError({
          code: "no-smtp",
          message: "SMTP_URL is not set: mail goes to the local catcher, and there is no server to test.",
        });
      const reports = await testSmtpServers(parseSmtpServers(smtpUrl));
      if (flags.json) printJson(reports);
      else for (const report of reports) printReport(report);
      finish(reports.every((report) => report.works) ? 0 : 1);
    });
}

function printReport(report: SmtpServerReport): void {
  const { capabilities, encryption, failure } = report;
  print(
    `${report.server}: ${report.works ? "works" : "does not work"} (${formatCount(report.tookMs)} ms, as ${report.profile})`,
  );
  if (failure)
    print(`  failed at  ${failure.phase}: ${failure.cause}${failure.permanent ? " (trying again won't help)" : ""}`);
  if (report.works) {
    print(
      `  TLS        ${encryption ? `${encryption.protocol}, certificate ${encryption.trusted ? "verified" : "not verified"}` : "none"}`,
    );
    print(`  AUTH       ${report.authentication}`);
  }
  if (capabilities) {
    print(`  SMTPUTF8   ${capabilities.smtpUtf8 ? "yes" : "no"}`);
    print(`  8BITMIME   ${capabilities.eightBitMime ? "yes" : "no"}`);
    print(`  PIPELINING ${capabilities.pipelining ? "yes" : "no"}`);
    print(
      `  SIZE       ${capabilities.sizeBytesMax > 0 ? `${formatCount(capabilities.sizeBytesMax)} bytes` : "no limit said"}`,
    );
  }
  for (const warning of report.warnings) print(`  look       ${warning}`);
}

import type { Command } from "commander";
import { listFeedback } from "../../adapters/postgres/feedback.ts";
import { readConfig } from "../../app/config.ts";
import { ingestFeedback, type Ingested, type IngestedFinding } from "../../app/ingest-feedback.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, printJson, printTable } from "../output.ts";
import { readId } from "../read-id.ts";
import { withInstallation } from "../with-installation.ts";

interface IngestFlags {
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export function addFeedbackCommands(program: Command, finish: Finish): void {
  const feedback = program.command("feedback").description("What comes back: bounces, complaints, answers.");

  feedback
    .command("ingest <file>")
    .description("Read reports from a file, a folder or - (stdin), and act on those about our own deliveries.")
    .option("--json", "one JSON object a recipient, each on a line of its own")
    .option("--dry-run", "only read: nothing is changed, no database is opened")
    .addHelpText("after", "\nExample:\n  broadsheet feedback ingest --json bounces.mbox\n")
    .action(async (path: string, flags: IngestFlags) => {
      // Whoever reads our lines may have seen enough of them: `| head`.
      process.stdout.on("error", () => process.exit(0));
      const format = flags.json ? formatJson : formatLine;
      const ingested = await ingestFeedback(readConfig(), {
        path,
        input: process.stdin,
        dryRun: flags.dryRun ?? false,
        onFindings: (findings) => {
          if (findings.length > 0) process.stdout.write(findings.map(format).join(""));
        },
      });
      if (!flags.json) note(describeIngested(ingested));
      finish(0);
    });

  addFeedbackList(feedback, finish);
}

/** A screen's worth. */
const listedMax = 100;

function addFeedbackList(feedback: Command, finish: Finish): void {
  feedback
    .command("list")
    .description("What came back, newest first.")
    .option("--campaign <id>", "of one campaign")
    .option("--kind <kind>", "hard, soft, full, policy, delayed, delivered, complaint, auto-reply, reply or unknown")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet feedback list --campaign 12 --kind policy\n")
    .action(async (flags: { campaign?: string; kind?: string; json?: boolean }) => {
      const search = {
        ...(flags.campaign === undefined ? {} : { campaign: readId(flags.campaign, "campaign") }),
        ...(flags.kind === undefined ? {} : { kind: flags.kind }),
        limit: listedMax,
      };
      const rows = await withInstallation(({ pool }) => listFeedback(pool, search));
      if (flags.json) printJson(rows);
      else
        printTable(rows, [
          { title: "when", value: (row) => row.at.toISOString() },
          { title: "by", value: (row) => row.source },
          { title: "kind", value: (row) => row.kind },
          { title: "delivery", value: (row) => row.delivery ?? "" },
          { title: "recipient", value: (row) => row.recipient ?? "" },
          { title: "did", value: (row) => row.effects.join(", ") },
          { title: "said", value: (row) => row.diagnostic.slice(0, 80) },
        ]);
      finish(0);
    });
}

function formatJson(finding: IngestedFinding): string {
  const { kind, hard, recipient, status, diagnostic, action, campaign, delivery } = finding;
  return `${JSON.stringify({ kind, hard, recipient, status, diagnostic, action, campaign, delivery })}\n`;
}

function formatLine({ kind, status, recipient, delivery, diagnostic }: IngestedFinding): string {
  const about = delivery ? ` [${delivery}]` : "";
  return `${kind.padEnd(10)} ${(status ?? "-").padEnd(6)} ${recipient ?? "(hidden)"}${about}: ${diagnostic}\n`;
}

function describeIngested({ mails, findings, applied }: Ingested): string {
  const told = `${formatCount(mails)} ${mails === 1 ? "mail" : "mails"}, ${formatCount(findings)} ${findings === 1 ? "finding" : "findings"}`;
  const changes = [
    [applied.suppressed, "suppressed"],
    [applied.provisional, "suppressed for now"],
    [applied.unsubscribed, "left the list"],
    [applied.settled, "settled as accepted"],
    [applied.forwarded, "forwarded"],
    [applied.repeated, "known already"],
    [applied.alerts.length, "for the operator"],
  ] as const;
  const done = changes.filter(([count]) => count > 0).map(([count, words]) => `${formatCount(count)} ${words}`);
  return `${[told, ...done].join("; ")}.`;
}

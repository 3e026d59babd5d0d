import type { Command } from "commander";
import { countCampaignFeedback } from "../../adapters/postgres/feedback.ts";
import { readBalance, readReasons } from "../../adapters/postgres/ledger/balance.ts";
import { findCampaign, listCampaigns } from "../../adapters/postgres/ledger/campaigns.ts";
import { orderCampaignAs, type CampaignOrder } from "../../app/order-campaign.ts";
import type { Finish } from "../main.ts";
import { formatCount, print, printJson, printTable } from "../output.ts";
import { readId } from "../read-id.ts";
import { withInstallation } from "../with-installation.ts";

/** Campaigns that a listing shows: a year of weekly ones on one page. */
const listedMax = 60;

export function addCampaignCommands(program: Command, finish: Finish): void {
  const campaigns = program
    .command("campaigns")
    .description("List the campaigns, newest first.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet campaigns pause 12\n")
    .action(async (flags: { json?: boolean }) => {
      await withInstallation(async ({ pool }) => {
        const rows = await Promise.all(
          (await listCampaigns(pool, listedMax)).map(async (campaign) => ({
            ...campaign,
            balance: await readBalance(pool, campaign.id),
          })),
        );
        if (flags.json) return printJson(rows);
        printTable(rows, [
          { title: "id", value: (row) => row.id, align: "right" },
          { title: "issue", value: (row) => row.issueSlug },
          { title: "list", value: (row) => row.listSlug },
          { title: "state", value: (row) => row.state },
          { title: "planned", value: (row) => row.planned, align: "right" },
          { title: "accepted", value: (row) => row.balance?.accepted ?? 0, align: "right" },
          { title: "refused", value: (row) => row.balance?.refused ?? 0, align: "right" },
          { title: "skipped", value: (row) => row.balance?.skipped ?? 0, align: "right" },
          { title: "uncertain", value: (row) => row.balance?.uncertain ?? 0, align: "right" },
          { title: "remaining", value: (row) => row.balance?.remaining ?? 0, align: "right" },
          { title: "starts", value: (row) => row.startsAt.toISOString() },
          { title: "why", value: (row) => row.stateReason ?? "" },
        ]);
      });
      finish(0);
    });

  campaigns
    .command("show <id>")
    .description("One campaign: its balance, and why deliveries were refused, skipped or put off.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet campaigns show 12\n")
    .action(async (text: string, flags: { json?: boolean }) => {
      await withInstallation(async ({ pool }) => {
        const campaign = await findCampaign(pool, readId(text, "campaign"));
        const balance = await readBalance(pool, campaign.id);
        const reasons = await readReasons(pool, campaign.id);
        const feedback = await countCampaignFeedback(pool, campaign.id);
        if (flags.json) return printJson({ ...campaign, balance, reasons, feedback });
        print(
          `Campaign ${campaign.id}: ${campaign.issueSlug} to ${campaign.listSlug}, ${campaign.state}${campaign.stateReason ? ` (${campaign.stateReason})` : ""}`,
        );
        if (balance) {
          print(`  planned    ${formatCount(balance.planned)}`);
          for (const part of ["accepted", "refused", "skipped", "uncertain", "remaining"] as const)
            print(`  ${part.padEnd(10)} ${formatCount(balance[part])}`);
        }
        for (const { state, detail, count } of reasons) print(`  ${state}: ${formatCount(count)} × ${detail}`);
        for (const { kind, reason, deliveries } of feedback)
          print(`  came back: ${formatCount(deliveries)} × ${kind}${reason ? ` (${reason})` : ""}`);
      });
      finish(0);
    });

  for (const [order, description] of [
    ["confirm", "Let a campaign go that is late, was halted, or came back with a backup."],
    ["pause", "Stop claiming from a campaign; what is on the wire finishes."],
    ["resume", "Go on where a paused campaign stood."],
    ["cancel", "End a campaign for good; what is still open is skipped."],
  ] as const satisfies readonly (readonly [CampaignOrder | "confirm", string])[]) {
    campaigns
      .command(`${order} <id>`)
      .description(description)
      .option("--json", "answer with JSON")
      .addHelpText("after", `\nExample:\n  broadsheet campaigns ${order} 12\n`)
      .action(async (text: string, flags: { json?: boolean }) => {
        const id = readId(text, "campaign");
        const what = order === "confirm" ? "resume" : order;
        const state = await withInstallation(({ config, pool }) =>
          orderCampaignAs(pool, config, "command", { campaign: id, what }),
        );
        if (flags.json) printJson({ campaign: id, state });
        else print(`Campaign ${id} is ${state}.`);
        finish(0);
      });
  }
}

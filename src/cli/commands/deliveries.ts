import type { Command } from "commander";
import { exportDeliveries, listDeliveries } from "../../adapters/postgres/ledger/deliveries.ts";
import { findCampaign } from "../../adapters/postgres/ledger/campaigns.ts";
import { explainDelivery } from "../../app/explain-delivery.ts";
import type { DeliveryState } from "../../domain/delivery.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { print, printJson, printPieces, printTable } from "../output.ts";
import { readId } from "../read-id.ts";
import { withInstallation } from "../with-installation.ts";

const states: readonly string[] = ["pending", "sending", "accepted", "deferred", "refused", "skipped", "uncertain"];
/** A screen's worth; `--csv` gives them all. */
const listedMax = 100;

export function addDeliveriesCommands(program: Command, finish: Finish): void {
  const deliveries = program
    .command("deliveries")
    .argument("[campaign]")
    .description("The deliveries of a campaign, one row a recipient.")
    .option("--state <state>", `only those that are ${states.join(", ")}`)
    .option("--csv", "all of them, as CSV")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet deliveries 12 --state refused --csv > refused.csv\n")
    .action(async (text: string | undefined, flags: { state?: string; csv?: boolean; json?: boolean }) => {
      if (text === undefined)
        throw new InputError({ code: "bad-id", message: 'Say which campaign: "broadsheet deliveries 12".' });
      if (flags.state !== undefined && !states.includes(flags.state))
        throw new InputError({
          code: "bad-state",
          message: `--state "${flags.state}": there are ${states.join(", ")}.`,
        });
      await withInstallation(async ({ pool }) => {
        const { id } = await findCampaign(pool, readId(text, "campaign"));
        const state = (flags.state ?? null) as DeliveryState | null;
        if (flags.csv) return printPieces(exportDeliveries(pool, id, state));
        const rows = await listDeliveries(pool, id, state, listedMax);
        if (flags.json) return printJson(rows);
        printTable(rows, [
          { title: "delivery", value: (row) => row.delivery },
          { title: "address", value: (row) => row.address ?? "(erased)" },
          { title: "state", value: (row) => row.state },
          { title: "tries", value: (row) => row.attempts, align: "right" },
          { title: "lane", value: (row) => row.lane },
          { title: "detail", value: (row) => row.detail ?? "" },
        ]);
        if (rows.length === listedMax) print(`The first ${listedMax}; --csv gives all.`);
      });
      finish(0);
    });

  deliveries
    .command("resolve <delivery>")
    .description("Decide what became of an uncertain delivery: it arrived (accept), or send it again (resend).")
    .requiredOption("--uncertain <decision>", "accept or resend")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet deliveries resolve 12.345 --uncertain accept\n")
    .action(async (text: string, flags: { uncertain: string; json?: boolean }) => {
      const { resolveUncertain } = await import("../../app/resolve-uncertain.ts");
      const answer = await withInstallation(({ config, pool }) =>
        resolveUncertain(pool, config, "command", text, flags.uncertain),
      );
      if (flags.json) printJson(answer);
      else print(`Delivery ${answer.delivery} is ${answer.state}.`);
      finish(0);
    });

  program
    .command("explain <address> <campaign>")
    .description("Why this person did or did not get a campaign.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet explain ada@example.com 12\n")
    .action(async (address: string, text: string, flags: { json?: boolean }) => {
      const explained = await withInstallation(({ pool }) => explainDelivery(pool, address, readId(text, "campaign")));
      if (flags.json) printJson(explained);
      else for (const line of explained.lines) print(line);
      finish(0);
    });
}

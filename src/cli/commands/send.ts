import type { Command } from "commander";
import { describeDestination } from "../../app/destination.ts";
import type { FlightReport } from "../../app/flight-plan.ts";
import { askYes, canAsk } from "../ask-yes.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, print, printJson, printTable } from "../output.ts";
import { withInstallation } from "../with-installation.ts";

interface SendFlags {
  readonly list: string;
  readonly segment?: string;
  readonly at?: string;
  readonly tz?: string;
  readonly test?: string;
  readonly policy?: "hold" | "resend";
  readonly again?: boolean;
  readonly missed?: boolean;
  readonly window?: string;
  readonly canary?: string;
  readonly canaryWait?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly unreachableLinks?: boolean;
  readonly json?: boolean;
}

export function addSendCommand(program: Command, finish: Finish): void {
  program
    .command("send <issue>")
    .description("Plan a campaign: the issue to everybody on a list. The workers do the rest.")
    .requiredOption("--list <slug>", "the list to send to")
    .option("--segment <expression>", "only members for whom this holds")
    .option("--at <time>", "when to begin (default: now)")
    .option("--tz <zone>", 'the zone of --at, or "subscriber" for each reader\'s own')
    .option("--test <address>", "send one test mail to this address, and nothing else")
    .option("--policy <policy>", "what becomes of a delivery without a reply: hold or resend", "hold")
    .option("--window <hours>", "only in these hours of the reader's day, such as 08:00-20:00")
    .option("--canary <share>", "send this share first, such as 1%; the others follow if it went well")
    .option("--canary-wait <time>", "how long the others wait (default 30m)")
    .option("--again", "also to people already planned for this issue")
    .option("--missed", "only to people who did not get this issue before: refused, skipped, or come since")
    .option("--dry-run", "say what would happen, and change nothing")
    .option("--yes", "do not ask before a real send")
    .option("--unreachable-links", "send although readers can't reach PUBLIC_URL")
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      '\nExample:\n  broadsheet send issues/2024-05-new-in-may.yaml --list news --at "2026-12-01 09:00" --tz subscriber\n',
    )
    .action(async (issueFile: string, flags: SendFlags) => {
      finish(await send(issueFile, flags));
    });
}

async function send(issueFile: string, flags: SendFlags): Promise<number> {
  const { prepareSend, planSend, dryRunSend } = await import("../../app/send-issue.ts");
  return withInstallation(async ({ config, pool }) => {
    const destination = describeDestination(config);
    if (!flags.json) note(`To: ${destination.words}`);
    if (flags.test !== undefined) {
      const { sendTest } = await import("../../app/send-test.ts");
      const sent = await sendTest(pool, config, { issueFile, list: flags.list, address: flags.test });
      if (flags.json) printJson(sent);
      else print(`${sent.outcome}: ${sent.detail}`);
      return sent.outcome === "accepted" ? 0 : 1;
    }
    const prepared = await prepareSend(pool, config, { ...flags, issueFile });
    const forecast = await dryRunSend(pool, prepared);
    const skipped = [...forecast.skipped].map(([reason, count]) => ({ reason, count }));
    const toSend = forecast.planned - skipped.reduce((sum, entry) => sum + entry.count, 0);
    if (flags.dryRun) {
      const { reportFlight } = await import("../../app/flight-plan.ts");
      const flight = await reportFlight(pool, config, prepared, forecast);
      if (flags.json)
        printJson({ destination: destination.words, planned: forecast.planned, toSend, skipped, ...flight });
      else {
        printForecast(forecast.planned, toSend, skipped);
        printFlight(flight);
      }
      return 0;
    }
    if (!destination.local && !flags.yes && canAsk()) {
      const { fromName, fromAddress } = prepared.list.sender;
      const question = `Send to ${formatCount(toSend)} people as ${fromName} <${fromAddress}>? [y/N] `;
      if (!(await askYes(question))) {
        note("Nothing was sent.");
        return 1;
      }
    }
    const { campaign, planned } = await planSend(pool, config, "command", prepared);
    if (flags.json) printJson({ campaign, destination: destination.words, planned, toSend, skipped });
    else {
      printForecast(planned, toSend, skipped);
      print(`Campaign ${campaign} is planned. "broadsheet campaigns show ${campaign}" follows it.`);
    }
    return 0;
  });
}

function printForecast(planned: number, toSend: number, skipped: readonly { reason: string; count: number }[]): void {
  print(`${formatCount(planned)} planned, ${formatCount(toSend)} to send`);
  for (const { reason, count } of skipped) print(`  ${formatCount(count)} skipped: ${reason}`);
}

/** Waves shown; a list around the world has some thirty zones in each of a few lanes. */
const legsShown = 200;

function printFlight(flight: FlightReport): void {
  for (const { field, count } of flight.missing)
    print(`  ${formatCount(count)} would be skipped: they have no ${field}, and the issue has no fallback for it`);
  if (flight.largestBytes !== null) print(`The largest message has ${formatCount(flight.largestBytes)} bytes.`);
  if (flight.legs.length === 0) return;
  printTable(flight.legs.slice(0, legsShown), [
    { title: "lane", value: (leg) => leg.lane },
    { title: "mails", value: (leg) => leg.count, align: "right" },
    { title: "from", value: (leg) => leg.startsAt.toISOString() },
    {
      title: "to about",
      value: (leg) =>
        leg.endsAt?.toISOString() ??
        (leg.pausedReason === null ? "never: the cap is too low" : `paused: ${leg.pausedReason}`),
    },
    { title: "", value: (leg) => (leg.assumed ? "the lane has no pace; 500 a second assumed" : "") },
  ]);
  if (flight.legs.length > legsShown) print(`and ${flight.legs.length - legsShown} more waves; --json gives all.`);
}

import type { Command } from "commander";
import {
  addLane,
  changeLane,
  findLane,
  listLanes,
  pauseLane,
  resumeLane,
  type LaneChanges,
  type LaneRecord,
} from "../../adapters/postgres/ledger/lane-settings.ts";
import type { Finish } from "../main.ts";
import { formatCount, print, printJson, printTable } from "../output.ts";
import { readDomainName, readLaneName, readNumber } from "../read-lane.ts";
import { noteCommand } from "../note-command.ts";
import { withInstallation } from "../with-installation.ts";

interface LaneFlags {
  readonly perSecond?: string;
  readonly concurrency?: string;
  readonly dailyCap?: string;
  readonly growth?: string;
  readonly domains?: string[];
  readonly json?: boolean;
}

export function addLaneCommands(program: Command, finish: Finish): void {
  const lanes = program
    .command("lanes")
    .description("The lanes: groups of recipient domains that share a pace.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lanes\n")
    .action(async (flags: { json?: boolean }) => {
      const rows = await withInstallation(({ pool }) => listLanes(pool));
      if (flags.json) printJson(rows);
      else
        printTable(rows, [
          { title: "lane", value: (row) => row.name },
          { title: "a second", value: (row) => row.perSecond ?? "no limit", align: "right" },
          { title: "at once", value: (row) => row.concurrency, align: "right" },
          { title: "today", value: describeCap, align: "right" },
          { title: "domains", value: describeDomains },
          { title: "state", value: describeState },
        ]);
      finish(0);
    });

  const settings = (command: Command): Command =>
    command
      .option("--per-second <number>", "mails a second over all processes, or none for no limit")
      .option("--concurrency <number>", "mails under way at once over all processes")
      .option("--daily-cap <number>", "most tries a day (UTC), or none")
      .option("--growth <percent>", "by how much the cap grows each day, such as 30%")
      .option("--domains <domain...>", "the recipient domains, all of them")
      .option("--json", "answer with JSON");

  settings(lanes.command("add <lane>"))
    .description("Make a lane for recipient domains; campaigns planned from now on use it.")
    .addHelpText("after", "\nExample:\n  broadsheet lanes add webde --domains web.de gmx.de --per-second 5\n")
    .action(async (name: string, flags: LaneFlags) => {
      const lane = await withInstallation(async (context) => {
        const changes = changesOf(flags);
        const added = await addLane(context.pool, readLaneName(name), changes);
        await noteCommand(context, "lane-made", `lane:${added.name}`, { ...changes });
        return added;
      });
      if (flags.json) printJson(lane);
      else print(`Lane ${lane.name} is made, for ${lane.domains.join(", ") || "no domain yet"}.`);
      finish(0);
    });

  settings(lanes.command("set <lane>"))
    .description("Change a lane's pace, cap or domains; running campaigns follow within seconds.")
    .addHelpText(
      "after",
      "\nExample, warming up a new address:\n  broadsheet lanes set gmail --daily-cap 500 --growth 40%\n",
    )
    .action(async (name: string, flags: LaneFlags) => {
      const lane = await withInstallation(async (context) => {
        const changes = changesOf(flags);
        const changed = await changeLane(context.pool, name, changes);
        await noteCommand(context, "lane-changed", `lane:${name}`, { ...changes });
        return changed;
      });
      if (flags.json) printJson(lane);
      else
        print(
          `Lane ${lane.name}: ${lane.perSecond ?? "no limit"} a second, ${lane.concurrency} at once, today ${describeCap(lane)}.`,
        );
      finish(0);
    });

  lanes
    .command("pause <lane>")
    .description("Stop a lane; its mails wait.")
    .option("--reason <words>", "why, for whoever looks next", "paused by an operator")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lanes pause yahoo\n")
    .action(async (name: string, flags: { reason: string; json?: boolean }) => {
      const lane = await withInstallation(async (context) => {
        await findLane(context.pool, name);
        const paused = await pauseLane(context.pool, name, flags.reason);
        await noteCommand(context, "lane-changed", `lane:${name}`, { paused: true });
        return paused;
      });
      if (flags.json) printJson(lane);
      else print(`Lane ${lane.name} is paused: ${lane.pausedReason}`);
      finish(0);
    });

  lanes
    .command("resume <lane>")
    .description("Let a paused lane go on, once what stopped it is mended.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet lanes resume yahoo\n")
    .action(async (name: string, flags: { json?: boolean }) => {
      const reason = await withInstallation(async (context) => {
        const stood = await resumeLane(context.pool, name);
        if (stood !== null) await noteCommand(context, "lane-changed", `lane:${name}`, { paused: false });
        return stood;
      });
      if (flags.json) printJson({ lane: name, resumed: reason !== null, reason });
      else
        print(reason === null ? `Lane ${name} was not stopped.` : `Lane ${name} goes on. It stood because: ${reason}`);
      finish(0);
    });
}

function changesOf(flags: LaneFlags): LaneChanges {
  return {
    ...(flags.perSecond === undefined
      ? {}
      : { perSecond: readNumber("--per-second", flags.perSecond, 0.1, 10_000, true) }),
    ...(flags.concurrency === undefined
      ? {}
      : { concurrency: readNumber("--concurrency", flags.concurrency, 1, 1_000) as number }),
    ...(flags.dailyCap === undefined
      ? {}
      : { dailyCap: readNumber("--daily-cap", flags.dailyCap, 0, 100_000_000, true) }),
    ...(flags.growth === undefined
      ? {}
      : { dailyGrowth: (readNumber("--growth", flags.growth.replace(/%$/, ""), 0, 900) as number) / 100 }),
    ...(flags.domains === undefined ? {} : { domains: flags.domains.map(readDomainName) }),
  };
}

function describeCap(lane: LaneRecord): string {
  return lane.capToday === null ? "no cap" : `${formatCount(lane.claimedToday)} of ${formatCount(lane.capToday)}`;
}

/** Domains in a cell; more would break the table. */
const shownDomainsMax = 3;

function describeDomains(lane: LaneRecord): string {
  if (lane.domains.length === 0) return lane.name === "default" ? "(every other)" : "(none)";
  const shown = lane.domains.slice(0, shownDomainsMax).join(", ");
  const more = lane.domains.length - shownDomainsMax;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function describeState(lane: LaneRecord): string {
  if (lane.pausedReason !== null) return `paused: ${lane.pausedReason}`;
  if (lane.slowedUntil !== null && lane.slowedUntil.getTime() > Date.now())
    return `rests until ${lane.slowedUntil.toISOString()} after a rate limit`;
  return "open";
}

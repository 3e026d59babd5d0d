import { Option, type Command } from "commander";
import { listenForShutdown } from "../../app/shutdown.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, print, printJson } from "../output.ts";

interface DrillFlags {
  readonly seed: string;
  readonly seconds: string;
  readonly recipients: string;
  readonly queue: string;
  readonly policy: string;
  readonly rerun?: boolean;
  readonly json?: boolean;
}

export function addDrillCommand(program: Command, finish: Finish): void {
  program
    .command("drill")
    .description(
      "The crash drill: break an installation of its own in every way, and compare the ledger with what was really taken.",
    )
    .option("--seed <number>", "what is killed when, and which faults strike", "1")
    .option("--seconds <number>", "how long things are killed", "60")
    .option("--recipients <number>", "people to mail", "20000")
    .option("--queue <kind>", "redis (a private redis-server) or postgres", "postgres")
    .option("--policy <policy>", "hold or resend", "hold")
    // For tools/prove-drill.mjs: no faults by chance, only what a broken claim can't survive.
    .addOption(new Option("--rerun", "run every job again whose reply never came").hideHelp())
    .option("--json", "answer with JSON; progress stays on stderr")
    .addHelpText("after", "\nExample:\n  broadsheet drill --seconds 60 --recipients 20000 --seed 1 --queue redis\n")
    .action(async (flags: DrillFlags) => {
      finish(await drill(flags));
    });
}

async function drill(flags: DrillFlags): Promise<number> {
  const [{ runDrill }, { rerunJobs }] = await Promise.all([
    import("../../drill/run-drill.ts"),
    import("../../drill/rerun-jobs.ts"),
  ]);
  const shutdown = listenForShutdown();
  try {
    const report = await (flags.rerun ? rerunJobs : runDrill)({
      seed: readNumber(flags.seed, "--seed", 0, 2 ** 32 - 1),
      seconds: readNumber(flags.seconds, "--seconds", 1, 3_600),
      recipients: readNumber(flags.recipients, "--recipients", 1, 1_000_000),
      queue: readChoice(flags.queue, "--queue", ["redis", "postgres"] as const),
      policy: readChoice(flags.policy, "--policy", ["hold", "resend"] as const),
      signal: shutdown.signal,
      note,
    });
    if (shutdown.signal.aborted) return shutdown.signal.reason === "SIGINT" ? 130 : 143;
    if (flags.json) printJson(report);
    else {
      for (const [name, value] of Object.entries(report))
        print(`${name.padEnd(18)} ${typeof value === "number" ? formatCount(value) : "never"}`);
    }
    const doubledMax = flags.policy === "hold" ? 0 : report.uncertainEver;
    const holds = report.lost === 0 && report.doubled <= doubledMax && report.recoveredSeconds !== null;
    return holds ? 0 : 1;
  } finally {
    shutdown.dispose();
  }
}

function readNumber(text: string, flag: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InputError({ code: "bad-number", message: `${flag} "${text}": a whole number from ${min} to ${max}.` });
}

function readChoice<Choice extends string>(text: string, flag: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === text);
  if (chosen) return chosen;
  throw new InputError({ code: "bad-choice", message: `${flag} "${text}": ${choices.join(" or ")}.` });
}

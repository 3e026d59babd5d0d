import type { Command } from "commander";
import { showSubscriber } from "../../adapters/postgres/subscribers.ts";
import { readAddress } from "../../app/render-issue.ts";
import { formatProblem, InputError } from "../../lib/errors.ts";
import { askYes, canAsk } from "../ask-yes.ts";
import type { Finish } from "../main.ts";
import { formatCount, note, print, printJson } from "../output.ts";
import { withInstallation } from "../with-installation.ts";

interface EraseFlags {
  readonly from?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Erases one person; or, after a restore, everyone again who had been erased. */
export function addEraseCommand(subscribers: Command, finish: Finish): void {
  subscribers
    .command("erase [address]")
    .description("Remove everything about a person for good, as “erase me” on the preference page does.")
    .option("--from <file>", "after a restore: erase again whom an export of suppressions lists; - is stdin")
    .option("--yes", "do not ask; needed where nobody can be asked")
    .option("--json", "answer with JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  broadsheet subscribers erase ada@example.com\n  broadsheet subscribers erase --from suppressions.csv --yes\n",
    )
    .action(async (text: string | undefined, flags: EraseFlags) => {
      if ((text === undefined) === (flags.from === undefined))
        throw new InputError({ code: "bad-choice", message: "Name an address to erase, or a file with --from." });
      finish(await (flags.from === undefined ? eraseOne(text as string, flags) : eraseAll(flags.from, flags)));
    });
}

async function eraseOne(text: string, flags: EraseFlags): Promise<number> {
  const { eraseByHand } = await import("../../app/erase-people.ts");
  const address = readAddress(text);
  return withInstallation(async ({ config, pool }) => {
    const person = await showSubscriber(pool, address.key);
    const lists = person?.subscriptions.map(({ list }) => list).join(", ") || "no list";
    const who = person ? `${person.address} (${lists})` : `${address.address}, whom nobody here knows,`;
    if (!(await isMeant(`Erase ${who} for good?`, flags))) return 1;
    const erasure = await eraseByHand(pool, config, address);
    if (flags.json) printJson({ address: address.address, ...erasure });
    else if (erasure.found)
      print(`Everything about ${address.address} is erased. A hash stays, so that no import undoes it.`);
    else print(`Nobody was known by ${address.address}. A hash stays, so that no import brings them.`);
    return 0;
  });
}

async function eraseAll(file: string, flags: EraseFlags): Promise<number> {
  const { eraseListed } = await import("../../app/erase-people.ts");
  if (file === "-" && flags.yes !== true)
    throw new InputError({ code: "not-confirmed", message: "With --from - nobody can be asked: say --yes." });
  return withInstallation(async ({ config, pool }) => {
    if (!(await isMeant(`Erase again everyone whose hash stands in ${file}?`, flags))) return 1;
    const answer =
      file === "-" ? await eraseListed(pool, config, "stdin", process.stdin) : await eraseListed(pool, config, file);
    if (flags.json) printJson(answer);
    else {
      for (const problem of answer.problems) note(formatProblem(problem));
      if (answer.added + answer.unchanged === 0)
        note(`There is no hash of an erased person in ${file}; they begin with #.`);
      print(`hashes  ${formatCount(answer.added + answer.unchanged)} (${formatCount(answer.added)} new)`);
      print(`erased  ${formatCount(answer.erased)}`);
    }
    return answer.unusable > 0 ? 1 : 0;
  });
}

/** @throws InputError `not-confirmed` where nobody can be asked */
async function isMeant(question: string, { yes }: EraseFlags): Promise<boolean> {
  if (yes) return true;
  if (!canAsk())
    throw new InputError({
      code: "not-confirmed",
      message: "Erasing can't be undone, and there is nobody to ask: say --yes.",
    });
  if (await askYes(`${question} [y/N] `)) return true;
  note("Nobody was erased.");
  return false;
}

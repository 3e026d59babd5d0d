import { Command, CommanderError } from "commander";
import { exitCodeOf } from "../app/run-process.ts";
import { chooseGroups } from "./command-groups.ts";
import { note } from "./output.ts";

/** The exit code of a call that commander itself refused. */
const badCallCode = 2;

/** argv -> use case -> exit code. @param argv without the interpreter and the script */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("broadsheet")
    .description("An email digest pipeline and newsletter sender that can prove what it sent.")
    .showSuggestionAfterError()
    // An option behind a subcommand is the subcommand's, where its parent has one of the same name: campaigns show 12 --json.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false })
    .exitOverride();
  const finish = (code: number): void => {
    exitCode = code;
  };
  for (const { load } of chooseGroups(argv)) (await load())(program, finish);
  try {
    await program.parseAsync(argv as string[], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badCallCode;
    const code = exitCodeOf(error);
    note(code === 2 ? (error as Error).message : ((error as Error)?.stack ?? String(error)));
    return code;
  }
}

/** Each command tells its exit code when it is done. */
export type Finish = (code: number) => void;

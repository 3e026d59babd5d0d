import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { chooseGroups, commandGroups } from "../../../src/cli/command-groups.ts";

describe("the groups of commands", () => {
  it.each(commandGroups.map((group) => [group.names.join(", "), group] as const))(
    "that of %s adds what it says",
    async (_, group) => {
      const program = new Command();
      (await group.load())(program, () => undefined);
      expect(program.commands.map((command) => command.name())).toEqual(group.names);
    },
  );

  it("are all loaded for help and for a misspelt name, and one for a name", () => {
    for (const argv of [[], ["--help"], ["help", "send"], ["chekc"]]) expect(chooseGroups(argv)).toBe(commandGroups);
    expect(chooseGroups(["explain", "1.2"]).flatMap(({ names }) => names)).toEqual(["deliveries", "explain"]);
  });
});

import type { Command } from "commander";
import { listUsers, type UserRecord } from "../../adapters/postgres/access.ts";
import { invite } from "../../app/access/invitations.ts";
import { isRole, roles } from "../../domain/access.ts";
import { InputError } from "../../lib/errors.ts";
import type { Finish } from "../main.ts";
import { note, print, printJson, printTable } from "../output.ts";
import { withInstallation } from "../with-installation.ts";

export function addTeamCommands(program: Command, finish: Finish): void {
  const team = program
    .command("team")
    .description("Who may use the console, and as what.")
    .option("--json", "answer with JSON")
    .addHelpText("after", "\nExample:\n  broadsheet team\n  broadsheet team invite admin\n")
    .action(async (flags: { json?: boolean }) => {
      const users = await withInstallation(({ pool }) => listUsers(pool));
      if (flags.json) printJson(users);
      else if (users.length === 0) print("Nobody yet.");
      else
        printTable<UserRecord>(users, [
          { title: "number", value: (user) => user.id, align: "right" },
          { title: "name", value: (user) => user.name },
          { title: "address", value: (user) => user.address },
          { title: "role", value: (user) => (user.disabledAt ? "taken away" : user.role) },
          { title: "codes", value: (user) => (user.asksCode ? "asked" : "") },
        ]);
      finish(0);
    });

  team
    .command("invite <role>")
    .description(
      "Print a link that makes one account, within a week. Whoever has lost password, codes and colleagues gets in again by it.",
    )
    .addHelpText("after", `\nRoles: ${roles.join(", ")}.\n\nExample:\n  broadsheet team invite admin\n`)
    .action(async (role: string) => {
      if (!isRole(role)) throw new InputError({ code: "bad-role", message: `The roles are ${roles.join(", ")}.` });
      await withInstallation(async ({ pool, config }) => {
        print(`${config.publicUrl}${await invite(pool, config, role, null)}`);
      });
      note("It works once. Whoever has it gets in: give it to nobody else.");
      finish(0);
    });
}

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { acceptInvitation, invitationPath } from "../../../src/app/access/invitations.ts";
import { readConfig } from "../../../src/app/config.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  dataDir = makeTemporaryFolder();
});

const team = (...args: string[]) => runCommand(["team", ...args], { databaseUrl: database.url, dataDir });

test("a link from the terminal makes one account of its role, which the list and the log then have", async () => {
  expect(await team()).toMatchObject({ code: 0, stdout: "Nobody yet.\n" });
  const invited = await team("invite", "admin");
  expect(invited.code).toBe(0);
  const token = invited.stdout.trim().split(invitationPath)[1] as string;
  const person = { address: "ada@example.com", name: "Ada", password: "a long enough password" };
  await acceptInvitation(database.pool, readConfig(), token, person);
  const again = { ...person, address: "max@example.com" };
  await expect(acceptInvitation(database.pool, readConfig(), token, again)).rejects.toThrow(/was used/);

  const listed = await team("--json");
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: "Ada", address: "ada@example.com", role: "admin" }]);
  expect(listed.stdout).not.toContain("password");
  const { rows } = await database.pool.query("SELECT actor, action FROM audit_entries ORDER BY number LIMIT 1");
  expect(rows).toEqual([{ actor: "command", action: "user-invited" }]);
});

test("a role that there is not is refused with those that there are", async () => {
  const refused = await team("invite", "owner");
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("admin, editor, approver, viewer");
});

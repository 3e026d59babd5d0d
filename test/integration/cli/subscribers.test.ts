import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createList } from "../../../src/adapters/postgres/lists.ts";
import { findSubscriber } from "../../../src/adapters/postgres/subscribers.ts";
import { listSuppressions } from "../../../src/adapters/postgres/suppressions.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { runCommand } from "../../support/run-command.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  database = await createTestDatabase();
  await createList(database.pool, { slug: "news", fromAddress: "news@example.com" });
});
afterAll(() => database.drop());
beforeEach(async () => {
  dataDir = makeTemporaryFolder();
  await database.pool.query("DELETE FROM subscribers");
  await database.pool.query("DELETE FROM suppressions");
});

const broadsheet = (args: readonly string[], input?: string) =>
  runCommand(args, { databaseUrl: database.url, dataDir, ...(input === undefined ? {} : { input }) });

describe("subscribers import", () => {
  it("reads standard input, leaves out what it is told to, and ends with 0 when all were taken", async () => {
    const rejects = join(dataDir, "rejects.csv");
    const answer = await broadsheet(
      [
        "subscribers",
        "import",
        "-",
        "--list",
        "news",
        "--rejects",
        rejects,
        "--ignore",
        "Notes",
        "Last order",
        "--json",
      ],
      "email,plan,Notes,Last order\nada@example.com,pro,rude on the phone,2020\n",
    );
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.stdout)).toMatchObject({ accepted: 1, rejected: 0, rejectsFile: null });
    expect((await findSubscriber(database.pool, "ada@example.com"))?.attributes).toEqual({ plan: "pro" });
    expect(existsSync(rejects)).toBe(false);
  });

  it("takes the good rows and ends with 1 when others were rejected, told with line and reason", async () => {
    const file = join(dataDir, "people.csv");
    writeFileSync(file, "email\nada@example.com\nnobody\nmax@example.com\n");
    const answer = await broadsheet(["subscribers", "import", file, "--list", "news"]);
    expect(answer.code).toBe(1);
    expect(answer.stdout).toContain("accepted   2\n");
    expect(answer.stdout).toContain("rejected   1\n");
    expect(readFileSync(`${file}.rejects.csv`, "utf8")).toMatch(/^3,invalid,/m);
    expect(await findSubscriber(database.pool, "max@example.com")).not.toBeNull();
  });

  it("ends with 2, and takes nobody, when a column to leave out is not there", async () => {
    const answer = await broadsheet(
      ["subscribers", "import", "-", "--list", "news", "--ignore", "Note", "--rejects", join(dataDir, "rejects.csv")],
      "email,Notes\nada@example.com,x\n",
    );
    expect(answer).toMatchObject({ code: 2, stderr: expect.stringContaining('"Note"') });
    expect(await findSubscriber(database.pool, "ada@example.com")).toBeNull();
  });

  it("brings nobody back who was suppressed by hand", async () => {
    await broadsheet(["suppressions", "add", "ada@example.com", "--reason", "asked by phone"]);
    const answer = await broadsheet(
      ["subscribers", "import", "-", "--list", "news", "--json", "--rejects", join(dataDir, "rejects.csv")],
      "email\nAda@example.com\n",
    );
    expect(answer.code).toBe(1);
    expect(JSON.parse(answer.stdout)).toMatchObject({ accepted: 0, causes: { suppressed: 1 } });
    expect(await findSubscriber(database.pool, "ada@example.com")).toBeNull();
  });
});

describe("subscribers erase", () => {
  const people = "email\nada@example.com\nmax@example.com\n";
  const importPeople = () =>
    broadsheet(["subscribers", "import", "-", "--list", "news", "--rejects", join(dataDir, "rejects.csv")], people);

  it("asks, and where nobody can be asked it wants --yes", async () => {
    await importPeople();
    expect(await broadsheet(["subscribers", "erase", "ada@example.com"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--yes"),
    });
    expect(await findSubscriber(database.pool, "ada@example.com")).not.toBeNull();
  });

  it("leaves a hash, so that an import can't undo it", async () => {
    await importPeople();
    expect(await broadsheet(["subscribers", "erase", "Ada@example.com", "--yes"])).toMatchObject({ code: 0 });
    expect(await findSubscriber(database.pool, "ada@example.com")).toBeNull();
    expect(await listSuppressions(database.pool, { limit: 10 })).toMatchObject([
      { key: expect.stringMatching(/^#/), reason: "erased", source: "command line" },
    ]);
    expect(await importPeople()).toMatchObject({ code: 1 });
    expect(await findSubscriber(database.pool, "ada@example.com")).toBeNull();
    expect(await broadsheet(["subscribers", "erase", "ada@example.com", "--yes"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Nobody was known"),
    });
  });

  it("is done again after a backup was restored, from an exported list that names nobody", async () => {
    await importPeople();
    await broadsheet(["subscribers", "erase", "ada@example.com", "--yes"]);
    await broadsheet(["suppressions", "add", "zoe@example.com", "--reason", "after the backup"]);
    const exported = join(dataDir, "suppressions.csv");
    await broadsheet(["suppressions", "export", "--out", exported]);
    expect(readFileSync(exported, "utf8")).not.toContain("ada@");

    // As the backup has it: everybody is there, and nothing of what came after.
    await database.pool.query("DELETE FROM suppressions");
    await importPeople();
    expect(await findSubscriber(database.pool, "ada@example.com")).not.toBeNull();

    const again = await broadsheet(["subscribers", "erase", "--from", exported, "--yes", "--json"]);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ added: 1, unchanged: 0, unusable: 0, erased: 1 });
    expect(await findSubscriber(database.pool, "ada@example.com")).toBeNull();
    expect(await findSubscriber(database.pool, "max@example.com")).not.toBeNull();
    // Erasing takes the hashes alone; the rest is for an import of suppressions.
    expect(await listSuppressions(database.pool, { limit: 10 })).toHaveLength(1);
    const twice = await broadsheet(["subscribers", "erase", "--from", "-", "--yes"], readFileSync(exported, "utf8"));
    expect(twice).toMatchObject({ code: 0, stdout: "hashes  1 (0 new)\nerased  0\n" });
  });

  it("wants either an address or a file, and an address that is one", async () => {
    expect(await broadsheet(["subscribers", "erase", "--yes"])).toMatchObject({ code: 2 });
    expect(await broadsheet(["subscribers", "erase", "a@example.com", "--from", "x.csv", "--yes"])).toMatchObject({
      code: 2,
    });
    expect(await broadsheet(["subscribers", "erase", "nobody", "--yes"])).toMatchObject({ code: 2 });
    expect(await broadsheet(["subscribers", "erase", "--from", join(dataDir, "none.csv"), "--yes"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("can't be read"),
    });
    expect(await broadsheet(["subscribers", "erase", "--from", "-"])).toMatchObject({ code: 2 });
  });
});

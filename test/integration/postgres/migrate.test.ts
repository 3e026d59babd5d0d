import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { migrate } from "../../../src/adapters/postgres/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  folder = makeTemporaryFolder();
});

function write(files: Readonly<Record<string, string>>, into = folder): string {
  mkdirSync(into, { recursive: true });
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(into, name), sql);
  return into;
}

async function readApplied(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "SELECT name FROM schema_migrations ORDER BY applied_at",
  );
  return rows.map(({ name }) => name);
}

const first = { "0001-people.sql": "CREATE TABLE people (id int8); CREATE INDEX ON people (id);" };
const second = { "0002-names.sql": "ALTER TABLE people ADD COLUMN name text NOT NULL;" };

describe("migrating", () => {
  test("applies what is missing in the order of the numbers, once", async () => {
    write({ ...second, ...first });
    expect(await migrate(database.pool, folder)).toEqual({ applied: ["0001-people.sql", "0002-names.sql"] });
    expect(await migrate(database.pool, folder)).toEqual({ applied: [] });
    write({ "0010-later.sql": "CREATE TABLE later ()" });
    expect(await migrate(database.pool, folder)).toEqual({ applied: ["0010-later.sql"] });
    expect(await readApplied()).toEqual(["0001-people.sql", "0002-names.sql", "0010-later.sql"]);
  });

  test("begun by several at once is done by one", async () => {
    write({ ...first, ...second });
    const all = await Promise.all([1, 2, 3].map(() => migrate(database.pool, folder)));
    expect(all.flatMap(({ applied }) => applied)).toEqual(["0001-people.sql", "0002-names.sql"]);
  });

  test("leaves nothing of a file that fails, names its line, and goes on once it is mended", async () => {
    write({ ...first, "0002-broken.sql": "CREATE TABLE half ();\n\nALTER TABLE people ADD COLUMN id int8;\n" });
    await expect(migrate(database.pool, folder)).rejects.toMatchObject({
      code: "migration-failed",
      message: expect.stringMatching(/0002-broken\.sql.*column "id".*already exists/),
    });
    expect(await readApplied()).toEqual(["0001-people.sql"]);
    const { rows } = await database.pool.query("SELECT to_regclass('half') AS half");
    expect(rows).toEqual([{ half: null }]);
    write({ "0002-broken.sql": "CREATE TABLE half ();" });
    expect(await migrate(database.pool, folder)).toEqual({ applied: ["0002-broken.sql"] });
  });

  test("counts the lines to a syntax error", async () => {
    write({ "0001-typo.sql": "CREATE TABLE a ();\n-- a word too many\nCREATE TABEL b ();\n" });
    await expect(migrate(database.pool, folder)).rejects.toThrow(/0001-typo\.sql, line 3, failed/);
  });

  test("refuses a file that was changed after it had been applied, and touches nothing", async () => {
    write(first);
    await migrate(database.pool, folder);
    write({ "0001-people.sql": "CREATE TABLE people (id int4);", ...second });
    await expect(migrate(database.pool, folder)).rejects.toMatchObject({
      code: "migration-changed",
      message: expect.stringContaining("0001-people.sql was changed"),
    });
    expect(await readApplied()).toEqual(["0001-people.sql"]);
  });

  test("does not mind line ends that git made of another kind", async () => {
    write({ "0001-lines.sql": "CREATE TABLE a ();\nCREATE TABLE b ();\n" });
    await migrate(database.pool, folder);
    write({ "0001-lines.sql": "CREATE TABLE a ();\r\nCREATE TABLE b ();\r\n" });
    expect(await migrate(database.pool, folder)).toEqual({ applied: [] });
  });

  test("refuses a database that is newer than the code", async () => {
    await migrate(database.pool, write({ ...first, ...second }));
    await expect(migrate(database.pool, write(first, join(folder, "older")))).rejects.toMatchObject({
      code: "migration-newer",
      message: expect.stringContaining("0002-names.sql"),
    });
  });

  test("refuses a file that slipped in below the newest applied", async () => {
    write({ ...first, "0003-late.sql": "CREATE TABLE late ()" });
    await migrate(database.pool, folder);
    write(second);
    await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: "migration-gap" });
  });

  test.each(["1-short.sql", "0001_under.sql", "0001-Upper.sql"])("refuses a file called %s", async (name) => {
    write({ [name]: "SELECT 1" });
    await expect(migrate(database.pool, folder)).rejects.toThrow(/is called NNNN-name\.sql/);
  });

  test("refuses two files of one number", async () => {
    write({ ...first, "0001-other.sql": "SELECT 1" });
    await expect(migrate(database.pool, folder)).rejects.toThrow(/number is its own/);
  });

  test("leaves the pool's connections as they were", async () => {
    await migrate(database.pool, write(first));
    const { rows } = await database.pool.query("SHOW statement_timeout");
    expect(rows).toEqual([{ statement_timeout: "5min" }]);
  });
});

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { inTransaction } from "../../../src/adapters/postgres/transaction.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false, max: 1 });
  await database.pool.query("CREATE TABLE notes (text text)");
});
beforeEach(() => database.pool.query("TRUNCATE notes"));
afterAll(() => database.drop());

async function readNotes(): Promise<string[]> {
  return (await database.pool.query<{ text: string }>("SELECT text FROM notes")).rows.map(({ text }) => text);
}

test("what returns is committed, and its value given back", async () => {
  const value = await inTransaction(database.pool, async (client) => {
    await client.query("INSERT INTO notes VALUES ('kept')");
    return 7;
  });
  expect(value).toBe(7);
  expect(await readNotes()).toEqual(["kept"]);
});

test("what throws leaves nothing, and the caller gets the very error", async () => {
  const trouble = new Error("on purpose");
  const work = inTransaction(database.pool, async (client) => {
    await client.query("INSERT INTO notes VALUES ('lost')");
    throw trouble;
  });
  await expect(work).rejects.toBe(trouble);
  expect(await readNotes()).toEqual([]);
});

test("a statement's failure that was swallowed does not pass as committed", async () => {
  const work = inTransaction(database.pool, async (client) => {
    await client.query("INSERT INTO notes VALUES ('lost')");
    await client.query("SELECT 1 / 0").catch(() => undefined);
  });
  await expect(work).rejects.toThrow(/rolled back/);
  expect(await readNotes()).toEqual([]);
});

test("a connection that breaks in the middle is not used again", async () => {
  const work = inTransaction(database.pool, async (client) => {
    await client.query("INSERT INTO notes VALUES ('lost')");
    await client.query("SELECT pg_terminate_backend(pg_backend_pid())");
  });
  await expect(work).rejects.toMatchObject({ code: "57P01" });
  expect(await readNotes()).toEqual([]);
});

test("a part within a transaction is taken back alone, and a failed statement in it does no harm outside", async () => {
  await inTransaction(database.pool, async (client) => {
    await client.query("INSERT INTO notes VALUES ('before')");
    const part = inTransaction(client, async () => {
      await client.query("INSERT INTO notes VALUES ('lost')");
      await inTransaction(client, () => client.query("INSERT INTO notes VALUES ('lost with it')"));
      await client.query("SELECT 1 / 0");
    });
    await expect(part).rejects.toThrow("division by zero");
    await inTransaction(client, () => client.query("INSERT INTO notes VALUES ('after')"));
  });
  expect(await readNotes()).toEqual(["before", "after"]);
});

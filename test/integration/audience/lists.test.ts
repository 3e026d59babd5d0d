import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allLists, createList, findList, showList, updateList } from "../../../src/adapters/postgres/lists.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importCsv } from "../../support/import-csv.ts";

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());

it("says how to make the first list while there is none", async () => {
  await expect(findList(pool, "news")).rejects.toThrow(
    'There is no list "news"; there is none yet: broadsheet lists create SLUG --from ADDRESS',
  );
});

it("makes a list and finds it by its slug", async () => {
  const made = await createList(pool, {
    slug: "weekly",
    name: "The Weekly",
    fromAddress: "weekly@example.com",
    postalAddress: ["1 Example Street", "12345 Town"],
    zone: "Europe/Berlin",
  });
  expect(await findList(pool, "weekly")).toEqual(made);
  expect(made).toEqual({
    id: expect.any(Number),
    slug: "weekly",
    name: "The Weekly",
    zone: "Europe/Berlin",
    sender: {
      listSlug: "weekly",
      listName: "The Weekly",
      fromName: "The Weekly",
      fromAddress: "weekly@example.com",
      replyTo: null,
      postalAddress: ["1 Example Street", "12345 Town"],
      listId: "weekly.example.com",
    },
  });
});

it("makes no second list of the same slug, and names what is wrong with a first", async () => {
  await expect(createList(pool, { slug: "weekly", fromAddress: "x@example.com" })).rejects.toThrow(
    "There is a list weekly already",
  );
  await expect(createList(pool, { slug: "Weekly", fromAddress: "x@example.com" })).rejects.toThrow("lower-case");
});

it("asks whether another list was meant", async () => {
  await expect(findList(pool, "wekly")).rejects.toThrow("did you mean weekly?");
  await expect(findList(pool, "quite-another")).rejects.toThrow("there are weekly");
});

it("changes what may change, and only that", async () => {
  const changed = await updateList(pool, "weekly", { replyTo: "team@example.com", lang: "de", name: "Die Woche" });
  expect(changed).toMatchObject({
    name: "Die Woche",
    zone: "Europe/Berlin",
    sender: { replyTo: "team@example.com", listId: "weekly.example.com", fromName: "The Weekly" },
  });
  expect(await updateList(pool, "weekly", { replyTo: null })).toMatchObject({ sender: { replyTo: null } });
  await expect(updateList(pool, "weekly", { zone: "Mars" })).rejects.toThrow("not a known time zone");
  await expect(updateList(pool, "monthly", { name: "x" })).rejects.toThrow("There is no list");
});

it("counts who is on it", async () => {
  const { id } = await findList(pool, "weekly");
  await importCsv(pool, { listId: id, csv: "email\nada@example.com\nmax@example.com\nzoe@example.com\n" });
  await pool.query(
    "UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = (SELECT id FROM subscribers WHERE address_key = 'max@example.com')",
  );
  await createList(pool, { slug: "empty", fromAddress: "x@example.com" });
  expect((await showList(pool, "weekly")).subscriptions).toEqual({ pending: 0, confirmed: 2, unsubscribed: 1 });
  expect((await showList(pool, "weekly")).lang).toBe("de");
  expect((await allLists(pool)).map(({ slug, subscriptions }) => [slug, subscriptions.confirmed])).toEqual([
    ["empty", 0],
    ["weekly", 2],
  ]);
});

it("is never deleted: its subscriptions are the proof of consent", async () => {
  await expect(pool.query("DELETE FROM lists WHERE slug = 'empty'")).rejects.toThrow("a list is never deleted");
});

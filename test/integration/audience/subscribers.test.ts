import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exportSubscribers, type ExportOptions } from "../../../src/adapters/postgres/export-subscribers.ts";
import { createList } from "../../../src/adapters/postgres/lists.ts";
import {
  ensureSubscriber,
  findSubscriber,
  searchPrefixSql,
  searchSubscribers,
  showSubscriber,
  updateSubscriber,
} from "../../../src/adapters/postgres/subscribers.ts";
import { subscribe, unsubscribe } from "../../../src/adapters/postgres/subscriptions.ts";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import { parseSegment } from "../../../src/domain/segment-parse.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importCsv } from "../../support/import-csv.ts";

let database: TestDatabase;
let pool: Pool;
let listId: number;
let otherListId: number;
let listNumber = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query("DELETE FROM subscribers");
  listNumber += 1;
  listId = (await createList(pool, { slug: `news-${listNumber}`, fromAddress: "news@example.com" })).id;
  otherListId = (await createList(pool, { slug: `other-${listNumber}`, fromAddress: "news@example.com" })).id;
});

const person = (text: string): Promise<{ id: number; isNew: boolean }> =>
  ensureSubscriber(pool, parseAddress(text) as Address);

async function statuses(id: number): Promise<string[]> {
  const { rows } = await pool.query<{ status: string }>(
    "SELECT status FROM subscriptions WHERE subscriber_id = $1 ORDER BY list_id",
    [id],
  );
  return rows.map(({ status }) => status);
}

describe("one person", () => {
  it("is one row, and keeps the first spelling", async () => {
    const first = await person("Ada@Example.com");
    expect(first.isNew).toBe(true);
    expect(await person("ada@EXAMPLE.com")).toEqual({ id: first.id, isNew: false });
    expect(await findSubscriber(pool, "ada@example.com")).toMatchObject({
      id: first.id,
      address: "Ada@Example.com",
      topics: [],
      attributes: {},
    });
    expect(await findSubscriber(pool, "nobody@example.com")).toBeNull();
    expect(await showSubscriber(pool, "nobody@example.com")).toBeNull();
  });

  it("is one row for two who sign up at once", async () => {
    const found = await Promise.all(Array.from({ length: 8 }, () => person("ada@example.com")));
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it("is changed field by field", async () => {
    const { id } = await person("ada@example.com");
    await updateSubscriber(pool, id, {
      lang: "de",
      zone: "Europe/Berlin",
      topics: ["ai"],
      attributes: { firstName: "Ada", plan: "pro" },
    });
    expect(await updateSubscriber(pool, id, { zone: null, attributes: { plan: null, city: "London" } })).toBe(true);
    expect(await findSubscriber(pool, "ada@example.com")).toMatchObject({
      lang: "de",
      zone: null,
      topics: ["ai"],
      attributes: { firstName: "Ada", city: "London" },
    });
    expect(await updateSubscriber(pool, id + 1_000, { lang: "de" })).toBe(false);
  });
});

describe("memberships", () => {
  it("begin, end and begin again, with their proof", async () => {
    const { id } = await person("ada@example.com");
    expect(await subscribe(pool, { subscriberId: id, listId, status: "pending", consent: { form: "footer" } })).toBe(
      true,
    );
    expect(
      await subscribe(pool, {
        subscriberId: id,
        listId,
        status: "confirmed",
        consent: { form: "footer", confirmed: "now" },
      }),
    ).toBe(true);
    expect(await subscribe(pool, { subscriberId: id, listId, status: "pending", consent: {} })).toBe(false);
    expect(await unsubscribe(pool, { subscriberId: id, listId, how: { by: "one-click" } })).toBe(1);
    expect(await unsubscribe(pool, { subscriberId: id, listId, how: { by: "one-click" } })).toBe(0);
    expect((await showSubscriber(pool, "ada@example.com"))?.subscriptions).toMatchObject([
      {
        listId,
        list: `news-${listNumber}`,
        status: "unsubscribed",
        consent: { form: "footer", left: { by: "one-click", at: expect.any(String) } },
      },
    ]);
    expect(await subscribe(pool, { subscriberId: id, listId, status: "confirmed", consent: { form: "again" } })).toBe(
      true,
    );
    expect(await statuses(id)).toEqual(["confirmed"]);
  });

  it("end on all lists at once", async () => {
    const { id } = await person("ada@example.com");
    for (const list of [listId, otherListId])
      await subscribe(pool, { subscriberId: id, listId: list, status: "confirmed", consent: {} });
    expect(await unsubscribe(pool, { subscriberId: id, listId: "all", how: { by: "page" } })).toBe(2);
    expect(await statuses(id)).toEqual(["unsubscribed", "unsubscribed"]);
  });

  it("leave a mark even on a list that one was not on, so that no import adds one", async () => {
    const { id } = await person("ada@example.com");
    expect(await unsubscribe(pool, { subscriberId: id, listId, how: { by: "mail" } })).toBe(1);
    expect(await importCsv(pool, { listId, csv: "email\nada@example.com\n" })).toMatchObject({
      accepted: 0,
      causes: { unsubscribed: 1 },
    });
  });

  it("need a person, and go with the person", async () => {
    expect(await subscribe(pool, { subscriberId: 999_999_999, listId, status: "confirmed", consent: {} })).toBe(false);
    expect(await unsubscribe(pool, { subscriberId: 999_999_999, listId, how: {} })).toBe(0);
    const { id } = await person("ada@example.com");
    await subscribe(pool, { subscriberId: id, listId, status: "confirmed", consent: {} });
    await pool.query("DELETE FROM subscribers WHERE id = $1", [id]);
    expect(await statuses(id)).toEqual([]);
  });
});

describe("searching", () => {
  const find = async (prefix: string, rest: object = {}): Promise<string[]> =>
    (await searchSubscribers(pool, { prefix, limit: 10, ...rest })).map(({ address }) => address);

  it("finds people by the beginning of the address, a page at a time", async () => {
    await importCsv(pool, {
      listId,
      csv: "email\nADA@example.com\nadam@example.com\nbob@example.com\na..d@docomo.ne.jp\nad_x@example.com\nada%@example.com\n",
    });
    expect(await find("Ada")).toEqual(["ada%@example.com", "ADA@example.com", "adam@example.com"]);
    expect(await find("ad_")).toEqual(["ad_x@example.com"]);
    expect(await find("a..d")).toEqual(["a..d@docomo.ne.jp"]);
    expect(await find("", { limit: 2 })).toHaveLength(2);
    expect(await find("")).toHaveLength(6);
    expect(await find("ada", { after: "ada%@example.com", limit: 1 })).toEqual(["ADA@example.com"]);
    expect(await find("x")).toEqual([]);
  });

  it("finds a domain, and members of one list alone", async () => {
    await importCsv(pool, { listId, csv: "email\nada@example.com\nmax@example.org\n" });
    await importCsv(pool, { listId: otherListId, csv: "email\nzoe@example.org\n" });
    expect(await find("@example.org")).toEqual(["max@example.org", "zoe@example.org"]);
    expect(await find("", { listId: otherListId })).toEqual(["zoe@example.org"]);
  });

  it("reads no more of the index than it shows, among many", async () => {
    await pool.query(
      "INSERT INTO subscribers (address_key, address, domain) SELECT x, x, 'e.x' FROM (SELECT 'p' || n || '@e.x' AS x FROM generate_series(1, 20000) n) y",
    );
    await pool.query("ANALYZE subscribers");
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE, BUFFERS) ${searchPrefixSql}`, [
      "p1234",
      "",
      null,
      5,
    ]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).not.toContain("Seq Scan on subscribers");
    expect(plan).not.toContain("Rows Removed by Filter");
  });
});

describe("exporting", () => {
  async function csvOf(options: ExportOptions): Promise<string> {
    let text = "";
    for await (const piece of exportSubscribers(pool, options)) text += piece;
    return text;
  }

  const csv =
    'email,firstName,lang,zone,topics,plan,Company size,note\nAda@Example.com,Ada,de,Europe/Berlin,ai;events,pro,"10, or so","say ""hi"""\nzoë@bücher.example,,,,,,,\n';

  it("gives what an import gave, with the status on the list", async () => {
    await importCsv(pool, { listId, csv });
    const text = await csvOf({ listId });
    const [header, ada, zoe, end] = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "INSTANT").split("\r\n");
    expect(header).toBe("email,firstName,lastName,lang,zone,topics,status,joined,companySize,note,plan");
    expect(ada).toBe('Ada@Example.com,Ada,,de,Europe/Berlin,ai;events,confirmed,INSTANT,"10, or so","say ""hi""",pro');
    expect(zoe).toBe("zoë@bücher.example,,,,,,confirmed,INSTANT,,,");
    expect(end).toBe("");
  });

  it("is imported as it is: nothing changes, and nobody who left comes along", async () => {
    await importCsv(pool, { listId, csv });
    const left = await findSubscriber(pool, "zoë@xn--bcher-kva.example");
    await unsubscribe(pool, { subscriberId: left?.id as number, listId, how: { by: "page" } });
    const text = await csvOf({ listId });
    expect(await importCsv(pool, { listId, csv: text })).toMatchObject({ rows: 2, unchanged: 1, rejected: 1 });
    expect(await importCsv(pool, { listId: otherListId, csv: text })).toMatchObject({
      rows: 2,
      accepted: 1,
      rejected: 1,
    });
  });

  it("gives a segment of everybody", async () => {
    await importCsv(pool, { listId, csv });
    const text = await csvOf({ segment: parseSegment('plan = "pro"') });
    expect(text.split("\r\n").map((line) => line.split(",")[0])).toEqual(["email", "Ada@Example.com", ""]);
    expect(text.split("\r\n")[0]).not.toContain("status");
  });

  it("lets go of its connection when nobody reads on", async () => {
    await importCsv(pool, {
      listId,
      csv: `email\n${Array.from({ length: 3_000 }, (_, index) => `p${index}@example.com\n`).join("")}`,
    });
    for (let round = 0; round < 15; round++) {
      for await (const piece of exportSubscribers(pool, {})) if (piece.includes("p1")) break;
    }
    expect(pool.waitingCount).toBe(0);
    expect((await csvOf({})).split("\r\n")).toHaveLength(3_002);
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectWithRetry, createPool, describeTarget } from "../../../src/adapters/postgres/connect.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
});
afterAll(() => database.drop());

describe("a pool", () => {
  test("gives int8 as exact numbers, alone and in arrays, and nulls as nulls", async () => {
    const { rows } = await database.pool.query(
      "SELECT 9007199254740991::int8 AS large, count(*) AS counted, ARRAY[1, NULL]::int8[] AS several, NULL::int8 AS none",
    );
    expect(rows).toEqual([{ large: Number.MAX_SAFE_INTEGER, counted: 1, several: [1, null], none: null }]);
  });

  test("dies of an int8 that a number cannot hold, rather than rounding it", async () => {
    await expect(database.pool.query("SELECT 9007199254740993::int8 AS larger")).rejects.toThrow(/9007199254740993/);
  });

  test("ends a statement at its bound, and goes on", async () => {
    const pool = createPool(database.url, { max: 1, applicationName: "bounded", statementMsMax: 100 });
    try {
      await expect(pool.query("SELECT pg_sleep(60)")).rejects.toMatchObject({ code: "57014" });
      expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });

  test("is told of an idle connection that breaks, and connects anew", async () => {
    let lost: (error: Error) => void = () => {};
    const broken = new Promise<Error>((resolve) => (lost = resolve));
    const pool = createPool(database.url, { max: 1, applicationName: "idle", onConnectionLost: lost });
    try {
      const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      await database.pool.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
      expect(await broken).toMatchObject({ code: "57P01" });
      expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });

  test("carries its application's name", async () => {
    const pool = createPool(database.url, { max: 1, applicationName: "broadsheet named" });
    expect((await pool.query("SHOW application_name")).rows).toEqual([{ application_name: "broadsheet named" }]);
    await pool.end();
  });
});

describe("connecting", () => {
  const quick = { attemptsMax: 3, pauseMs: 1 };

  test("gives up after its tries, names host, port and database, and never the password", async () => {
    const retries: string[] = [];
    const error: unknown = await connectWithRetry(
      "postgresql://someone:s3cret@127.0.0.1:1/letters",
      { max: 1, applicationName: "nobody" },
      { ...quick, onRetry: (reason) => retries.push(reason) },
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "postgres-unavailable",
      message: expect.stringMatching(
        /^PostgreSQL at 127\.0\.0\.1:1\/letters cannot be used after 3 tries: .*ECONNREFUSED/,
      ),
    });
    expect(retries).toHaveLength(2);
    expect(`${String(error)} ${retries.join(" ")}`).not.toContain("s3cret");
  });

  test("does not try again where waiting mends nothing", async () => {
    const missing = database.url.replace(/\/[^/]+$/, "/no_such_database");
    await expect(connectWithRetry(missing, { max: 1, applicationName: "nobody" }, quick)).rejects.toMatchObject({
      code: "postgres-unavailable",
      message: expect.stringMatching(/no_such_database cannot be used: database "no_such_database" does not exist/),
    });
  });

  test("gives a pool that works", async () => {
    const pool = await connectWithRetry(database.url, { max: 1, applicationName: "works" }, quick);
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  test.each([
    ["postgresql://a:b@db.example.com:6543/news", "db.example.com:6543/news"],
    ["postgres://a:b@[::1]/news?sslmode=disable", "::1:5432/news"],
    ["postgresql://%2Fvar%2Frun/news", "/var/run:5432/news"],
  ])("describes %s as %s", (url, described) => {
    expect(describeTarget(url)).toBe(described);
  });
});

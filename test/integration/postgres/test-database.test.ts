import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

describe("a test's own database", () => {
  let first: TestDatabase;
  let second: TestDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  });
  afterAll(async () => {
    await Promise.all([first.drop(), second.drop()]);
  });

  test("has the schema of this code", async () => {
    const { rows } = await first.pool.query("SELECT name FROM schema_migrations ORDER BY name");
    expect(rows[0]).toEqual({ name: expect.stringMatching(/^0001-/) });
  });

  test("shares nothing with another one", async () => {
    await first.pool.query("CREATE TABLE only_here (id int8)");
    const { rows } = await second.pool.query("SELECT to_regclass('only_here') AS found");
    expect(rows).toEqual([{ found: null }]);
  });
});

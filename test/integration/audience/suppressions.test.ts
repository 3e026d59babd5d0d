import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createList } from "../../../src/adapters/postgres/lists.ts";
import {
  addSuppressions,
  exportSuppressions,
  findSuppression,
  importSuppressions,
  liftSuppression,
  listSuppressions,
  readSuppressionLog,
  readSuppressionRows,
  suppressedSql,
  suppressionReasonSql,
} from "../../../src/adapters/postgres/suppressions.ts";
import { readSuppressions } from "../../../src/audience/read-suppressions.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { importCsv } from "../../support/import-csv.ts";

let database: TestDatabase;
let pool: Pool;
let listNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query("DELETE FROM subscribers");
  await pool.query("DELETE FROM suppressions");
  await pool.query(
    "ALTER TABLE suppression_log DISABLE TRIGGER USER; DELETE FROM suppression_log; ALTER TABLE suppression_log ENABLE TRIGGER USER",
  );
});

const ada = { key: "ada@example.com", domain: "example.com" };

async function logOf(key: string): Promise<string[]> {
  return (await readSuppressionLog(pool, [key])).map(({ action, reason, source }) => `${action} ${reason} ${source}`);
}

describe("suppressing", () => {
  it("bars an address or a whole domain, and says why", async () => {
    await addSuppressions(pool, [
      { key: ada.key, reason: "complaint", source: "report 7" },
      { key: "@blocked.example", reason: "manual", source: "operator" },
    ]);
    expect(await findSuppression(pool, ada)).toMatchObject({
      key: ada.key,
      reason: "complaint",
      source: "report 7",
      provisional: false,
    });
    expect(await findSuppression(pool, { key: "x@blocked.example", domain: "blocked.example" })).toMatchObject({
      key: "@blocked.example",
    });
    expect(await findSuppression(pool, { key: "x@sub.blocked.example", domain: "sub.blocked.example" })).toBeNull();
  });

  it("keeps the first reason, but makes a provisional one final", async () => {
    expect(
      await addSuppressions(pool, [{ key: ada.key, reason: "hard-bounce", source: "one", provisional: true }]),
    ).toBe(1);
    expect(
      await addSuppressions(pool, [{ key: ada.key, reason: "hard-bounce", source: "two", provisional: true }]),
    ).toBe(0);
    expect(await addSuppressions(pool, [{ key: ada.key, reason: "complaint", source: "three" }])).toBe(1);
    expect(await addSuppressions(pool, [{ key: ada.key, reason: "manual", source: "four" }])).toBe(0);
    expect(await findSuppression(pool, ada)).toMatchObject({
      reason: "complaint",
      source: "three",
      provisional: false,
    });
    expect(await logOf(ada.key)).toEqual(["added hard-bounce one", "added complaint three"]);
  });

  it("takes one key twice in a batch, and two batches at once in any order", async () => {
    const entries = Array.from({ length: 500 }, (_, index) => ({
      key: `p${index}@example.com`,
      reason: "imported" as const,
      source: "file",
    }));
    const counts = await Promise.all([
      addSuppressions(pool, [...entries, ...entries]),
      addSuppressions(pool, entries.toReversed()),
    ]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(500);
  });
});

describe("lifting", () => {
  it("needs a reason, and is kept for good", async () => {
    await addSuppressions(pool, [{ key: ada.key, reason: "complaint", source: "report" }]);
    await expect(liftSuppression(pool, [ada.key], { reason: "  ", source: "operator" })).rejects.toThrow(
      "needs a reason",
    );
    expect(await liftSuppression(pool, [ada.key], { reason: "asked by phone", source: "operator" })).toBe(true);
    expect(await liftSuppression(pool, [ada.key], { reason: "again", source: "operator" })).toBe(false);
    expect(await findSuppression(pool, ada)).toBeNull();
    expect(await logOf(ada.key)).toEqual(["added complaint report", "lifted asked by phone operator"]);
  });

  it("can't be undone in the log", async () => {
    await addSuppressions(pool, [{ key: ada.key, reason: "complaint", source: "report" }]);
    await expect(pool.query("DELETE FROM suppression_log")).rejects.toThrow("append-only");
    await expect(pool.query("UPDATE suppression_log SET reason = 'manual'")).rejects.toThrow("append-only");
    await expect(pool.query("UPDATE suppression_log SET key = 'max@example.com'")).rejects.toThrow("append-only");
  });
});

describe("the condition for other statements", () => {
  it("is true for exactly those who must not be mailed", async () => {
    const { id } = await createList(pool, { slug: `news-${++listNumber}`, fromAddress: "news@example.com" });
    await importCsv(pool, { listId: id, csv: "email\nada@example.com\nmax@blocked.example\nzoe@example.com\n" });
    await addSuppressions(pool, [
      { key: ada.key, reason: "soft-bounces", source: "x", provisional: true },
      { key: "@blocked.example", reason: "manual", source: "x" },
      { key: "@example.com.evil.example", reason: "manual", source: "x" },
    ]);
    const { rows } = await pool.query(
      `SELECT person.address, ${suppressedSql("person")} AS suppressed, ${suppressionReasonSql("person")} AS reason FROM subscribers person ORDER BY address`,
    );
    expect(rows).toEqual([
      { address: "ada@example.com", suppressed: true, reason: "soft-bounces" },
      { address: "max@blocked.example", suppressed: true, reason: "manual" },
      { address: "zoe@example.com", suppressed: false, reason: null },
    ]);
  });
});

describe("import and export", () => {
  const hash = `#${"ab".repeat(32)}`;

  async function exported(): Promise<string> {
    let text = "";
    for await (const piece of exportSuppressions(pool)) text += piece;
    return text;
  }

  const readText = (text: string) =>
    readSuppressions({
      file: "blocked.csv",
      bytes: (async function* () {
        yield Buffer.from(text);
      })(),
    });

  it("carry everything to another installation", async () => {
    await addSuppressions(pool, [
      { key: "ada@example.com", reason: "complaint", source: "report" },
      { key: "@blocked.example", reason: "manual", source: "operator" },
      { key: hash, reason: "erased", source: "page" },
      { key: "max@example.com", reason: "hard-bounce", source: "report", provisional: true },
    ]);
    const text = await exported();
    await pool.query("DELETE FROM suppressions");
    expect(await importSuppressions(pool, readText(text))).toBe(4);
    const shown = (await listSuppressions(pool, { limit: 10 })).map(
      ({ key, reason, provisional }) => `${key} ${reason} ${provisional}`,
    );
    expect(shown).toEqual([
      `${hash} erased false`,
      "@blocked.example manual false",
      "ada@example.com complaint false",
      "max@example.com hard-bounce true",
    ]);
    expect(await importSuppressions(pool, readText(text))).toBe(0);
  });

  it("change nothing when the file breaks off", async () => {
    const broken = `${Array.from({ length: 2_000 }, (_, index) => `p${index}@example.com\n`).join("")}"open`;
    await expect(importSuppressions(pool, readText(broken))).rejects.toThrow("never closed");
    expect(await listSuppressions(pool, { limit: 10 })).toEqual([]);
  });

  it("are listed by their beginning, page by page, the provisional ones apart", async () => {
    await addSuppressions(pool, [
      { key: "ada@example.com", reason: "manual", source: "x" },
      { key: "adam@example.com", reason: "manual", source: "x", provisional: true },
      { key: "bob@example.com", reason: "manual", source: "x" },
    ]);
    const keys = async (page: object): Promise<string[]> =>
      (await listSuppressions(pool, { limit: 10, ...page })).map(({ key }) => key);
    expect(await keys({ prefix: "ada" })).toEqual(["ada@example.com", "adam@example.com"]);
    expect(await keys({ after: "ada@example.com", limit: 1 })).toEqual(["adam@example.com"]);
    expect(await keys({ provisional: true })).toEqual(["adam@example.com"]);
  });
});

it("who stops reading in the middle leaves the connection as good as it was", async () => {
  await addSuppressions(
    pool,
    Array.from({ length: 2_500 }, (_, index) => ({
      key: `p${index}@example.com`,
      reason: "manual" as const,
      source: "x",
    })),
  );
  const connections = pool.totalCount;
  for await (const rows of readSuppressionRows(pool)) {
    expect(rows).toHaveLength(1_000);
    break;
  }
  expect(pool.idleCount).toBe(pool.totalCount);
  expect(pool.totalCount).toBe(connections);
  expect(await listSuppressions(pool, { limit: 1 })).toHaveLength(1);
});

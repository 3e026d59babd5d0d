import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pool } from "../../../src/adapters/postgres/connect.ts";
import { listAudit, listAuditDetails } from "../../../src/adapters/postgres/audit.ts";
import { audited, checkAudit, noteAudit } from "../../../src/app/audit/record-audit.ts";
import { erasePerson } from "../../../src/app/erase-people.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

const config = { secrets: ["a secret of more than sixteen characters"], dataDir: "/nonexistent" };
const other = { ...config, secrets: ["another secret of more than sixteen"] };

/** As somebody would who owns the database: the refusal to change entries is switched off. */
async function tamper(pool: Pool, sql: string): Promise<void> {
  await pool.query(`
    BEGIN; ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
    ${sql};
    ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only; COMMIT`);
}

async function fill(pool: Pool, count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1)
    await noteAudit(pool, config, {
      actor: "command",
      action: "list-changed",
      subject: `list:${index}`,
      facts: { index },
    });
}

describe("the audit log", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ max: 20 });
  });
  afterAll(() => database.drop());

  it("holds while forty write at once, without a gap and without a deadlock", async () => {
    const { pool } = database;
    await pool.query("CREATE TABLE things (id int PRIMARY KEY, touched int NOT NULL)");
    await pool.query("INSERT INTO things SELECT n, 0 FROM generate_series(1, 4) n");
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        audited(
          pool,
          config,
          // Four rows fought over: each holds a row's lock while it waits for the log's.
          (client) => client.query("UPDATE things SET touched = touched + 1 WHERE id = $1", [(index % 4) + 1]),
          () => ({ actor: "command", action: "list-changed", subject: `list:${index}` }),
        ),
      ),
    );
    expect((await checkAudit(pool, config)).problems).toEqual([]);
    const { rows } = await pool.query("SELECT number FROM audit_entries ORDER BY number");
    expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect((await pool.query("SELECT touched FROM things")).rows).toEqual(Array(4).fill({ touched: 10 }));
  });

  it("has no entry of what was taken back, and nothing happens that can't be written down", async () => {
    const { pool } = database;
    const before = (await checkAudit(pool, config)).head;
    await expect(
      audited(
        pool,
        config,
        () => Promise.reject(new Error("it failed")),
        () => ({ actor: "command", action: "list-changed", subject: "" }),
      ),
    ).rejects.toThrow("it failed");
    await expect(
      audited(
        pool,
        config,
        (client) => client.query("UPDATE things SET touched = 99"),
        () => ({ actor: "command", action: "list-changed", subject: "", facts: { bad: "\0" } }),
      ),
    ).resolves.toBeDefined();
    await expect(
      audited(
        pool,
        config,
        (client) => client.query("UPDATE things SET touched = 100"),
        () => ({ actor: "command", action: "list-changed", subject: "a NUL that no text holds: \0" }),
      ),
    ).rejects.toThrow(/0x00/);
    expect((await checkAudit(pool, config)).head.number).toBe(before.number + 1);
    expect((await pool.query("SELECT DISTINCT touched FROM things")).rows).toEqual([{ touched: 99 }]);
  });

  it("refuses a change, a removal and an emptying by the ordinary way", async () => {
    for (const sql of ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"])
      await expect(database.pool.query(sql)).rejects.toThrow("never changed or removed");
  });

  it("shows pages, newest first, and the entries about one thing", async () => {
    const { pool } = database;
    const first = await listAudit(pool, { limit: 10 });
    const second = await listAudit(pool, { limit: 10, before: first.at(-1)?.number as number });
    expect([...first, ...second].map(({ number }) => number)).toEqual(
      Array.from({ length: 20 }, (_, index) => (first[0]?.number as number) - index),
    );
    expect((await listAudit(pool, { limit: 10, subject: "list:7" })).map(({ subject }) => subject)).toEqual(["list:7"]);
  });

  it("names people by number: an erasure takes the words and leaves the chain whole", async () => {
    const { pool } = database;
    const { rows } = await pool.query(
      "INSERT INTO subscribers (address_key, address, domain) VALUES ('ada@example.com', 'Ada@example.com', 'example.com') RETURNING id",
    );
    await noteAudit(pool, config, {
      actor: "command",
      action: "suppression-added",
      subject: `subscriber:${rows[0].id}`,
      detail: { addressKey: "ada@example.com", words: "Ada@example.com: asked by phone" },
    });
    expect((await listAudit(pool, { limit: 1 }))[0]?.words).toContain("asked by phone");
    expect(await listAuditDetails(pool, "ada@example.com")).toMatchObject([{ action: "suppression-added" }]);
    const head = (await checkAudit(pool, config)).head;
    const ada = { key: "ada@example.com", address: "Ada@example.com", wire: "Ada@example.com" };
    await erasePerson(pool, config, "reader", ada, "her own press");

    const verdict = await checkAudit(pool, config, `${head.number}:${head.hash}`);
    expect(verdict.problems).toEqual([]);
    const all = await pool.query(
      "SELECT concat(e, d) AS text FROM audit_entries e LEFT JOIN audit_details d USING (number)",
    );
    expect(all.rows.filter(({ text }) => /ada@example|phone/i.test(text))).toEqual([]);
    expect((await listAudit(pool, { limit: 1 }))[0]).toMatchObject({
      actor: "reader",
      action: "subscriber-erased",
      subject: `subscriber:${rows[0].id}`,
    });
  });
});

describe("a log that somebody changed", () => {
  let database: TestDatabase;
  afterAll(() => database.drop());
  let head = { number: 0, hash: "" };
  beforeAll(async () => {
    database = await createTestDatabase();
    await fill(database.pool, 8);
    ({ head } = await checkAudit(database.pool, config));
  });

  /** Tries a change and takes it back. */
  async function judge(sql: string, expect_?: string): Promise<readonly { number: number; what: string }[]> {
    const { pool } = database;
    await pool.query("CREATE TABLE kept_entries AS TABLE audit_entries; CREATE TABLE kept_head AS TABLE audit_head");
    try {
      await tamper(pool, sql);
      return (await checkAudit(pool, config, expect_)).problems;
    } finally {
      await tamper(
        pool,
        `DELETE FROM audit_entries; INSERT INTO audit_entries TABLE kept_entries;
         DELETE FROM audit_head; INSERT INTO audit_head TABLE kept_head; DROP TABLE kept_entries, kept_head`,
      );
      expect((await checkAudit(pool, config)).problems).toEqual([]);
    }
  }

  it.each([
    ["a changed fact", `UPDATE audit_entries SET facts = '{"index":9}' WHERE number = 3`, [3]],
    ["another actor", "UPDATE audit_entries SET actor = 'user:1' WHERE number = 3", [3]],
    ["another time", "UPDATE audit_entries SET at = at - interval '1 hour' WHERE number = 3", [3]],
    ["a removed entry", "DELETE FROM audit_entries WHERE number = 3", [4]],
    ["a removed first entry", "DELETE FROM audit_entries WHERE number = 1", [2]],
    ["a removed newest entry", "DELETE FROM audit_entries WHERE number = 8", [8]],
    [
      "two that changed places",
      "UPDATE audit_entries SET subject = 'list:' || (9 - number) WHERE number IN (4, 5)",
      [4, 5],
    ],
    [
      "a removed entry whose number another took",
      "DELETE FROM audit_entries WHERE number = 7; UPDATE audit_entries SET number = 7 WHERE number = 8",
      [7, 7, 8],
    ],
    [
      "an entry before the first",
      "INSERT INTO audit_entries SELECT 0, at, actor, action, subject, facts, previous, hash, seal FROM audit_entries WHERE number = 1",
      [0],
    ],
    ["a seal of nobody's", "UPDATE audit_entries SET seal = sha256(hash) WHERE number = 8", [8]],
  ])("shows %s", async (_what, sql, numbers) => {
    expect((await judge(sql)).map(({ number }) => number)).toEqual(numbers);
  });

  it("shows an end that was cut off together with the head, to whoever noted the head before", async () => {
    const cut = `DELETE FROM audit_entries WHERE number > 6;
      UPDATE audit_head SET number = 6, hash = (SELECT hash FROM audit_entries WHERE number = 6)`;
    expect(await judge(cut)).toEqual([]);
    expect((await judge(cut, `${head.number}:${head.hash}`)).map(({ number }) => number)).toEqual([8]);
  });

  it("shows a chain that was written anew by somebody without the installation's secret, and keeps old secrets' seals", async () => {
    expect((await checkAudit(database.pool, other)).problems).toHaveLength(8);
    const rotated = { ...config, secrets: [...other.secrets, ...config.secrets] };
    expect((await checkAudit(database.pool, rotated)).problems).toEqual([]);
  });

  it("refuses a head that none can be", async () => {
    await expect(checkAudit(database.pool, config, "8")).rejects.toThrow("number:hash");
  });
});

import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createList } from "../../../src/adapters/postgres/lists.ts";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { findSubscriber, showSubscriber } from "../../../src/adapters/postgres/subscribers.ts";
import { subscribe, unsubscribe } from "../../../src/adapters/postgres/subscriptions.ts";
import { addSuppressions } from "../../../src/adapters/postgres/suppressions.ts";
import { parseAddress, type Address } from "../../../src/domain/address.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { erasureKeys, importCsv } from "../../support/import-csv.ts";

let database: TestDatabase;
let pool: Pool;
let listId: number;
let listNumber = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query("DELETE FROM subscribers");
  await pool.query("DELETE FROM suppressions");
  listId = (await createList(pool, { slug: `list-${++listNumber}`, fromAddress: "news@example.com" })).id;
});

/** "ada@example.com confirmed, .." of the list. */
async function members(): Promise<string> {
  const { rows } = await pool.query<{ member: string }>(
    `SELECT s.address || ' ' || m.status AS member FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id
     WHERE m.list_id = $1 ORDER BY s.address_key`,
    [listId],
  );
  return rows.map(({ member }) => member).join(", ");
}

async function idOf(key: string): Promise<number> {
  return (await findSubscriber(pool, key))?.id as number;
}

describe("importing people", () => {
  it("brings them onto the list with what the file says of them, and where they said yes", async () => {
    const result = await importCsv(pool, {
      listId,
      consent: { source: "trade fair 2026", file: "people.csv" },
      csv: "E-Mail;Vorname;Sprache;Zeitzone;Themen;Firma\nAda@Example.com;Ada;de;Europe/Berlin;ai, events;Analytical\n",
    });
    expect(result).toMatchObject({ rows: 1, accepted: 1, updated: 0, unchanged: 0, rejected: 0, rejects: "" });
    expect(await showSubscriber(pool, "ada@example.com")).toMatchObject({
      address: "Ada@Example.com",
      lang: "de",
      zone: "Europe/Berlin",
      topics: ["ai", "events"],
      attributes: { firstName: "Ada", Firma: "Analytical" },
      suppression: null,
      subscriptions: [{ listId, status: "confirmed", consent: { source: "trade fair 2026", file: "people.csv" } }],
    });
  });

  it("can be repeated without doubling", async () => {
    const csv = "email,firstName\nada@example.com,Ada\nmax@example.com,\n";
    await importCsv(pool, { listId, csv });
    const again = await importCsv(pool, {
      listId,
      csv: csv.toUpperCase().replace("FIRSTNAME", "firstName").replace("ADA\n", "Ada\n"),
    });
    expect(again).toMatchObject({ rows: 2, accepted: 0, updated: 0, unchanged: 2, rejected: 0 });
    expect(await members()).toBe("ada@example.com confirmed, max@example.com confirmed");
  });

  it("changes what the file says anew, and leaves the rest", async () => {
    await importCsv(pool, { listId, csv: "email,firstName,lang,topics,plan\nada@example.com,Ada,de,ai;events,pro\n" });
    const result = await importCsv(pool, {
      listId,
      csv: "email,firstName,lang,topics,city\nADA@example.com,,en,sport,London\n",
    });
    expect(result).toMatchObject({ accepted: 0, updated: 1, unchanged: 0 });
    expect(await findSubscriber(pool, "ada@example.com")).toMatchObject({
      address: "ada@example.com",
      lang: "en",
      topics: ["sport"],
      attributes: { firstName: "Ada", plan: "pro", city: "London" },
    });
  });

  it("joins one who is on another list already", async () => {
    await importCsv(pool, { listId, csv: "email,plan\nada@example.com,free\n" });
    const other = await createList(pool, { slug: `other-${listNumber}`, fromAddress: "news@example.com" });
    expect(await importCsv(pool, { listId: other.id, csv: "email,plan\nada@example.com,pro\n" })).toMatchObject({
      accepted: 1,
      updated: 0,
    });
    const person = await showSubscriber(pool, "ada@example.com");
    expect(person?.attributes).toEqual({ plan: "pro" });
    expect(person?.subscriptions.map(({ status }) => status)).toEqual(["confirmed", "confirmed"]);
  });

  it("takes the last of several rows of one person, whatever the spelling, and tells of the others", async () => {
    const csv =
      "email,plan\nada@bücher.example,one\nmax@example.com,x\nADA@xn--bcher-kva.example,two\nAda@B\u00fcCHER.example,three\n";
    const result = await importCsv(pool, { listId, csv });
    expect(result).toMatchObject({ rows: 4, accepted: 2, rejected: 2, causes: { duplicate: 2 } });
    expect((await findSubscriber(pool, "ada@xn--bcher-kva.example"))?.attributes).toEqual({ plan: "three" });
    expect(result.rejects).toBe(
      "rejected_line,rejected_what,rejected_reason,email,plan\r\n" +
        "2,duplicate,The same person stands again on line 5; that row was taken.,ada@bücher.example,one\r\n" +
        "4,duplicate,The same person stands again on line 5; that row was taken.,ADA@xn--bcher-kva.example,two\r\n",
    );
  });

  it("takes a list of nobody", async () => {
    expect(await importCsv(pool, { listId, csv: "email\n" })).toMatchObject({
      rows: 0,
      accepted: 0,
      rejected: 0,
      rejects: "",
    });
  });

  it("stores text as it is, whatever it contains", async () => {
    const value = String.raw`\N \. {"a"} 'x' $1 \t "y" é 日本 🎉`;
    await importCsv(pool, {
      listId,
      csv: `email,plan,topics\n"o'brien\\\\x@example.com",x,y\nada@example.com,"${value.replaceAll('"', '""')}","a""b;c\\d;{e}"\n`,
    });
    expect(await findSubscriber(pool, "ada@example.com")).toMatchObject({
      attributes: { plan: value },
      topics: ['a"b', "c\\d", "{e}"],
    });
  });
});

describe("an import brings nobody back", () => {
  it("who left the list, is suppressed alone or with the domain, or was erased", async () => {
    await importCsv(pool, { listId, csv: "email\nleft@example.com\nerased@example.com\nstays@example.com\n" });
    await unsubscribe(pool, { subscriberId: await idOf("left@example.com"), listId, how: { by: "one-click" } });
    await eraseSubscriber(pool, parseAddress("Erased@example.com") as Address, erasureKeys, "test");
    await addSuppressions(pool, [
      { key: "bounced@example.com", reason: "hard-bounce", source: "test" },
      { key: "@blocked.example", reason: "manual", source: "test" },
    ]);
    const result = await importCsv(pool, {
      listId,
      csv: "email,plan\nLEFT@example.com,1\nBounced@Example.com,2\nanyone@blocked.example,3\nERASED@example.com,4\nstays@example.com,5\nnew@example.com,6\n",
    });
    expect(result).toMatchObject({
      rows: 6,
      accepted: 1,
      updated: 1,
      rejected: 4,
      causes: { unsubscribed: 1, suppressed: 2, erased: 1, duplicate: 0, invalid: 0 },
    });
    expect(await members()).toBe(
      "left@example.com unsubscribed, new@example.com confirmed, stays@example.com confirmed",
    );
    expect((await findSubscriber(pool, "left@example.com"))?.attributes).toEqual({});
    expect(
      result.rejects
        .replaceAll(/\d{4}-\d{2}-\d{2}/g, "DAY")
        .split("\r\n")
        .slice(1),
    ).toEqual([
      `2,unsubscribed,This person left the list on DAY; an import can't bring them back.,LEFT@example.com,1`,
      `3,suppressed,"The address or its domain must not be mailed (hard-bounce, DAY). Lift the suppression first, with a reason.",Bounced@Example.com,2`,
      `4,suppressed,"The address or its domain must not be mailed (manual, DAY). Lift the suppression first, with a reason.",anyone@blocked.example,3`,
      "5,erased,This person had everything about them erased; an import can't bring them back.,ERASED@example.com,4",
      "",
    ]);
  });

  it("and confirms for nobody", async () => {
    await importCsv(pool, { listId, csv: "email\nada@example.com\n" });
    const other = await createList(pool, { slug: `pending-${listNumber}`, fromAddress: "news@example.com" });
    await subscribe(pool, {
      subscriberId: await idOf("ada@example.com"),
      listId: other.id,
      status: "pending",
      consent: {},
    });
    const result = await importCsv(pool, { listId: other.id, csv: "email,plan\nada@example.com,pro\n" });
    expect(result).toMatchObject({ updated: 1, rejected: 0, causes: { pending: 1 } });
    expect(result.rejects).toContain("2,pending,This person has not confirmed yet");
    const person = await showSubscriber(pool, "ada@example.com");
    expect(person?.subscriptions.map(({ list, status }) => `${list} ${status}`)).toContain(
      `pending-${listNumber} pending`,
    );
  });

  it("but one who left may join another list", async () => {
    await importCsv(pool, { listId, csv: "email\nada@example.com\n" });
    await unsubscribe(pool, { subscriberId: await idOf("ada@example.com"), listId, how: { by: "one-click" } });
    const other = await createList(pool, { slug: `elsewhere-${listNumber}`, fromAddress: "news@example.com" });
    expect(await importCsv(pool, { listId: other.id, csv: "email\nada@example.com\n" })).toMatchObject({ accepted: 1 });
  });
});

describe("the rejects file", () => {
  it("names line and reason beside the row's own text, and is imported as it is once mended", async () => {
    const csv =
      'E-Mail;Name\nada@@example.com;"Ada;\nB"\ngood@example.com;Good\n"ev\ne";Eve\nzoë;Zoë\nshort@example.com\n';
    const first = await importCsv(pool, { listId, csv });
    expect(first).toMatchObject({ rows: 5, accepted: 1, rejected: 4, causes: { invalid: 4 } });
    expect(first.rejects).toBe(
      "rejected_line;rejected_what;rejected_reason;E-Mail;Name\r\n" +
        '2;invalid;"""ada@@example.com"" holds two @; write one address, name@example.com.";ada@@example.com;"Ada;\nB"\r\n' +
        '5;invalid;"""ev\\ne"" holds a line break or another control character.";"ev\ne";Eve\r\n' +
        '7;invalid;"""zoë"" has no @; an address looks like name@example.com.";zoë;Zoë\r\n' +
        "8;invalid;The row has 1 fields where the header has 2.;short@example.com\r\n",
    );
    const mended = first.rejects
      .replace('ada@@example.com;"Ada;\nB"', 'ada@example.com;"Ada;B"')
      .replace("zoë;Zoë", "zoë@example.com;Zoë")
      .replace('"ev\ne"', "eve@example.com")
      .replace(";short@example.com", ";short@example.com;Short");
    expect(await importCsv(pool, { listId, csv: mended })).toMatchObject({ rows: 4, accepted: 4, rejected: 0 });
    expect((await findSubscriber(pool, "ada@example.com"))?.attributes).toEqual({ Name: "Ada;B" });
  });

  it("tells of a value that was left out, though the person was taken", async () => {
    const result = await importCsv(pool, { listId, csv: "email,zone\nada@example.com,Berlin\n" });
    expect(result).toMatchObject({ accepted: 1, rejected: 0, causes: { value: 1 } });
    expect(result.rejects).toContain("2,value,");
    expect(await members()).toBe("ada@example.com confirmed");
  });
});

describe("all or nothing", () => {
  const good = `email\n${Array.from({ length: 5_000 }, (_, index) => `person${index}@example.com\n`).join("")}`;

  it.each([
    [
      "a wrong encoding at the end",
      Buffer.concat([Buffer.from(good), Buffer.from("m\xfcller@example.com\n", "latin1")]),
      "people.csv:5002:2: The byte 0xFC",
    ],
    [
      "a bare carriage return",
      Buffer.from(`${good}a@example.com\rb@example.com\n`),
      "people.csv:5002:14: A carriage return",
    ],
    ["an open quote", Buffer.from(`${good}"a@example.com\n`), "people.csv:5002:1: The quote that opens here"],
    [
      "a field of 10 MB",
      Buffer.from(`${good}${"x".repeat(10_000_000)}@example.com\n`),
      "people.csv:5002: The record that begins here",
    ],
    ["no header", Buffer.from(good.slice(6)), "people.csv:1: The header is missing"],
    ["nothing in it", Buffer.from(""), "people.csv:1: The file is empty"],
  ])("a file with %s changes nothing", async (_, bytes, words) => {
    const pieces = (async function* () {
      for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
    })();
    await expect(importCsv(pool, { listId, bytes: pieces })).rejects.toThrow(words);
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
  });

  it("a list that doesn't exist changes nothing", async () => {
    await expect(importCsv(pool, { listId: 999_999, csv: good })).rejects.toThrow(
      "There is no list with the number 999999",
    );
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
  });

  it("rejects that can't be written change nothing", async () => {
    const { importSubscribers } = await import("../../../src/audience/import-subscribers.ts");
    const { createImportStore } = await import("../../../src/adapters/postgres/import.ts");
    const bytes = (async function* () {
      yield Buffer.from(`${good}ada\n`);
    })();
    const importing = importSubscribers(createImportStore(pool), {
      listId,
      file: "people.csv",
      bytes,
      consent: {},
      erasureKeys,
      writeRejects: () => Promise.reject(new Error("the disk is full")),
    });
    await expect(importing).rejects.toThrow(
      "The import stopped while its rows were being merged: the disk is full. Nothing was changed.",
    );
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
  });

  it("an interruption while reading ends it at once, and nothing stays behind", async () => {
    const interruption = new AbortController();
    const endless = (async function* () {
      yield Buffer.from("email\n");
      for (let number = 0; ; number++) {
        if (number === 5_000) interruption.abort(new Error("Ctrl-C"));
        yield Buffer.from(`person${number}@example.com\n`);
      }
    })();
    await expect(importCsv(pool, { listId, bytes: endless, signal: interruption.signal })).rejects.toThrow("Ctrl-C");
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
    await expectNoStage();
  });

  it("an interruption while merging ends the database's statement", async () => {
    const interruption = new AbortController();
    const holder = await pool.connect();
    try {
      await holder.query("BEGIN");
      // The merge waits for this table, so that the interruption surely meets it.
      await holder.query("LOCK TABLE subscribers IN ACCESS EXCLUSIVE MODE");
      const importing = importCsv(pool, {
        listId,
        csv: good,
        signal: interruption.signal,
        onProgress: ({ phase }) => phase === "merging" && setImmediate(() => interruption.abort(new Error("Ctrl-C"))),
      });
      await expect(importing).rejects.toThrow("Ctrl-C");
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
    await expectNoStage();
  });

  it("a database that breaks off is told, and nothing was changed", async () => {
    const stranger = await pool.connect();
    try {
      // The merge waits for this row, so that it can't be done before it is ended.
      await stranger.query("BEGIN");
      await stranger.query(
        "INSERT INTO subscribers (address_key, address, domain) VALUES ('person7@example.com', 'person7@example.com', 'example.com')",
      );
      const importing = importCsv(pool, { listId, csv: good });
      await waitUntilMergeWaits();
      await Promise.all([
        expect(importing).rejects.toThrow(/The import stopped while its rows were being .*Nothing was changed\./),
        pool.query(`SELECT pg_terminate_backend(pid) ${waiting}`),
      ]);
      await stranger.query("ROLLBACK");
    } finally {
      stranger.release();
    }
    expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
  });

  /** The session of the stage is gone, and its table with it. */
  async function expectNoStage(): Promise<void> {
    await expect
      .poll(async () => (await pool.query("SELECT 1 FROM pg_class WHERE relname = 'import_stage'")).rowCount, {
        timeout: 10_000,
      })
      .toBe(0);
  }
});

describe("while others change the same people", () => {
  it("a sign-up in the very moment of the merge is joined, not doubled", async () => {
    const stranger = await pool.connect();
    try {
      await stranger.query("BEGIN");
      await stranger.query(
        "INSERT INTO subscribers (address_key, address, domain) VALUES ('ada@example.com', 'Ada@example.com', 'example.com')",
      );
      const importing = importCsv(pool, { listId, csv: "email\nada@example.com\nmax@example.com\n" });
      // The merge has judged ada to be new, and waits for the stranger's row.
      await waitUntilMergeWaits();
      await stranger.query("COMMIT");
      expect(await importing).toMatchObject({ accepted: 2 });
    } finally {
      stranger.release();
    }
    expect(await members()).toBe("Ada@example.com confirmed, max@example.com confirmed");
  });

  it("two imports of the same people do not end each other", async () => {
    const csv = (order: number) =>
      `email,plan\n${Array.from({ length: 3_000 }, (_, index) => `p${order > 0 ? index : 2_999 - index}@example.com,${order}\n`).join("")}`;
    await importCsv(pool, { listId, csv: csv(1) });
    const results = await Promise.all([
      importCsv(pool, { listId, csv: csv(2) }),
      importCsv(pool, { listId, csv: csv(-3) }),
    ]);
    expect(results.map(({ updated }) => updated)).toEqual([3_000, 3_000]);
    const { rows } = await pool.query("SELECT DISTINCT attributes ->> 'plan' AS plan FROM subscribers");
    expect(rows).toHaveLength(1);
  });
});

/** The sessions that wait for somebody else's transaction. */
const waiting = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'";

async function waitUntilMergeWaits(): Promise<void> {
  await expect.poll(async () => (await pool.query(`SELECT 1 ${waiting}`)).rowCount, { timeout: 10_000 }).toBe(1);
}

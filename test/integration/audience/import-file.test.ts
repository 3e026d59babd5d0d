import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createList } from "../../../src/adapters/postgres/lists.ts";
import { importFile, type ImportFileProgress } from "../../../src/app/import-subscribers.ts";
import { importSuppressionFile } from "../../../src/app/import-suppressions.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const config = { secrets: ["the secret of a test database"], dataDir: "unused" };

let database: TestDatabase;
let pool: Pool;
let listId: number;
let folder: string;
let file: string;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  listId = (await createList(pool, { slug: "news", fromAddress: "news@example.com" })).id;
});
afterAll(() => database.drop());
beforeEach(async () => {
  await pool.query("DELETE FROM subscribers");
  folder = makeTemporaryFolder();
  file = join(folder, "people.csv");
});

const csv = "email\nada@example.com\nnobody\n";

it("imports a file and writes its rejects beside it, for the operator alone", async () => {
  writeFileSync(file, csv);
  const steps: ImportFileProgress[] = [];
  const rejectsFile = join(folder, "rejects.csv");
  const result = await importFile(pool, config, {
    listId,
    file,
    source: "fair",
    rejectsFile,
    onProgress: (step) => steps.push(step),
  });
  expect(result).toMatchObject({ rows: 2, accepted: 1, rejected: 1, rejectsFile });
  expect(readFileSync(rejectsFile, "utf8")).toContain('3,invalid,"""nobody"" has no @');
  expect(statSync(rejectsFile).mode & 0o777).toBe(0o600);
  expect(steps).toEqual([
    { phase: "reading", rows: 2, bytes: csv.length, bytesTotal: csv.length },
    { phase: "merging", rows: 2, bytes: csv.length, bytesTotal: csv.length },
  ]);
  const { rows } = await pool.query("SELECT consent FROM subscriptions");
  expect(rows).toEqual([
    { consent: { source: "fair", file: "people.csv", importedAt: expect.stringMatching(/^\d{4}-/) } },
  ]);
});

it("leaves no rejects file where nothing was rejected, not even that of an earlier import", async () => {
  const rejectsFile = join(folder, "rejects.csv");
  writeFileSync(rejectsFile, "of last week");
  writeFileSync(file, "email\nada@example.com\n");
  expect(await importFile(pool, config, { listId, file, source: "fair", rejectsFile })).toMatchObject({
    rejectsFile: null,
  });
  expect(readdirSync(folder)).toEqual(["people.csv"]);
});

it("reads a stream as well", async () => {
  const stream = Readable.from([Buffer.from("email\nada@exa"), Buffer.from("mple.com\n")]);
  expect(await importFile(pool, config, { listId, file: "standard input", stream, source: "pipe" })).toMatchObject({
    accepted: 1,
  });
});

it("tells what is wrong with the file before anything else", async () => {
  await expect(importFile(pool, config, { listId, file: join(folder, "none.csv"), source: "x" })).rejects.toThrow(
    /none\.csv: The file can't be read: ENOENT/,
  );
  await expect(importFile(pool, config, { listId, file: folder, source: "x" })).rejects.toThrow("it is a folder");
  writeFileSync(file, csv);
  const rejectsFile = join(folder, "missing", "rejects.csv");
  await expect(importFile(pool, config, { listId, file, source: "x", rejectsFile })).rejects.toThrow(
    "rejects.csv can't be written",
  );
  expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
});

it("changes nothing when the rejects file can't be put in its place", async () => {
  writeFileSync(file, csv);
  const rejectsFile = join(folder, "rejects.csv");
  mkdirSync(`${rejectsFile}.partial`);
  await expect(importFile(pool, config, { listId, file, source: "x", rejectsFile })).rejects.toThrow(
    /rejects\.csv can't be written: EISDIR.*Nothing was changed/,
  );
  expect((await pool.query("SELECT 1 FROM subscribers")).rowCount).toBe(0);
});

it("stops when it is told to, even while a pipe says nothing, and leaves no file behind", async () => {
  const silent = new Readable({ read() {} });
  silent.push("email\nnobody\n");
  const interruption = new AbortController();
  const rejectsFile = join(folder, "rejects.csv");
  const importing = importFile(pool, config, {
    listId,
    file: "standard input",
    stream: silent,
    source: "x",
    rejectsFile,
    signal: interruption.signal,
  });
  interruption.abort(new Error("Ctrl-C"));
  await expect(importing).rejects.toThrow("Ctrl-C");
  expect(readdirSync(folder)).toEqual([]);
});

it("suppresses what a file lists", async () => {
  writeFileSync(file, "ada@example.com\nexample.org\n@example.net\n");
  expect(await importSuppressionFile(pool, file)).toEqual({
    added: 2,
    unchanged: 0,
    unusable: 1,
    problems: [expect.objectContaining({ place: { file: "people.csv", line: 2 } })],
  });
  await expect(importSuppressionFile(pool, join(folder, "none.csv"))).rejects.toThrow("can't be read");
  expect(existsSync(join(folder, "none.csv"))).toBe(false);
});

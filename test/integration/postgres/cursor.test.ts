import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openCursor } from "../../../src/adapters/postgres/cursor.ts";
import { createTestDatabase } from "../../support/database.ts";

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

it("a cursor gives its rows, and leaves no timer that would hold a command which is done", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const client = await database.pool.connect();
  const before = timers();
  const cursor = openCursor<{ n: number }>(client, "SELECT n FROM generate_series(1, $1::int) n", [3]);
  expect(timers()).toBe(before);
  expect(await cursor.read(2)).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await cursor.read(2)).toEqual([{ n: 3 }]);
  expect(await cursor.read(2)).toEqual([]);
  expect((await client.query<{ n: number }>("SELECT 4 AS n")).rows).toEqual([{ n: 4 }]);
  client.release();
});

it("a statement that fails is told to the one who reads", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const client = await database.pool.connect();
  await expect(openCursor(client, "SELECT 1 / 0").read(1)).rejects.toThrow("division by zero");
  client.release(true);
});

it("no cursor is opened in another way", () => {
  const folder = "src/adapters/postgres";
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const opening = files.filter((file) => readFileSync(join(folder, file), "utf8").includes("new Cursor"));
  expect(opening).toEqual(["cursor.ts"]);
});

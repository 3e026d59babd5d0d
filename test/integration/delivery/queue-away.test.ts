import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { readConfig } from "../../../src/app/config.ts";
import { openDatabase } from "../../../src/app/database.ts";
import { createLogger } from "../../../src/app/log.ts";
import { openQueue } from "../../../src/app/open-queue.ts";
import { createTestDatabase } from "../../support/database.ts";

test("a Redis that does not answer is tried some times and then named, without its password, and the database is let go", async () => {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  const testDatabase = await createTestDatabase();
  const config = readConfig({
    DATABASE_URL: testDatabase.url,
    REDIS_URL: `redis://user:hidden@127.0.0.1:${port}`,
    LOG_LEVEL: "silent",
  });
  const log = createLogger(config, "test");
  const database = await openDatabase(config, log, "queue-away");
  let told = 0;
  const opening = openQueue(config, database, log, () => (told += 1), { attemptsMax: 2, pauseMs: 1 });
  await expect(opening).rejects.toMatchObject({
    code: "queue-unavailable",
    message: expect.stringMatching(new RegExp(`^Redis at 127\\.0\\.0\\.1:${port} does not answer`)),
  });
  await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("hidden") });
  expect(told).toBeGreaterThan(0);
  await expect(database.pool.query("SELECT 1")).rejects.toThrow("after calling end");
  await testDatabase.drop();
});

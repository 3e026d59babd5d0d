import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { identifyProcess } from "../../../src/lib/file-lock.mjs";
import { createRunFolder, processFile, removeAbandonedRunFolders, removeRunFolder } from "../../support/run-folder.ts";
import { findRedis } from "../../support/redis.ts";
import { runScript } from "../../support/run-script.ts";

test("what a killed test run left is ended and removed by the next, and a living run's is not", async () => {
  const abandoned = createRunFolder();
  writeFileSync(join(abandoned, "owner"), `${process.pid}:1`);
  const left = runScript(["-e", "setInterval(() => {}, 1000)"]);
  writeFileSync(processFile(abandoned, "left"), identifyProcess(left.child.pid ?? 0));
  const living = createRunFolder();
  await removeAbandonedRunFolders();
  expect(await left.ended).toEqual({ code: null, signal: "SIGKILL" });
  expect({ abandoned: existsSync(abandoned), living: existsSync(living) }).toEqual({ abandoned: false, living: true });
  expect(existsSync(inject("runFolder"))).toBe(true);
  await removeRunFolder(living);
  expect(existsSync(living)).toBe(false);
});

test.skipIf(!findRedis())("the run's Redis is its own: on this machine alone, nothing written to disk", async () => {
  const { Redis } = await import("ioredis");
  const redis = new Redis(findRedis() ?? "");
  const read = async (name: string) => (await redis.config("GET", name)) as string[];
  expect([await read("bind"), await read("save"), await read("appendonly"), await read("maxmemory-policy")]).toEqual([
    ["bind", "127.0.0.1"],
    ["save", ""],
    ["appendonly", "no"],
    ["maxmemory-policy", "noeviction"],
  ]);
  redis.disconnect();
});

import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { acquireFileLock, identifyProcess, isProcessRunning } from "../../../src/lib/file-lock.mjs";
import { runScript } from "../../support/run-script.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

describe("a process's identity", () => {
  test("is that of a process that runs, and of no other with its number", () => {
    const own = identifyProcess(process.pid);
    expect(isProcessRunning(own)).toBe(true);
    expect(isProcessRunning(own.replace(/:.*/, ":1"))).toBe(false);
  });

  test("stops running when the process ends", async () => {
    const script = runScript(["-e", "process.stdin.resume()"]);
    const identity = identifyProcess(script.child.pid ?? 0);
    expect((await script.ended).code).toBe(0);
    expect(isProcessRunning(identity)).toBe(false);
  });

  test.each(["", "0", "-1", "nobody", "1.5"])("is never %j", (text) => {
    expect(isProcessRunning(text)).toBe(false);
  });
});

describe("a file lock", () => {
  test("is held by one at a time, and the next gets it when it is given back", async () => {
    const path = join(makeTemporaryFolder(), "deep", "lock");
    const first = await acquireFileLock(path, { waitMs: 0 });
    const holders: number[] = [];
    const second = acquireFileLock(path, { waitMs: 30_000, onWait: (pid) => holders.push(pid) });
    first.release();
    (await second).release();
    expect(holders).toEqual([process.pid]);
    expect(existsSync(path)).toBe(false);
  });

  test("names who holds it when the wait is over", async () => {
    const path = join(makeTemporaryFolder(), "lock");
    const lock = await acquireFileLock(path, { waitMs: 0 });
    await expect(acquireFileLock(path, { waitMs: 0 })).rejects.toMatchObject({
      code: "ELOCKED",
      message: `${path} is held by process ${process.pid}`,
    });
    lock.release();
  });

  test("is lost by a holder that was killed", async () => {
    const path = join(makeTemporaryFolder(), "lock");
    const module = new URL("../../../src/lib/file-lock.mjs", import.meta.url).href;
    const hold = `const { acquireFileLock } = await import(${JSON.stringify(module)});
      await acquireFileLock(${JSON.stringify(path)}, { waitMs: 0 }); console.log("held"); setInterval(() => {}, 1000);`;
    const holder = runScript(["--input-type=module", "-e", hold]);
    await holder.waitFor(/held/);
    holder.child.kill("SIGKILL");
    await holder.ended;
    expect(existsSync(path)).toBe(true);
    const lock = await acquireFileLock(path, { waitMs: 10_000 });
    expect(readFileSync(path, "utf8")).toContain(identifyProcess(process.pid));
    lock.release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  test("is taken from a holder that died before it wrote its name", async () => {
    const path = join(makeTemporaryFolder(), "lock");
    writeFileSync(path, "");
    utimesSync(path, 1, 1);
    const lock = await acquireFileLock(path, { waitMs: 10_000 });
    lock.release();
    expect(existsSync(path)).toBe(false);
  });

  test("is not given back by somebody who has lost it", async () => {
    const path = join(makeTemporaryFolder(), "lock");
    const lock = await acquireFileLock(path, { waitMs: 0 });
    const theirs = `${identifyProcess(process.pid)} another`;
    writeFileSync(path, theirs);
    lock.release();
    expect(readFileSync(path, "utf8")).toBe(theirs);
  });

  test("lets many who want it count without a lost step", async () => {
    const folder = makeTemporaryFolder();
    const counter = join(folder, "counter");
    writeFileSync(counter, "0");
    const step = async () => {
      const lock = await acquireFileLock(join(folder, "lock"), { waitMs: 30_000 });
      const seen = Number(readFileSync(counter, "utf8"));
      await new Promise(setImmediate);
      writeFileSync(counter, String(seen + 1));
      lock.release();
    };
    await Promise.all(Array.from({ length: 20 }, step));
    expect(readFileSync(counter, "utf8")).toBe("20");
  });
});

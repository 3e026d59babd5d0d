import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from "vitest";
import { createPool } from "../../../src/adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../../../src/adapters/postgres/embedded-server.ts";
import { readPostmasterFile } from "../../../src/adapters/postgres/postmaster-file.ts";
import { shutDownServer } from "../../../src/adapters/postgres/postmaster.ts";
import { identifyProcess, isProcessRunning } from "../../../src/lib/file-lock.mjs";
import { type RunOptions, runScript } from "../../support/run-script.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const holdScript = fileURLToPath(new URL("../../fixtures/hold-embedded-server.ts", import.meta.url));
const isRoot = process.getuid?.() === 0;
/** Debian gives it to the first person; whether it has a name here is what the launcher finds out. */
const ordinaryId = 1_000;
/** No system gives this number a name. */
const namelessId = 54_321;

/** A data folder whose server ran and stopped: to make one takes a second, to copy it a tenth of that. */
let madeBefore: string;
beforeAll(async () => {
  // The run's folder goes with the run.
  const folder = mkdtempSync(join(inject("runFolder"), "made-before-"));
  chmodSync(folder, 0o755);
  madeBefore = join(folder, "postgres");
  await (await startEmbeddedServer({ dataDir: madeBefore, log: () => {} })).stop();
});

let dataDir: string;
beforeEach(() => {
  dataDir = join(makeTemporaryFolder(), "postgres");
  const folder = dataDir;
  onTestFinished(() => shutDownServer(join(folder, "cluster")));
});

function start(settings: Record<string, string> = {}) {
  return startEmbeddedServer({ dataDir, log: () => {}, settings });
}

/** For a test that is not about the first start of all. Modes and owners are kept. */
function useMadeCluster(): void {
  execFileSync("cp", ["-a", madeBefore, dataDir]);
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const pool = createPool(url, { max: 1, applicationName: "embedded server test" });
  try {
    return (await pool.query<T>(sql)).rows;
  } finally {
    await pool.end();
  }
}

function serverProcess(): string {
  const running = readPostmasterFile(join(dataDir, "cluster"));
  if (!running) throw new Error("no server runs");
  return identifyProcess(running.pid);
}

async function hold(options: RunOptions = {}, mode = "") {
  const script = runScript(["--import", "tsx", holdScript, dataDir, mode], options);
  const [line] = await script.waitFor(/\{.*\}/);
  return { ...script, ...(JSON.parse(line) as { url: string; adopted: boolean }) };
}

describe("the embedded server", () => {
  test("starts from nothing with the settings that the ledger needs, and listens to this machine alone", async () => {
    const server = await start();
    expect(server.adopted).toBe(false);
    const rows = await query(
      server.url,
      `SELECT current_setting('synchronous_commit') AS synchronous, current_setting('fsync') AS fsync,
              current_setting('listen_addresses') AS addresses, current_setting('password_encryption') AS passwords,
              current_setting('TimeZone') AS zone, current_database() AS database, lower('ÄÖ') AS lowered`,
    );
    expect(rows).toEqual([
      {
        synchronous: "on",
        fsync: "on",
        addresses: "127.0.0.1",
        passwords: "scram-sha-256",
        zone: "UTC",
        database: "broadsheet",
        lowered: "äö",
      },
    ]);
    await server.stop();
  });

  test("keeps its password in a file that only its owner reads, and admits nobody without it", async () => {
    useMadeCluster();
    const server = await start();
    expect(statSync(join(dataDir, "password")).mode & 0o777).toBe(0o600);
    const wrong = server.url.replace(readFileSync(join(dataDir, "password"), "utf8").trim(), "wrong");
    await expect(query(wrong, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    await server.stop();
  });

  test("leaves no process behind, and a second stop is the first one", async () => {
    useMadeCluster();
    const server = await start();
    const running = serverProcess();
    const first = server.stop();
    expect(server.stop()).toBe(first);
    await first;
    expect(isProcessRunning(running)).toBe(false);
    expect(existsSync(join(dataDir, "cluster", "postmaster.pid"))).toBe(false);
  });

  test("keeps data and address from one start to the next", async () => {
    useMadeCluster();
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS seven");
    await first.stop();
    const second = await start();
    expect(await query(second.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
    expect(second.url).toBe(first.url);
    await second.stop();
  });

  test("outlives a parent that is killed; the next start adopts it, and its stop ends it", async () => {
    useMadeCluster();
    const killed = await hold();
    await query(killed.url, "CREATE TABLE survived AS SELECT 1 AS one");
    killed.child.kill("SIGKILL");
    await killed.ended;
    const running = serverProcess();
    const next = await start();
    expect({ adopted: next.adopted, url: next.url }).toEqual({ adopted: true, url: killed.url });
    expect(await query(next.url, "SELECT one FROM survived")).toEqual([{ one: 1 }]);
    await next.stop();
    expect(isProcessRunning(running)).toBe(false);
  });

  test("started twice at once from nothing is one server, which the last to leave stops", async () => {
    const [first, second] = await Promise.all([hold(), hold()]);
    expect(second.url).toBe(first.url);
    expect([first.adopted, second.adopted].map(String).toSorted()).toEqual(["false", "true"]);
    const running = serverProcess();
    const owner = first.adopted ? second : first;
    const other = first.adopted ? first : second;
    owner.child.kill("SIGTERM");
    expect(await owner.ended).toEqual({ code: 0, signal: null });
    expect(await query(other.url, "SELECT 1 AS up")).toEqual([{ up: 1 }]);
    other.child.kill("SIGTERM");
    expect(await other.ended).toEqual({ code: 0, signal: null });
    expect(isProcessRunning(running)).toBe(false);
    expect(readdirSync(join(dataDir, "users"))).toEqual([]);
  });

  test("comes back at the same address after it was killed, with all that was committed", async () => {
    useMadeCluster();
    const first = await start();
    await query(first.url, "CREATE TABLE committed AS SELECT generate_series(1, 1000) AS n");
    process.kill(Number(serverProcess().split(":")[0]), "SIGKILL");
    const second = await start();
    expect(second).toMatchObject({ adopted: false, url: first.url });
    expect(await query(second.url, "SELECT count(*) AS n FROM committed")).toEqual([{ n: 1000 }]);
    await second.stop();
    await first.stop();
  });

  test("starts although the number in a stale postmaster.pid is now another program's", async () => {
    useMadeCluster();
    const server = await start();
    await server.stop();
    const lines = [String(process.pid), dataDir, "1", "1", "", "127.0.0.1", "0 0", "ready"];
    writeFileSync(join(dataDir, "cluster", "postmaster.pid"), lines.join("\n"));
    const next = await start();
    expect(next.adopted).toBe(false);
    await next.stop();
  });

  test("makes its cluster anew where a first start was killed in the middle", async () => {
    await mkdir(join(dataDir, "draft-1-dead", "base"), { recursive: true });
    const server = await start();
    expect(readdirSync(dataDir).filter((name) => name.startsWith("draft-"))).toEqual([]);
    await server.stop();
  });

  test("has no socket where the folder's path is too long for one", async () => {
    dataDir = join(dataDir, "long".repeat(20));
    const server = await start();
    expect(await query(server.url, "SHOW unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
    await server.stop();
  });
});

describe("what cannot be started says why", () => {
  test("data of another major version", async () => {
    await mkdir(join(dataDir, "cluster"), { recursive: true });
    writeFileSync(join(dataDir, "cluster", "PG_VERSION"), "17\n");
    await expect(start()).rejects.toMatchObject({
      code: "postgres-data-version",
      message: expect.stringMatching(/written by PostgreSQL 17; this Broadsheet brings PostgreSQL 18/),
    });
  });

  test("a password that is lost", async () => {
    useMadeCluster();
    await rm(join(dataDir, "password"));
    await expect(start()).rejects.toMatchObject({ code: "postgres-password-missing" });
  });

  test("a setting that PostgreSQL refuses, with its own words and the place of its log", async () => {
    useMadeCluster();
    await expect(start({ max_connections: "none" })).rejects.toMatchObject({
      code: "postgres-start-failed",
      message: expect.stringMatching(/max_connections.*server\.log/s),
    });
  });

  test("a folder that cannot be one", async () => {
    await mkdir(join(dataDir, ".."), { recursive: true });
    writeFileSync(dataDir, "a file");
    await expect(start()).rejects.toMatchObject({ code: "postgres-data-folder" });
  });
});

// Only root may become another user: an ordinary user's run proves "as this user" in all the tests above.
describe.runIf(isRoot)("as root", () => {
  test("runs without a namespace as an unprivileged user, and later with one", async () => {
    const first = await hold({}, "no-namespace");
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS seven");
    expect(statSync(join(dataDir, "cluster")).uid).not.toBe(0);
    first.child.kill("SIGTERM");
    await first.ended;
    const second = await start();
    expect(await query(second.url, "SELECT seven FROM kept")).toEqual([{ seven: 7 }]);
    await second.stop();
  });

  test("runs in a folder that no other user can enter", async () => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const server = await start();
    expect(await query(server.url, "SELECT 1 AS up")).toEqual([{ up: 1 }]);
    await server.stop();
  });

  test.each([
    ["an ordinary user", ordinaryId],
    ["a user without a name, as containers have", namelessId],
  ])("shares the folder with %s: what either makes, the other opens", async (_, id) => {
    await mkdir(dataDir, { recursive: true });
    await chown(dataDir, id, id);
    const byRoot = await start();
    await query(byRoot.url, "CREATE TABLE shared AS SELECT 1 AS one");
    await byRoot.stop();
    const byUser = await hold({ uid: id, gid: id });
    expect(await query(byUser.url, "SELECT one FROM shared")).toEqual([{ one: 1 }]);
    byUser.child.kill("SIGTERM");
    expect(await byUser.ended).toEqual({ code: 0, signal: null });
  });

  test("is told apart from a user who may not touch its data", async () => {
    useMadeCluster();
    const script = runScript(["--import", "tsx", holdScript, dataDir], { uid: ordinaryId, gid: ordinaryId });
    expect((await script.ended).code).not.toBe(0);
    expect(script.stderr()).toMatch(/cannot be used.*another user/s);
  });
});

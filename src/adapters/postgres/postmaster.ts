/** Starting and ending the server process itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { pause, systemClock } from "../../lib/clock.ts";
import { messageOf, UnavailableError } from "../../lib/errors.ts";
import { identifyProcess, isProcessRunning } from "../../lib/file-lock.mjs";
import type { Cluster } from "./cluster.ts";
import { disownPostmasterFile, readPostmasterFile } from "./postmaster-file.ts";
import { keepOwner, type ServerAccount } from "./server-account.ts";
import { serverArguments } from "./server-settings.ts";

const pollMs = 20;

/** Right after a crash the old server's children or its zombie keep the folder for some seconds. */
const retryMsMax = 15_000;
const retryPauseMs = 250;

/** Recovery after a crash replays up to max_wal_size; 2 GB from a slow disk take a minute. */
const startMsMax = 120_000;

/** A fast shutdown writes one checkpoint; what takes longer is ended at the cost of a recovery. */
const stopMsMax = 60_000;
const quitMsMax = 15_000;

const connectMsMax = 5_000;

/** Only the last start's words are of use; past this the log begins anew. */
const logBytesMax = 10 * 1024 * 1024;

export interface Launch {
  readonly dataDir: string;
  readonly cluster: Cluster;
  readonly account: ServerAccount;
  readonly settings: Readonly<Record<string, string>>;
  /** The address of a database that is always there, at this port. */
  readonly urlFor: (port: number) => string;
}

/**
 * Adopts the server that runs in the folder already, or starts one, and returns its port once it answers.
 * @throws UnavailableError `postgres-start-failed` with the end of its log
 */
export async function adoptOrLaunch(launch: Launch): Promise<{ port: number; adopted: boolean }> {
  const { cluster, dataDir, urlFor } = launch;
  const startedMs = systemClock.monotonicMs();
  for (;;) {
    disownPostmasterFile(cluster.folder);
    const running = readPostmasterFile(cluster.folder);
    if (running && (await answers(urlFor(running.port)))) return { port: running.port, adopted: true };
    const port = await choosePort(dataDir);
    const tried = await tryToLaunch(launch, port);
    if (tried === "answers") {
      writeFileSync(join(dataDir, "port"), String(port));
      keepOwner(dataDir, join(dataDir, "port"));
      return { port, adopted: false };
    }
    // One that is alive may be recovering from a crash, started by a process that has been killed since.
    const isAlive = running !== undefined && isProcessRunning(identifyProcess(running.pid));
    const waitMsMax = isAlive ? startMsMax : retryMsMax;
    const mayPass = /lock file|shared memory|in use/i.test(tried.reason);
    if (!mayPass || systemClock.monotonicMs() - startedMs > waitMsMax) {
      throw new UnavailableError(
        "postgres-start-failed",
        `PostgreSQL did not start: ${tried.reason} Its log is ${join(dataDir, "server.log")}.`,
      );
    }
    await pause(systemClock, retryPauseMs);
  }
}

async function tryToLaunch({ dataDir, cluster, account, settings, urlFor }: Launch, port: number) {
  const logPath = join(dataDir, "server.log");
  const log = openSync(logPath, "a", 0o600);
  let child: ChildProcess;
  let logStart: number;
  try {
    if (fstatSync(log).size > logBytesMax) ftruncateSync(log, 0);
    logStart = fstatSync(log).size;
    keepOwner(dataDir, logPath);
    const { file, args } = account.command("postgres", serverArguments(cluster.folder, port, settings));
    // Its own process group: Ctrl-C on the terminal must not end the database under a worker that is still settling.
    child = spawn(file, args, {
      ...account.identity,
      cwd: "/",
      detached: true,
      stdio: ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
  child.unref();
  let ended: string | undefined;
  child.once("error", (error) => (ended = error.message));
  child.once("exit", (code, signal) => (ended ??= `it ended with ${signal ?? code}`));
  const deadline = systemClock.monotonicMs() + startMsMax;
  while (ended === undefined) {
    // The port may meanwhile be somebody else's: only the server that wrote it into our folder is ours.
    if (readPostmasterFile(cluster.folder)?.pid === child.pid && (await answers(urlFor(port))))
      return "answers" as const;
    if (systemClock.monotonicMs() > deadline) {
      child.kill("SIGQUIT");
      return { reason: `it gave no answer within ${startMsMax / 1000} s.` };
    }
    await pause(systemClock, pollMs);
  }
  const said = readFileSync(logPath).subarray(logStart).toString("utf8").trim().split("\n").slice(-6).join(" | ");
  return { reason: `${ended}${said ? ` (${said})` : ""}.` };
}

/** The last port if it is free, else any. Between here and the server's bind another may take it: then it is tried again. */
async function choosePort(dataDir: string): Promise<number> {
  const file = join(dataDir, "port");
  const last = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  return (last > 0 && last < 65_536 && (await bindOnce(last))) || (await bindOnce(0)) || 0;
}

function bindOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? address?.port : undefined));
    });
  });
}

/** Whether a server that knows our password answers there. */
async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query("SELECT 1"));
    return true;
  } catch {
    // Still starting, gone, or a stranger: all the same to the caller.
    return false;
  }
}

/** Creates the database where it is missing. */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  try {
    await withClient(url, async (client) => {
      const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    });
  } catch (cause) {
    throw new UnavailableError("postgres-start-failed", `The database ${name} could not be made: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    application_name: "broadsheet launcher",
  });
  // Without a listener a connection that breaks between two queries would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Fast shutdown: open sessions are ended, everything committed is on disk. Returns when the process is gone.
 * @throws UnavailableError `postgres-stop-failed` when even an immediate shutdown did not end it
 */
export async function shutDownServer(cluster: string): Promise<void> {
  const running = readPostmasterFile(cluster);
  if (!running) return;
  const identity = identifyProcess(running.pid);
  for (const [signal, waitMs] of [
    ["SIGINT", stopMsMax],
    ["SIGQUIT", quitMsMax],
  ] as const) {
    if (!isProcessRunning(identity)) return;
    try {
      process.kill(running.pid, signal);
    } catch {
      // It ended in this moment.
      return;
    }
    const deadline = systemClock.monotonicMs() + waitMs;
    while (systemClock.monotonicMs() < deadline) {
      if (!isProcessRunning(identity)) return;
      await pause(systemClock, pollMs);
    }
  }
  throw new UnavailableError("postgres-stop-failed", `PostgreSQL (process ${running.pid}) did not stop.`);
}

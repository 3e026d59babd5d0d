/** A whole installation for a bench: embedded database, private Redis, a sink, real workers. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectWithRetry, type Pool } from "../src/adapters/postgres/connect.ts";
import { startEmbeddedServer } from "../src/adapters/postgres/embedded-server.ts";
import { storeDigest } from "../src/adapters/postgres/ledger/digests.ts";
import { planCampaign } from "../src/adapters/postgres/ledger/plan.ts";
import { migrate } from "../src/adapters/postgres/migrate.ts";
import { generateDkimKeys } from "../src/digest/dkim-keys.ts";
import type { Digest } from "../src/domain/digest.ts";

export interface BenchInstallation {
  readonly pool: Pool;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly sinkPort: number;
  /** `smtp-sink`, or our own sink in another process. */
  readonly sinkName: string;
  /** Milliseconds of CPU that each kind of server has used so far. */
  serverCpuMs(): Record<string, number>;
  /** Selector by signature: files of keys that were made for this run. */
  readonly dkimKeys: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "..");

/** `BENCH_PROFILE=DIR` writes each worker's CPU profile there. */
const profileFolder = process.env["BENCH_PROFILE"];
const profileFlags = profileFolder ? ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`] : [];

export async function startBenchInstallation(): Promise<BenchInstallation> {
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-bench-"));
  const stops: (() => Promise<unknown> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const server = await startEmbeddedServer({ dataDir: join(folder, "postgres"), log: () => undefined });
  stops.push(() => server.stop());
  const pool = await connectWithRetry(server.url, { max: 4, applicationName: "bench" });
  stops.push(() => pool.end());
  await migrate(pool);
  // What a lane allows is not what is measured here.
  await pool.query("UPDATE lanes SET concurrency = 1000");

  const redisPort = await freePort();
  const redis = spawnQuietly("redis-server", [
    "--port",
    String(redisPort),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
  ]);
  stops.push(() => void redis?.kill("SIGKILL"));

  const sinkPort = await freePort();
  const sink = spawnQuietly("/usr/sbin/smtp-sink", ["-u", "nobody", "-c", `127.0.0.1:${sinkPort}`, "1024"]);
  stops.push(() => void sink?.kill("SIGKILL"));
  await waitForPort(sinkPort);

  const keys: Record<string, string> = {};
  mkdirSync(join(folder, "dkim"));
  for (const kind of ["rsa", "ed25519"] as const) {
    const file = join(folder, "dkim", `${kind}.pem`);
    writeFileSync(file, generateDkimKeys("example.com", kind, kind).privateKey, { mode: 0o600 });
    keys[kind] = `${kind}@example.com=${file}`;
  }
  return {
    pool,
    folder,
    databaseUrl: server.url,
    redisUrl: redis ? `redis://127.0.0.1:${redisPort}` : null,
    sinkPort,
    sinkName: "smtp-sink",
    serverCpuMs: () => ({
      postgres: cpuMsOf(...processesNamed("postgres")),
      redis: redis?.pid ? cpuMsOf(redis.pid) : 0,
      sink: sink?.pid ? cpuMsOf(sink.pid) : 0,
    }),
    dkimKeys: keys,
    async stop() {
      for (const stop of stops.toReversed()) await stop();
    },
  };
}

export type Signature = "none" | "rsa" | "rsa+ed25519";

export interface SendRun {
  readonly digest: Digest;
  readonly recipients: number;
  readonly signature: Signature;
  readonly queue: "redis" | "postgres";
  readonly processes: number;
  readonly smtpUrl?: string;
  readonly concurrency?: number;
}

export interface SendMeasure {
  readonly perSecond: number;
  readonly seconds: number;
  readonly planSeconds: number;
  readonly workerMegabytesMax: number;
  /** Milliseconds of CPU a mail, from the plan to the last settlement, by kind of process. */
  readonly cpuMsPerMail: Readonly<Record<string, number>>;
}

/** More than an operator needs for a relay nearby: batches of claims fill up, and no round trip is waited for. */
const connections = 64;
const concurrency = 160;

let lists = 0;

/** Plans a campaign and waits until all of it is accepted. Workers run already when the clock starts. */
export async function measureSend(bench: BenchInstallation, run: SendRun): Promise<SendMeasure> {
  const { pool } = bench;
  const selectors = run.signature === "none" ? [] : run.signature.split("+");
  const listId = await makeList(pool, run.recipients);
  await storeDigest(pool, run.digest);
  const environment = {
    DATABASE_URL: bench.databaseUrl,
    SMTP_URL: run.smtpUrl ?? `smtp://127.0.0.1:${bench.sinkPort}?connections=${connections}`,
    DATA_DIR: bench.folder,
    LOG_LEVEL: "info",
    QUEUE_PREFIX: `bench-${process.pid}-${lists}`,
    DKIM_KEYS: selectors.map((name) => bench.dkimKeys[name]).join(" "),
    DELIVER_CONCURRENCY: String(run.concurrency ?? concurrency),
    ...(run.queue === "redis" ? { REDIS_URL: bench.redisUrl as string } : { REDIS_URL: "" }),
  };
  const dispatcher = startWorker("dispatch", environment);
  const deliverers = Array.from({ length: run.processes }, () => startWorker("deliver", environment));
  const workers = [dispatcher, ...deliverers];
  try {
    await Promise.all(workers.map((worker) => worker.ready));
    const cpuMs = (): Record<string, number> => ({
      deliver: cpuMsOf(...deliverers.map((worker) => worker.pid)),
      dispatch: cpuMsOf(dispatcher.pid),
      ...bench.serverCpuMs(),
    });
    const before = cpuMs();
    const startedMs = performance.now();
    const { campaign } = await planCampaign(pool, {
      issueSlug: `${run.digest.issueSlug}-${lists}`,
      listId,
      digestId: run.digest.id,
      audiences: run.digest.audiences,
      fields: ["firstName"],
      selectors: selectors.join(","),
      policy: "hold",
      startsAt: new Date(),
      schedule: {},
      again: true,
    });
    const planSeconds = (performance.now() - startedMs) / 1000;
    let megabytes = 0;
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const worker of workers) megabytes = Math.max(megabytes, worker.megabytes());
      const { rows } = await pool.query<{ left: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM deliveries_${campaign} WHERE due_at IS NOT NULL) AS left`,
      );
      if (!rows[0]?.left) break;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    const cpuMsPerMail = Object.fromEntries(
      Object.entries(cpuMs()).map(([kind, ms]) => [kind, (ms - (before[kind] ?? 0)) / run.recipients]),
    );
    const { rows } = await pool.query<{ accepted: number }>(
      `SELECT count(*) AS accepted FROM deliveries_${campaign} WHERE state = 'accepted'`,
    );
    if (rows[0]?.accepted !== run.recipients)
      throw new Error(`only ${rows[0]?.accepted} of ${run.recipients} were accepted`);
    return { perSecond: run.recipients / seconds, seconds, planSeconds, workerMegabytesMax: megabytes, cpuMsPerMail };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

/** Seconds of one plan, from the call to its commit. */
export async function measurePlan(bench: BenchInstallation, digest: Digest, recipients: number): Promise<number> {
  const listId = await makeList(bench.pool, recipients);
  await storeDigest(bench.pool, digest);
  const startedMs = performance.now();
  await planCampaign(bench.pool, {
    issueSlug: `plan-${lists}`,
    listId,
    digestId: digest.id,
    audiences: [],
    fields: ["firstName"],
    selectors: "",
    policy: "hold",
    startsAt: new Date(Date.now() + 3_600_000),
    schedule: {},
    again: true,
  });
  return (performance.now() - startedMs) / 1000;
}

/** Peak memory of the queue's Redis; 0 without one. */
export async function redisMegabytes(bench: BenchInstallation): Promise<number> {
  if (!bench.redisUrl) return 0;
  const port = Number(new URL(bench.redisUrl).port);
  const info = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("INFO memory\r\n"));
    socket.once("error", reject);
    socket.once("data", (answer) => {
      socket.end();
      resolve(answer.toString());
    });
  });
  return Number(/used_memory_peak:(\d+)/.exec(info)?.[1] ?? 0) / 1024 / 1024;
}

async function makeList(pool: Pool, recipients: number): Promise<number> {
  lists += 1;
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO lists (slug, name, from_name, from_address, postal_address, list_id)
     VALUES ($1, 'Bench', 'Bench', 'news@example.com', '{"1 High Street"}', 'bench.example.com') RETURNING id`,
    [`bench-${lists}`],
  );
  const listId = rows[0]?.id as number;
  await pool.query(
    `WITH people AS (
       INSERT INTO subscribers (address_key, address, domain, attributes)
       SELECT a, a, 'example.net', '{"firstName": "Ada"}' FROM (SELECT 'r' || n || '.' || $2 || '@example.net' AS a FROM generate_series(1, $1::int) n) x
       RETURNING id)
     INSERT INTO subscriptions (list_id, subscriber_id, status) SELECT $2::bigint, id, 'confirmed' FROM people`,
    [recipients, listId],
  );
  await pool.query("ANALYZE subscribers, subscriptions");
  return listId;
}

function startWorker(name: "dispatch" | "deliver", environment: Record<string, string>) {
  const child = spawn(process.execPath, [...profileFlags, join(root, "bin/process.mjs"), `workers/${name}`], {
    cwd: root,
    env: { ...process.env, SECRET_KEY: "a-secret-for-benches-only", ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/"msg":"(delivering|dispatching)"/.test(said)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}: ${said}`)));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    ready,
    pid: child.pid as number,
    megabytes: () => residentMegabytes(child.pid as number),
    kill() {
      ready.catch(() => undefined);
      // In good order, so that a profiler can write what it has seen.
      child.kill("SIGTERM");
      return ended;
    },
  };
}

/** The kernel counts in hundredths of a second (proc_pid_stat(5), utime and stime). */
function cpuMsOf(...pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return sum + 10 * (Number(fields[11]) + Number(fields[12]));
    } catch {
      return sum;
    }
  }, 0);
}

/** Of the whole machine: a bench wants it for itself. */
function processesNamed(name: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return readFileSync(`/proc/${entry}/comm`, "utf8").trim() === name;
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Resident memory as the kernel counts it. */
function residentMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function spawnQuietly(program: string, flags: readonly string[]): ChildProcess | null {
  const child = spawn(program, flags, { stdio: "ignore" });
  child.once("error", () => undefined);
  return child.pid ? child : null;
}

async function waitForPort(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.end());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}; the bench needs smtp-sink (Debian: postfix)`);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

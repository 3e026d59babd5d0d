import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectWithRetry, type Pool } from "../adapters/postgres/connect.ts";
import { startEmbeddedServer, type EmbeddedServer } from "../adapters/postgres/embedded-server.ts";
import { readBalance } from "../adapters/postgres/ledger/balance.ts";
import { isDatabaseAway } from "../adapters/postgres/ledger/retry.ts";
import { migrate } from "../adapters/postgres/migrate.ts";
import { readConfig, type Config } from "../app/config.ts";
import type { UncertainPolicy } from "../domain/delivery.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { createSeededRandom } from "../lib/random.ts";
import { compareWithSink, type Comparison } from "./compare.ts";
import { planDrillCampaign } from "./drill-campaign.ts";
import { drillFaults } from "./drill-faults.ts";
import { startDrillRedis, type DrillRedis } from "./drill-redis.ts";
import { chooseGapMs, chooseTarget, type KillTarget } from "./kill-plan.ts";
import { crashPostgres } from "./crash-postgres.ts";
import { startProcessGroup, type ProcessGroup } from "./process-group.ts";
import { startSinkProcess } from "./start-sink-process.ts";

export interface DrillOptions {
  readonly seed: number;
  /** How long things are killed. */
  readonly seconds: number;
  readonly recipients: number;
  readonly queue: "redis" | "postgres";
  readonly policy: UncertainPolicy;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
}

export interface DrillReport extends Comparison {
  /** Processes that died while they held work; others are not counted. */
  readonly kills: number;
  /** Claims that were on the wire when something was killed: with the faults in doubt, the most that may be uncertain. */
  readonly inFlightAtKills: number;
  /** From the last kill until nothing was left to do; null when that never came. */
  readonly recoveredSeconds: number | null;
}

/** Kills come this often: more than twenty in a minute. */
const killEveryMs = 1_900;

/** After the last kill everything must be done within this; what is not is counted as lost. */
const recoverMsMax = 180_000;

const pollMs = 250;

/** Short times, so that what takes hours in the field is seen within a minute; nothing else differs from a real send. */
const drillTimes = {
  SEND_DEADLINE: "6s",
  RETRY_DELAYS: "1s,2s,3s",
  RATE_LIMIT_REST: "2s",
  QUEUE_LOCK: "4s",
};

/**
 * The crash drill: a whole installation of its own in a temporary folder, an SMTP sink with faults at every stage, kills from
 * a seed, and at the end the ledger held against what the sink really took.
 */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const folder = mkdtempSync(join(tmpdir(), "broadsheet-drill-"));
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const redis = options.queue === "redis" ? await startDrillRedis(folder) : null;
    if (redis) stops.push(() => redis.stop());
    const sinkLog = join(folder, "sink.jsonl");
    const sink = await startSinkProcess({ logFile: sinkLog, seed: options.seed, faults: drillFaults });
    stops.push(() => sink.stop());
    const dataDir = join(folder, "postgres");
    const launch = (): Promise<EmbeddedServer> => startEmbeddedServer({ dataDir, log: () => undefined });
    let server = await launch();
    stops.push(() => server.stop());
    const pool = await connectWithRetry(server.url, { max: 4, applicationName: "broadsheet-drill" });
    stops.push(() => pool.end());
    await migrate(pool);
    const config = drillConfig(folder, server.url, sink.port, redis?.url);
    const campaign = await planDrillCampaign(pool, config, options.recipients, options.policy);
    const group = startProcessGroup(
      options.queue === "redis" ? ["dispatch", "deliver", "deliver"] : ["dispatch", "deliver"],
      workerEnvironment(config),
    );
    stops.push(() => group.stop());

    const relaunch = async (): Promise<void> => {
      await crashPostgres(dataDir);
      server = await launch();
    };
    const breakage: Breakage = { pool, campaign, group, redis, relaunch };
    const { kills, inFlight } = await killFor(options, breakage);
    const lastKillMs = systemClock.monotonicMs();
    options.note(`${kills} kills; waiting until everything is done`);
    const recovered = await recover(breakage, options.signal);
    const recoveredSeconds = recovered ? Math.round((systemClock.monotonicMs() - lastKillMs) / 100) / 10 : null;
    await group.stop();
    await sink.stop();
    if (!recovered) options.note(await describeStuck(breakage, group));
    return { ...(await compareWithSink(pool, campaign, sinkLog)), kills, inFlightAtKills: inFlight, recoveredSeconds };
  } finally {
    for (const stop of stops.toReversed()) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Breakage {
  readonly pool: Pool;
  readonly campaign: number;
  readonly group: ProcessGroup;
  readonly redis: DrillRedis | null;
  readonly relaunch: () => Promise<void>;
}

/** Kills from the seed until the time is over or nothing is left to do. */
async function killFor(options: DrillOptions, breakage: Breakage): Promise<{ kills: number; inFlight: number }> {
  const random = createSeededRandom(options.seed);
  const targets: KillTarget[] = [
    "deliver",
    "dispatch",
    "postgres",
    ...(breakage.redis ? (["redis-kill", "redis-flush"] as const) : []),
  ];
  await waitForWork(breakage, options.signal);
  const endMs = systemClock.monotonicMs() + options.seconds * 1_000;
  let kills = 0;
  let inFlight = 0;
  while (systemClock.monotonicMs() < endMs && !options.signal.aborted) {
    await pause(systemClock, chooseGapMs(random, killEveryMs), options.signal);
    const target = chooseTarget(random, targets);
    const work = await readWork(breakage);
    if (work.remaining === 0) break;
    const onTheWire = await strike(target, breakage, work, random.next());
    await resumeLanes(breakage.pool);
    if (onTheWire === null) continue;
    kills += 1;
    inFlight += onTheWire;
    options.note(`kill ${kills}: ${target}, ${onTheWire} on the wire, ${work.remaining} to go`);
  }
  return { kills, inFlight };
}

/** A drill begins when mail flows: what is killed before holds nothing. */
async function waitForWork(breakage: Breakage, signal: AbortSignal): Promise<void> {
  const endMs = systemClock.monotonicMs() + recoverMsMax;
  while (systemClock.monotonicMs() < endMs && !signal.aborted) {
    const { remaining, planned } = await readWork(breakage);
    if (remaining < planned) return;
    await pause(systemClock, pollMs, signal);
  }
}

/** @returns the claims that were on the wire in what was struck; null when nothing there held work, so that it was left alone */
async function strike(target: KillTarget, breakage: Breakage, work: Work, chance: number): Promise<number | null> {
  const { group, redis, relaunch } = breakage;
  const numbers = group.workers.map((worker) => worker.number());
  const held = [...work.sendingByWorker].reduce(
    (sum, [worker, count]) => sum + (numbers.includes(worker) ? count : 0),
    0,
  );
  switch (target) {
    case "deliver": {
      const busy = group.workers.filter((worker) => (work.sendingByWorker.get(worker.number() ?? 0) ?? 0) > 0);
      const chosen = busy[Math.floor(chance * busy.length)];
      if (!chosen) return null;
      const number = chosen.number() as number;
      await chosen.kill();
      // Counted when it is dead: until then it claims and settles.
      return (await readWork(breakage)).sendingByWorker.get(number) ?? 0;
    }
    case "dispatch":
      await group.workers.find((worker) => worker.name === "dispatch")?.kill();
      return 0;
    case "redis-kill":
      await redis?.killAndRestart();
      return 0;
    case "redis-flush":
      await redis?.flush();
      return 0;
    case "postgres":
      // Every session ends with the server, so the sweep may take what is on the wire for lost until its worker is heard of.
      await relaunch();
      return held;
  }
}

interface Work {
  readonly planned: number;
  readonly remaining: number;
  readonly sendingByWorker: ReadonlyMap<number, number>;
}

async function readWork({ pool, campaign }: Breakage): Promise<Work> {
  const { rows } = await pool.query<{ worker: number | null; planned: number; remaining: number; sending: number }>(
    `SELECT worker, count(*) AS planned, count(*) FILTER (WHERE due_at IS NOT NULL) AS remaining,
       count(*) FILTER (WHERE state = 'sending') AS sending
     FROM deliveries_${campaign} GROUP BY worker`,
  );
  return {
    planned: rows.reduce((sum, row) => sum + row.planned, 0),
    remaining: rows.reduce((sum, row) => sum + row.remaining, 0),
    sendingByWorker: new Map(
      rows.filter((row) => row.worker !== null).map((row) => [row.worker as number, row.sending]),
    ),
  };
}

/** A refusal of the sender stops its lane for a person; the drill is that person. */
async function resumeLanes(pool: Pool): Promise<void> {
  await pool.query("UPDATE lanes SET paused_reason = NULL WHERE paused_reason IS NOT NULL");
}

/** Waits until no row has anything to come, and under `resend` nothing is uncertain. @returns whether that came */
async function recover(breakage: Breakage, signal: AbortSignal): Promise<boolean> {
  const endMs = systemClock.monotonicMs() + recoverMsMax;
  while (systemClock.monotonicMs() < endMs && !signal.aborted) {
    try {
      await resumeLanes(breakage.pool);
      const { remaining } = await readWork(breakage);
      const balance = await readBalance(breakage.pool, breakage.campaign);
      if (remaining === 0 && balance?.remaining === 0) return true;
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
    }
    await pause(systemClock, pollMs, signal);
  }
  return false;
}

/** What is left over when a drill does not come to its end: the evidence of a bug. */
async function describeStuck({ pool, campaign }: Breakage, group: ProcessGroup): Promise<string> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT concat_ws(' ', state, lane, 'turn', turn, 'tries', attempts, 'due', due_at - now(), detail) AS line
     FROM deliveries_${campaign} WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 20`,
  );
  return ["Still open:", ...rows.map((row) => row.line), "What the workers said last:", group.output()].join("\n");
}

function drillConfig(folder: string, databaseUrl: string, sinkPort: number, redisUrl: string | undefined): Config {
  return readConfig({
    ...drillTimes,
    DATABASE_URL: databaseUrl,
    SMTP_URL: `smtp://127.0.0.1:${sinkPort}`,
    DATA_DIR: folder,
    LOG_LEVEL: "warn",
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  });
}

function workerEnvironment(config: Config): Readonly<Record<string, string>> {
  return {
    ...drillTimes,
    DATABASE_URL: config.databaseUrl as string,
    SMTP_URL: config.smtpUrl as string,
    DATA_DIR: config.dataDir,
    // The number of each deliver process is read from its log.
    LOG_LEVEL: "info",
    QUEUE_PREFIX: "drill",
    ...(config.redisUrl ? { REDIS_URL: config.redisUrl } : {}),
  };
}

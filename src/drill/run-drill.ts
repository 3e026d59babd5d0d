import { readReasons } from "../adapters/postgres/ledger/balance.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { createSeededRandom } from "../lib/random.ts";
import type { UncertainPolicy } from "../domain/delivery.ts";
import { compareWithSink, type Comparison } from "./compare.ts";
import { planDrillCampaign } from "./drill-campaign.ts";
import { drillFaults } from "./drill-faults.ts";
import { startDrillInstallation, type DrillInstallation } from "./drill-installation.ts";
import {
  describeStuck,
  pollMs,
  readWork,
  recoverMsMax,
  resumeLanes,
  secondsSince,
  waitUntilDone,
  whileNobodyClaims,
  type Work,
} from "./drill-work.ts";
import { chooseGapMs, chooseTarget, type KillTarget } from "./kill-plan.ts";
import type { ProcessGroup } from "./process-group.ts";

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

/** Short times, so that what takes hours in the field is seen within a minute; nothing else differs from a real send. */
const drillTimes = {
  SEND_DEADLINE: "6s",
  RETRY_DELAYS: "1s,2s,3s",
  // One reply in eighty is a 421: with longer rests a drill would spend its time resting.
  RATE_LIMIT_REST: "200ms",
  QUEUE_LOCK: "4s",
};

/**
 * The crash drill: a whole installation of its own in a temporary folder, an SMTP sink with faults at every stage, kills from
 * a seed, and at the end the ledger held against what the sink really took.
 */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { queue, seed } = options;
  const installation = await startDrillInstallation({ queue, seed, faults: drillFaults, variables: drillTimes });
  try {
    const { pool, config, sink, sinkLog } = installation;
    const campaign = await planDrillCampaign(pool, config, options.recipients, options.policy);
    const group = installation.startWorkers();
    const { kills, inFlight } = await killFor(options, { ...installation, campaign, group });
    const lastKillMs = systemClock.monotonicMs();
    options.note(`${kills} kills; waiting until everything is done`);
    const recovered = await waitUntilDone(pool, campaign, options.signal);
    const recoveredSeconds = recovered ? secondsSince(lastKillMs) : null;
    await group.stop();
    await sink.stop();
    for (const { state, detail, count } of await readReasons(pool, campaign))
      if (state === "uncertain") options.note(`uncertain, ${detail}: ${count}`);
    if (!recovered) options.note(await describeStuck(pool, campaign, group.output()));
    return { ...(await compareWithSink(pool, campaign, sinkLog)), kills, inFlightAtKills: inFlight, recoveredSeconds };
  } finally {
    await installation.stop();
  }
}

type Breakage = Pick<DrillInstallation, "pool" | "redis" | "crashDatabase"> & {
  readonly campaign: number;
  readonly group: ProcessGroup;
};

/** Kills from the seed until the time is over or nothing is left to do. */
async function killFor(options: DrillOptions, breakage: Breakage): Promise<{ kills: number; inFlight: number }> {
  const { pool, campaign, redis } = breakage;
  const random = createSeededRandom(options.seed);
  const targets: KillTarget[] = [
    "deliver",
    "dispatch",
    "postgres",
    ...(redis ? (["redis-kill", "redis-flush"] as const) : []),
  ];
  await waitForWork(breakage, options.signal);
  const endMs = systemClock.monotonicMs() + options.seconds * 1_000;
  let kills = 0;
  let inFlight = 0;
  while (systemClock.monotonicMs() < endMs && !options.signal.aborted) {
    await pause(systemClock, chooseGapMs(random, killEveryMs), options.signal);
    const target = chooseTarget(random, targets);
    const work = await readWork(pool, campaign);
    if (work.remaining === 0) break;
    const onTheWire = await strike(target, breakage, work, random.next());
    await resumeLanes(pool);
    if (onTheWire === null) continue;
    kills += 1;
    inFlight += onTheWire;
    options.note(`kill ${kills}: ${target}, ${onTheWire} on the wire, ${work.remaining} to go`);
  }
  return { kills, inFlight };
}

/** A drill begins when mail flows: what is killed before holds nothing. */
async function waitForWork({ pool, campaign }: Breakage, signal: AbortSignal): Promise<void> {
  const endMs = systemClock.monotonicMs() + recoverMsMax;
  while (systemClock.monotonicMs() < endMs && !signal.aborted) {
    const { remaining, planned } = await readWork(pool, campaign);
    if (remaining < planned) return;
    await pause(systemClock, pollMs, signal);
  }
}

/** @returns the claims that were on the wire in what was struck; null when nothing there held work, so that it was left alone */
async function strike(target: KillTarget, breakage: Breakage, work: Work, chance: number): Promise<number | null> {
  const { pool, campaign, group, redis, crashDatabase } = breakage;
  switch (target) {
    case "deliver": {
      const busy = group.workers.filter((worker) => (work.sendingByWorker.get(worker.number() ?? 0) ?? 0) > 0);
      const chosen = busy[Math.floor(chance * busy.length)];
      if (!chosen) return null;
      const number = chosen.number() as number;
      await chosen.kill();
      // Counted when it is dead: until then it claims and settles.
      return whileNobodyClaims(pool, campaign, async (sending) => sending.get(number) ?? 0);
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
      return whileNobodyClaims(pool, campaign, async (sending) => {
        const numbers = group.workers.map((worker) => worker.number());
        await crashDatabase();
        return [...sending].reduce((sum, [worker, count]) => sum + (numbers.includes(worker) ? count : 0), 0);
      });
  }
}

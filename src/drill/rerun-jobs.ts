import { createDeliveryQueue } from "../adapters/queue/delivery-queue.ts";
import { createQueueBackend } from "../adapters/queue/queue-backend.ts";
import { partitionOf } from "../adapters/postgres/ledger/partition.ts";
import { loadLanes } from "../adapters/postgres/ledger/lanes.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { UnavailableError } from "../lib/errors.ts";
import { compareWithSink } from "./compare.ts";
import { planDrillCampaign } from "./drill-campaign.ts";
import { startDrillInstallation, type DrillInstallation } from "./drill-installation.ts";
import { describeStuck, pollMs, readWork, recoverMsMax, secondsSince, waitUntilDone } from "./drill-work.ts";
import { noFaults, type FaultPlan } from "./fault-plan.ts";
import type { DrillOptions, DrillReport } from "./run-drill.ts";

/** Few enough that all are on the wire at once: below the concurrency of every lane and of a deliver process. */
const readers = 24;

/** The sink takes the first mail of each reader and never says so; a second one is answered. */
const takenInSilence: FaultPlan = { ...noFaults, rates: { "dot-silence-after": 1 }, attemptsMax: 1 };

/** Nobody's deadline passes while the queue's locks do, and what was put off on the way is tried again at once. */
const rerunTimes = { SEND_DEADLINE: "60s", QUEUE_LOCK: "4s", RETRY_DELAYS: "1s" };

/**
 * The one situation in which nothing but the claim's condition keeps a reader from a second copy, made certain: every mail was
 * taken and no reply came, each deliver process is killed, and the queue runs each job again. A build whose claim lacks its
 * condition mails everybody twice; a sound one touches nothing, and says of each that it is uncertain.
 * @throws UnavailableError `drill-stuck` when the situation can't be brought about, with the workers' last words
 */
export async function rerunJobs(options: DrillOptions): Promise<DrillReport> {
  const installation = await startDrillInstallation({
    queue: options.queue,
    seed: options.seed,
    faults: takenInSilence,
    variables: rerunTimes,
    connections: readers,
  });
  try {
    const { pool, config, sink, sinkLog } = installation;
    const campaign = await planDrillCampaign(pool, config, readers + 1, options.policy);
    const table = partitionOf(campaign);
    // One reader's hour comes later: a campaign that had closed would turn away a claim that has no condition of its own.
    // She leaves before it, so that no mail of hers is waited for.
    await pool.query(`UPDATE ${table} SET due_at = now() + interval '1 hour' WHERE number = $1`, [readers + 1]);
    await pool.query(
      `UPDATE subscriptions SET status = 'unsubscribed'
       WHERE subscriber_id = (SELECT subscriber_id FROM ${table} WHERE number = $1)`,
      [readers + 1],
    );
    const group = installation.startWorkers();
    const waitFor = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
      const endMs = systemClock.monotonicMs() + recoverMsMax;
      while (!options.signal.aborted && !(await holds())) {
        if (systemClock.monotonicMs() > endMs) {
          const taken = JSON.stringify(await sink.counts());
          const open = await describeStuck(pool, campaign, group.output());
          throw new UnavailableError(
            "drill-stuck",
            `the drill waited in vain until ${what}; the sink: ${taken}\n${open}`,
          );
        }
        await pause(systemClock, pollMs, options.signal);
      }
    };

    await waitFor("every mail was taken", async () => (await sink.counts()).accepted >= readers);
    const held = [...(await readWork(pool, campaign)).sendingByWorker.values()].reduce((sum, count) => sum + count, 0);
    const holders = group.workers.filter((worker) => worker.name === "deliver");
    await Promise.all(holders.map((worker) => worker.kill()));
    const killedMs = systemClock.monotonicMs();
    options.note(`${held} mails taken in silence, and their ${holders.length} deliver processes killed`);
    await waitForEmptyQueue(installation, waitFor);
    options.note("the queue has run every job again");
    // Nobody waits for the hand-out's lease, nor for the last reader's hour.
    await pool.query(`UPDATE ${table} SET due_at = now() WHERE due_at IS NOT NULL`);
    const recovered = await waitUntilDone(pool, campaign, options.signal);
    const recoveredSeconds = recovered ? secondsSince(killedMs) : null;
    await group.stop();
    await sink.stop();
    const comparison = await compareWithSink(pool, campaign, sinkLog);
    return { ...comparison, kills: holders.length, inFlightAtKills: held, recoveredSeconds };
  } finally {
    await installation.stop();
  }
}

/** A job whose holder died stays in the queue until somebody has run it again to its end. */
async function waitForEmptyQueue(
  { pool, config }: DrillInstallation,
  waitFor: (what: string, holds: () => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const backend = createQueueBackend({
    ...(config.redisUrl ? { redisUrl: config.redisUrl } : {}),
    databaseUrl: config.databaseUrl as string,
    prefix: config.queuePrefix,
    lockMs: config.queueLockMs,
    onError: () => undefined,
  });
  const queue = createDeliveryQueue(backend);
  try {
    const lanes = await loadLanes(pool, config.rateLimitRestMs);
    await waitFor("the queue had run every job again", async () => {
      const ahead = await Promise.all(lanes.map(({ name }) => queue.countAhead(name)));
      return ahead.every((count) => count === 0);
    });
  } finally {
    await queue.stop();
    await backend.stop();
  }
}

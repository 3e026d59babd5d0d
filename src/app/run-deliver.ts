import { join } from "node:path";
import { listJournals, openReplyJournal, readJournal, removeJournal } from "../adapters/files/reply-journal.ts";
import { createDeliveryLedger } from "../adapters/postgres/ledger/delivery-ledger.ts";
import { loadDigest } from "../adapters/postgres/ledger/digests.ts";
import { readInstallationId } from "../adapters/postgres/ledger/installation.ts";
import { createLaneControl, loadLanes } from "../adapters/postgres/ledger/lanes.ts";
import { becomeSoleDeliverer, startWorkerLife, whileWorkerIsDead } from "../adapters/postgres/ledger/worker-life.ts";
import { startLaneWorker, type LaneWorker } from "../adapters/queue/delivery-worker.ts";
import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import { createSmtpTransport } from "../adapters/smtp/transport.ts";
import { deliver, type DeliverPorts, type Delivered } from "../delivery/deliver.ts";
import { createDeliveryTimes } from "../delivery/delivery-times.ts";
import { paceOf } from "../delivery/dispatch.ts";
import { holdTurns } from "../delivery/hold-turns.ts";
import { defaultRetrySchedule, type RetrySchedule } from "../delivery/retry-schedule.ts";
import { createCampaignWatch, createLaneWatch } from "../delivery/watch-refusals.ts";
import { personalise } from "../digest/personalise.ts";
import type { DeliveryJob } from "../domain/delivery.ts";
import type { DeliveryLedger } from "../domain/ledger.ts";
import { createBufferPool } from "../lib/buffer-pool.ts";
import { BugError } from "../lib/assert.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { systemRandom } from "../lib/random.ts";
import type { Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createDigestCache } from "./digest-cache.ts";
import { createLogger, type Logger } from "./log.ts";
import { createMailSettings } from "./mail-settings.ts";
import { startNoticeDelivery } from "./deliver-notices.ts";
import { reportWorker } from "./report-worker.ts";
import { openQueue } from "./open-queue.ts";
import { loadTokenKeys } from "./secret.ts";
import { listenForShutdown } from "./shutdown.ts";
import { loadSigners, signersFor } from "./signing-keys.ts";
import { holdRestored, openStartFence } from "./start-fence.ts";

/** A newsletter with both parts; bounds the memory that is kept for the next messages. */
const messageBytesUsual = 60_000;

/** Lanes are read again this often: a new one, a changed pace, a rate limit elsewhere. */
const lanesEveryMs = 2_000;

/** Without a connection a job rests this long before it is given back: the pace of retrying a server that is away. */
const noConnectionPauseMs = 2_000;
/** While no server may be tried at all a job rests as long, within reason: a mended server should be noticed. */
const noConnectionPauseMsMax = 15_000;
/** A fault of our own (credentials, TLS) is mended by a person: trying often would only lock the account. */
const permanentPauseMs = 15_000;

/** After the first signal what is on the wire may finish for this long; then its sockets are destroyed and it is uncertain. */
export const drainMs = 25_000;

/** One deliver process: takes jobs until it is told to stop. @returns the exit code */
export async function runDeliver(config: Config): Promise<number> {
  const log = createLogger(config, "deliver");
  const shutdown = listenForShutdown();
  if (!config.smtpUrl) {
    throw new InputError({
      code: "no-smtp",
      message:
        'SMTP_URL is not set, so there is nowhere to deliver to. "broadsheet up" starts the local catcher and a deliver process for it.',
    });
  }
  const signers = loadSigners(config);
  const transport = createSmtpTransport({ servers: parseSmtpServers(config.smtpUrl) });
  const settingsOf = createMailSettings(config, loadTokenKeys(config), transport.profile);
  const database = await openDatabase(config, log, "broadsheet-deliver");
  const { pool } = database;
  const backend = await openQueue(config, database, log, createErrorLog(log, "queue"));

  const sole = backend.kind === "postgres" ? await becomeSoleDeliverer(database.url) : null;
  if (backend.kind === "postgres" && !sole) {
    await backend.stop();
    await database.stop();
    throw new InputError({
      code: "second-deliverer",
      message:
        "Another deliver process already works on the PostgreSQL queue, which bears only one (BullMQ deadlocks there with several). Set REDIS_URL to run more.",
    });
  }

  const times = createDeliveryTimes(config.sendDeadlineMs);
  const life = await startWorkerLife(pool, database.url, systemClock);
  const reporting = await reportWorker(pool, log, { kind: "deliver", worker: life.worker });
  const onAway = createErrorLog(log, "database");
  const { worker } = life;
  const { leaseMs } = times;
  const ledger = holdTurns(createDeliveryLedger({ pool, clock: systemClock, onAway, worker, leaseMs }));
  const journals = join(config.dataDir, "journal", await readInstallationId(pool));
  await replayJournals(journals, ledger, (worker, work) => whileWorkerIsDead(pool, worker, work), log);
  const journal = openReplyJournal(journals, life.worker);

  const buffers = createBufferPool(config.deliverConcurrency * messageBytesUsual);
  const ports: DeliverPorts = {
    transport,
    ledger,
    journal,
    times,
    lanes: createLaneControl(pool, config.rateLimitRestMs, onAway),
    clock: systemClock,
    random: systemRandom,
    schedule: scheduleOf(config),
    laneWatch: createLaneWatch(),
    campaignWatch: createCampaignWatch(config.haltRefusedShare),
    loadDigest: createDigestCache((id) => loadDigest(pool, id)),
    compose(digest, claim) {
      const { fromAddress } = digest.sender;
      const recipient = {
        identity: { kind: "delivery", id: claim.job.delivery } as const,
        list: claim.list,
        frozen: claim.frozen,
      };
      return personalise(digest, recipient, settingsOf(fromAddress), signersFor(signers, fromAddress), buffers.take);
    },
    reuse: ({ bytes }) => buffers.give(bytes),
  };
  // A broken invariant ends the process: what it held becomes uncertain, and its parent starts another.
  const died = new AbortController();
  const bugs: BugError[] = [];
  const die = (error: BugError): void => {
    bugs.push(error);
    died.abort();
  };
  const noConnectionLog = createNoConnectionLog(log);
  const handle = async (job: DeliveryJob): Promise<void> => {
    try {
      const delivered = await deliver(job, ports);
      if (delivered.type === "settled") reporting.count(delivered.settlement.state);
      if (delivered.type === "no-connection") {
        noConnectionLog(delivered);
        await pause(systemClock, noConnectionPauseOf(delivered), shutdown.signal);
      }
    } catch (error) {
      if (error instanceof BugError) return die(error);
      // A bug or a refused statement: the row keeps its claim and becomes uncertain when the lease is over, never lost.
      log.error({ delivery: job.delivery, reason: messageOf(error) }, "a delivery failed inside Broadsheet");
    }
  };

  const workers = new Map<string, LaneWorker>();
  const followLanes = async (): Promise<void> => {
    for (const lane of await loadLanes(pool, config.rateLimitRestMs)) {
      const pace = paceOf(lane);
      const known = workers.get(lane.name);
      if (known) known.setPace(pace);
      else workers.set(lane.name, startLaneWorker(backend, lane.name, pace, config.deliverConcurrency, handle));
    }
  };
  const notices = startNoticeDelivery({
    pool,
    backend,
    transport,
    times,
    schedule: ports.schedule,
    worker: life.worker,
    publicUrl: config.publicUrl,
    settingsOf,
    signers,
    log,
    onAway,
  });
  const fence = await openStartFence(config, pool);
  await holdRestored(pool, fence, log);
  await followLanes();
  log.info({ worker: life.worker, queue: backend.kind, lanes: [...workers.keys()] }, "delivering");

  const ended = AbortSignal.any([shutdown.signal, died.signal]);
  while (!ended.aborted) {
    await pause(systemClock, lanesEveryMs, ended);
    await holdRestored(pool, fence, log).catch(onAway);
    await followLanes().catch(onAway);
  }

  const [bug] = bugs;
  if (bug) throw bug;
  log.info("stopping: what is on the wire finishes");
  const drained = Promise.all([notices.stop(), ...[...workers.values()].map((worker) => worker.stop())]);
  const finished = new AbortController();
  await Promise.race([drained.then(() => finished.abort()), pause(systemClock, drainMs, finished.signal)]);
  await transport.stop();
  await drained;
  journal.close();
  fence.stop();
  await backend.stop();
  await reporting.stop();
  await life.stop();
  await sole?.stop();
  await database.stop();
  shutdown.dispose();
  return 0;
}

/** Settles what dead workers had been told by a server and could not write. */
async function replayJournals(
  folder: string,
  ledger: DeliveryLedger,
  whileDead: (worker: number, work: () => Promise<void>) => Promise<boolean>,
  log: Logger,
): Promise<void> {
  for (const worker of listJournals(folder)) {
    await whileDead(worker, async () => {
      const settlements = readJournal(folder, worker);
      await Promise.all(settlements.map((settlement) => ledger.settle(settlement)));
      removeJournal(folder, worker);
      log.info({ worker, replies: settlements.length }, "settled the replies of a worker that died");
    });
  }
}

function scheduleOf(config: Config): RetrySchedule {
  return {
    ...defaultRetrySchedule,
    rateLimitDelayMs: config.rateLimitRestMs,
    ...(config.retryDelaysMs ? { delaysMs: config.retryDelaysMs } : {}),
    ...(config.giveUpAfterMs ? { giveUpAfterMs: config.giveUpAfterMs } : {}),
  };
}

function noConnectionPauseOf({ permanent, retryAfterMs }: Extract<Delivered, { type: "no-connection" }>): number {
  if (retryAfterMs !== null) return Math.min(Math.max(retryAfterMs, noConnectionPauseMs), noConnectionPauseMsMax);
  return permanent ? permanentPauseMs : noConnectionPauseMs;
}

/** Every waiting job meets the same closed door; it is told once in a while, a fault of our own as an error. */
function createNoConnectionLog(log: Logger): (delivered: Extract<Delivered, { type: "no-connection" }>) => void {
  const toldMs = new Map<string, number>();
  return ({ cause, permanent }) => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - (toldMs.get(cause) ?? Number.NEGATIVE_INFINITY) < 5_000) return;
    if (toldMs.size > 100) toldMs.clear();
    toldMs.set(cause, nowMs);
    if (permanent) log.error({ cause }, "no SMTP connection, and trying again won't help: mend SMTP_URL or the server");
    else log.warn({ cause }, "no SMTP connection; trying on");
  };
}

/** The same trouble is told once in a while, not once a call. */
function createErrorLog(log: Logger, what: string): (error: unknown) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (systemClock.monotonicMs() - toldMs < 5_000) return;
    toldMs = systemClock.monotonicMs();
    log.warn({ reason: messageOf(error) }, `the ${what} is away; trying on`);
  };
}

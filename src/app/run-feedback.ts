import { hostname } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { createImapMailbox } from "../adapters/inbound/imap-mailbox.ts";
import { startSmtpListener, type SmtpListener } from "../adapters/inbound/smtp-listener.ts";
import { openSpool, type Spool } from "../adapters/inbound/spool.ts";
import { forgetOldFeedback } from "../adapters/postgres/feedback-retention.ts";
import { settleUncertainByEarlierReports } from "../adapters/postgres/feedback.ts";
import { liftProvisional } from "../adapters/postgres/refusals.ts";
import { pause, systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { createFeedbackApplier, type Applied } from "./apply-feedback.ts";
import { feedbackSmtpPortDefault, type Config } from "./config.ts";
import { openDatabase } from "./database.ts";
import { createInboundAddresses } from "./inbound-addresses.ts";
import { judgeRefusals, refusalsMax } from "./judge-refusals.ts";
import { createLogger, type Logger } from "./log.ts";
import { loadTokenKeys } from "./secret.ts";
import { reportWorker } from "./report-worker.ts";
import { listenForShutdown } from "./shutdown.ts";
import { createInboundTaker, type InboundMail, type Taken } from "./take-inbound-mail.ts";
import { createWebhookSender } from "./send-webhooks.ts";

/** A look at the spool and at refusals; a look costs two short statements. */
const roundMs = 1_000;
/** After a round that failed, because the database is away. */
const failedMs = 3_000;
const settleEveryMs = 30_000;
/** A report may come before the worker that sent its message is known to be dead; a lease is shorter than this. */
const settleWithinMs = 2 * 86_400_000;
const retentionEveryMs = 3_600_000;
/** What was set aside waits this long for a person. */
const asideMs = 30 * 86_400_000;
/** Gmail's trouble of December 2020 took seven hours; a day later a try tells. */
export const provisionalMs = 24 * 3_600_000;
/** A mail that fails this often would fail for ever. */
const failuresMax = 5;

/** A feedback process: takes mail, judges refusals, tells webhooks, forgets in time. @returns the exit code */
export async function runFeedback(config: Config): Promise<number> {
  const log = createLogger(config, "feedback");
  const shutdown = listenForShutdown();
  const { signal } = shutdown;
  const database = await openDatabase(config, log, "broadsheet-feedback");
  const { pool } = database;
  const keys = loadTokenKeys(config);
  const applier = createFeedbackApplier(pool, config.haltComplaintShare);
  const addresses = createInboundAddresses(pool, keys, config);
  const take = createInboundTaker(pool, keys, applier, addresses);
  const spool = await openSpool(join(config.dataDir, "feedback-spool"));
  let wake = new AbortController();
  signal.addEventListener("abort", () => wake.abort());

  let listener: SmtpListener | null;
  try {
    listener = await listen(config, log, {
      accepts: (address) => addresses.accepts(address),
      async keep(mail) {
        await spool.add(mail);
        wake.abort();
      },
      onError: (error) => log.warn({ reason: messageOf(error) }, "the feedback listener met a fault"),
    });
  } catch (error) {
    await database.stop();
    throw error;
  }
  log.info({ smtp: listener?.port ?? null, imap: config.imapUrl !== undefined }, "taking feedback");

  const reporting = await reportWorker(pool, log, { kind: "feedback" });
  const webhooks = createWebhookSender(pool, config, log);
  const mailsIn = createMailCounter(log);
  const rounds = [
    repeat(signal, log, "the spool", async () => {
      await emptySpool(spool, (mail) => take(mail).then(mailsIn), log, signal);
      wake = new AbortController();
      // A mail that came while the spool was read has its name there already.
      if ((await spool.list()).length === 0) await pause(systemClock, roundMs, wake.signal);
    }),
    repeat(signal, log, "refusals", async () => {
      const { judged, applied } = await judgeRefusals(pool, applier);
      if (judged > 0) tell(log, applied, { refusals: judged });
      if (judged < refusalsMax) await pause(systemClock, roundMs, signal);
    }),
    repeat(signal, log, "uncertain deliveries", async () => {
      const settled = await settleUncertainByEarlierReports(pool, settleWithinMs);
      if (settled > 0) log.info({ settled }, "reports settled uncertain deliveries");
      await pause(systemClock, settleEveryMs, signal);
    }),
    repeat(signal, log, "webhooks", async () => {
      const isOver = new AbortController();
      if ((await webhooks.round()) > 0) void webhooks.settled().then(() => isOver.abort());
      await pause(systemClock, roundMs, AbortSignal.any([signal, isOver.signal]));
    }),
    repeat(signal, log, "retention", async () => {
      await forget(pool, spool, log);
      await webhooks.forget();
      await pause(systemClock, retentionEveryMs, signal);
    }),
    ...(config.imapUrl ? [pollMailbox(config.imapUrl, config, take, mailsIn, log, signal)] : []),
  ];
  await Promise.all(rounds);

  await webhooks.settled();
  await reporting.stop();
  await listener?.stop();
  await database.stop();
  shutdown.dispose();
  return 0;
}

async function listen(
  config: Config,
  log: Logger,
  handlers: Pick<Parameters<typeof startSmtpListener>[0], "accepts" | "keep" | "onError">,
): Promise<SmtpListener | null> {
  const name = config.returnPathDomain ?? hostname();
  const port = config.feedbackSmtpPort ?? feedbackSmtpPortDefault;
  try {
    return await startSmtpListener({ host: config.feedbackSmtpHost, port, name, ...handlers });
  } catch (error) {
    // Nobody asked for this port: another installation on the machine may have it.
    if (config.feedbackSmtpPort !== undefined) throw error;
    log.warn({ reason: messageOf(error) }, "there is no feedback listener; set FEEDBACK_SMTP_PORT to a free port");
    return null;
  }
}

/** Runs a round again and again until the signal; one that fails is told, and tried again a little later. */
async function repeat(signal: AbortSignal, log: Logger, what: string, round: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await round();
    } catch (error) {
      log.warn({ reason: messageOf(error) }, `a round of ${what} failed; the next one tries again`);
      await pause(systemClock, failedMs, signal);
    }
  }
}

const failures = new Map<string, number>();

/** Carries out what waits, oldest first. The file goes when its effects are committed. */
async function emptySpool(
  spool: Spool,
  take: (mail: InboundMail) => Promise<Taken>,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (const name of await spool.list()) {
    if (signal.aborted) return;
    try {
      const { to, raw } = await spool.read(name);
      const { isStray } = await take({ source: "smtp", to, raw });
      if (isStray) await spool.setAside(name);
      else await spool.remove(name);
      failures.delete(name);
    } catch (error) {
      const count = (failures.get(name) ?? 0) + 1;
      failures.set(name, count);
      log.warn({ mail: name, reason: messageOf(error) }, "an incoming mail could not be carried out");
      if (count < failuresMax) throw error;
      await spool.setAside(name);
      failures.delete(name);
      log.error({ mail: name }, "an incoming mail was set aside in feedback-spool/kept");
    }
  }
}

async function pollMailbox(
  url: string,
  config: Config,
  take: (mail: InboundMail) => Promise<Taken>,
  onTaken: (taken: Taken) => Taken,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const mailbox = createImapMailbox(url);
  await repeat(signal, log, "the mailbox", async () => {
    const moved = await mailbox.poll(async (raw) => {
      try {
        const taken = onTaken(await take({ source: "imap", to: [], raw }));
        return taken.isStray ? "kept" : "processed";
      } catch (error) {
        log.warn({ reason: messageOf(error) }, "a mail in the mailbox could not be carried out; it stays there");
        throw error;
      }
    }, signal);
    if (moved > 0) log.info({ moved }, "mails of the mailbox were carried out");
    await pause(systemClock, config.imapEveryMs, signal);
  });
}

async function forget(pool: Pool, spool: Spool, log: Logger): Promise<void> {
  const lifted = await liftProvisional(pool, provisionalMs);
  if (lifted > 0) log.info({ lifted }, "provisional suppressions were lifted for a second try");
  const forgotten = await forgetOldFeedback(pool);
  const mails = await spool.forgetAside(asideMs, systemClock.now().getTime());
  if (forgotten + mails > 0) log.info({ rows: forgotten, mails }, "what is past its time was deleted");
}

function createMailCounter(log: Logger): (taken: Taken) => Taken {
  return (taken) => {
    tell(log, taken.applied, taken.left > 0 ? { left: taken.left } : {});
    return taken;
  };
}

/** Numbers and deliveries only: addresses are not logged. */
function tell(log: Logger, { alerts, ...counts }: Applied, more: Readonly<Record<string, number>>): void {
  const told = Object.fromEntries(Object.entries({ ...counts, ...more }).filter(([, count]) => count > 0));
  log.info(told, "feedback");
  for (const { reason, delivery, lane } of alerts)
    log.warn(
      { reason, delivery, lane },
      "a provider refuses the sender: this is for the operator, not the reader's fault",
    );
}

import type { Pool } from "pg";
import { readForwardedMail } from "../adapters/postgres/forwards.ts";
import { findList } from "../adapters/postgres/lists.ts";
import { untilDatabaseAnswers } from "../adapters/postgres/ledger/retry.ts";
import {
  claimNotice,
  settleNoticeTurn,
  type ClaimedNotice,
  type NoticeJob,
  type NoticeSettlement,
} from "../adapters/postgres/notice-ledger.ts";
import { findPublicListById } from "../adapters/postgres/public-lists.ts";
import { startNoticeQueueWorker } from "../adapters/queue/notice-queue.ts";
import type { QueueBackend } from "../adapters/queue/queue-backend.ts";
import type { DeliveryTimes } from "../delivery/delivery-times.ts";
import { retryDelayMs, type RetrySchedule } from "../delivery/retry-schedule.ts";
import type { Signer } from "../digest/dkim-signer.ts";
import type { MailSettings } from "../digest/mail-settings.ts";
import { personalise } from "../digest/personalise.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import type { Transport } from "../domain/transport.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { systemRandom } from "../lib/random.ts";
import { composeForward } from "./forward-reply.ts";
import type { Logger } from "./log.ts";
import { createNoticeDigests } from "./notice-digest.ts";
import { signersFor } from "./signing-keys.ts";

/** Notices at once in one process; they are few, and each is somebody who waits. */
const concurrency = 4;

/** A confirmation that comes a day late is of no use to anybody. */
const giveUpAfterMs = 24 * 3_600_000;
/** Nothing was said to a server; whatever is missing may come back. */
const unsendableRetryMs = 30_000;
const detailCharactersMax = 500;

export interface NoticeDelivery {
  readonly pool: Pool;
  readonly backend: QueueBackend;
  readonly transport: Transport;
  readonly times: DeliveryTimes;
  readonly schedule: RetrySchedule;
  readonly worker: number;
  readonly publicUrl: string;
  readonly settingsOf: (fromAddress: string) => MailSettings;
  readonly signers: readonly Signer[];
  readonly log: Logger;
  readonly onAway: (error: unknown) => void;
}

/** The deliver process's part of notices: the protocol of deliveries, on a ledger and a queue of their own. */
export function startNoticeDelivery(ports: NoticeDelivery): { stop(): Promise<void> } {
  const compose = createComposer(ports);
  // The queue may run a job twice here; after a lost answer the second run would be given the first one's claim.
  const running = new Set<string>();
  return startNoticeQueueWorker(ports.backend, concurrency, async (job) => {
    const turn = `${job.notice}.${job.turn}`;
    if (running.has(turn)) return;
    running.add(turn);
    try {
      await deliverNotice(job, ports, compose);
    } catch (error) {
      // The row keeps its claim and becomes uncertain when the lease is over.
      ports.log.error({ notice: job.notice, reason: messageOf(error) }, "a notice failed inside Broadsheet");
    } finally {
      running.delete(turn);
    }
  });
}

type Compose = (notice: ClaimedNotice) => Promise<Message>;

/** Connection, claim, compose, send, settle, in this order (docs/guarantees.md). */
async function deliverNotice(job: NoticeJob, ports: NoticeDelivery, compose: Compose): Promise<void> {
  const { pool, transport, times, onAway } = ports;
  const connection = await transport.connect(systemClock.monotonicMs() + times.connectMs);
  if ("failed" in connection) {
    // The dispatcher hands it out again when its time is over.
    ports.log.warn({ cause: connection.cause }, "no SMTP connection for a notice");
    return;
  }
  const deadlineMs = systemClock.monotonicMs() + times.deadlineMs;
  let settlement: NoticeSettlement;
  try {
    const notice = await untilDatabaseAnswers(
      systemClock,
      (isRetry) => claimNotice(pool, job, ports.worker, times.leaseMs, isRetry),
      onAway,
    );
    if (!notice) return;
    let message: Message;
    try {
      message = await compose(notice);
      const outcome = await connection.send(message, deadlineMs, () => systemClock.monotonicMs() < deadlineMs);
      settlement = settle(notice, outcome, ports.schedule);
    } catch (error) {
      const lasting = error instanceof InputError;
      settlement = {
        ...job,
        state: lasting ? "skipped" : "deferred",
        dueInMs: lasting ? null : unsendableRetryMs,
        detail: messageOf(error),
      };
    }
  } finally {
    connection.release();
  }
  await untilDatabaseAnswers(systemClock, () => settleNoticeTurn(pool, settlement), onAway);
}

function settle(notice: ClaimedNotice, outcome: Outcome, schedule: RetrySchedule): NoticeSettlement {
  const common = { notice: notice.notice, turn: notice.turn };
  const reply = "reply" in outcome && outcome.reply ? `${outcome.reply.code} ${outcome.reply.text}` : null;
  const detail = (reply ?? ("cause" in outcome ? outcome.cause : "")).slice(0, detailCharactersMax);
  if (outcome.type !== "deferred") return { ...common, state: outcome.type, dueInMs: null, detail };
  if (notice.ageMs >= giveUpAfterMs)
    return { ...common, state: "refused", dueInMs: null, detail: `expired: ${detail}` };
  return { ...common, state: "deferred", dueInMs: retryDelayMs(schedule, notice.attempts + 1, systemRandom), detail };
}

function createComposer({ pool, publicUrl, settingsOf, signers }: NoticeDelivery): Compose {
  const digestOf = createNoticeDigests();
  return async (notice) => {
    const found = await findPublicListById(pool, notice.listId);
    if (!found) throw new InputError({ code: "list-unknown", message: `There is no list ${notice.listId} any more.` });
    const list = await findList(pool, found.slug);
    if (notice.kind === "forward") {
      const raw = await readForwardedMail(pool, notice.notice);
      if (!raw) throw new InputError({ code: "forward-gone", message: "The answer to be forwarded was deleted." });
      const { notice: id, address, dateMs } = notice;
      return composeForward({ notice: id, address, dateMs, raw }, list.sender, settingsOf(list.sender.fromAddress));
    }
    const template = found.settings["template"];
    const digest = await digestOf(notice.content.type, notice.content.lang, {
      sender: list.sender,
      template: typeof template === "string" ? template : "digest",
      publicUrl,
      date: new Date(notice.dateMs).toISOString().slice(0, 10),
    });
    const own = signersFor(signers, list.sender.fromAddress);
    const frozen = {
      subscriberId: notice.content.subject,
      address: notice.address,
      values: notice.content.values,
      zone: null,
      variant: "",
      dateMs: notice.dateMs,
      selectors: own.map((signer) => signer.selector).join(","),
    };
    const identity = { kind: "notice", id: notice.notice } as const;
    return personalise(digest, { identity, list: notice.listId, frozen }, settingsOf(list.sender.fromAddress), own);
  };
}

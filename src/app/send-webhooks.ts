import type { Pool } from "pg";
import {
  forgetOldWebhooks,
  settleWebhook,
  stopWebhookEndpoint,
  takeDueWebhooks,
  type DueWebhook,
} from "../adapters/postgres/webhooks.ts";
import { postWebhook } from "../adapters/webhooks/post-webhook.ts";
import { createWebhookKeys, nextWebhookDelayMs, openWebhookSecret, signWebhook } from "../domain/webhook.ts";
import { systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { AddressRule } from "../lib/public-lookup.ts";
import { systemRandom } from "../lib/random.ts";
import type { AuditConfig } from "./audit/record-audit.ts";
import type { Logger } from "./log.ts";
import { loadSecrets } from "./secret.ts";

/** Messages of one endpoint at once; there are twenty endpoints at most. */
const atOnceOfEach = 8;

export interface WebhookSender {
  /** Begins to send what is due. An endpoint that is slow holds up nobody but itself. @returns how many were begun */
  round(): Promise<number>;
  /** Resolves when what was begun is over; each try ends within seconds. */
  settled(): Promise<void>;
  /** Forgets what is past its time. */
  forget(): Promise<void>;
}

/** @param isAllowed who may be asked; tests ask their own machine */
export function createWebhookSender(
  pool: Pool,
  config: AuditConfig,
  log: Logger,
  isAllowed?: AddressRule,
): WebhookSender {
  const keys = createWebhookKeys(loadSecrets(config));
  /** What is under way, by endpoint. */
  const running = new Map<number, Promise<void>>();
  const sendAll = async (endpoint: number, messages: readonly DueWebhook[]): Promise<void> => {
    try {
      await Promise.all(messages.map((message) => sendOne(pool, keys, log, message, isAllowed)));
    } catch (error) {
      // The database is away: what was not settled comes back by itself.
      log.warn({ webhook: endpoint, reason: messageOf(error) }, "what became of webhooks could not be written");
    } finally {
      running.delete(endpoint);
    }
  };
  return {
    async round() {
      const due = await takeDueWebhooks(pool, atOnceOfEach, [...running.keys()]);
      for (const endpoint of new Set(due.map(({ endpointId }) => endpointId))) {
        const messages = due.filter(({ endpointId }) => endpointId === endpoint);
        running.set(endpoint, sendAll(endpoint, messages));
      }
      return due.length;
    },
    async settled() {
      await Promise.all(running.values());
    },
    forget: () => forgetOldWebhooks(pool),
  };
}

const goneStatus = 410;

async function sendOne(
  pool: Pool,
  keys: readonly Buffer[],
  log: Logger,
  message: DueWebhook,
  isAllowed: AddressRule | undefined,
): Promise<void> {
  const { id, endpointId, url, event, data, createdAt, attempts } = message;
  const secret = openWebhookSecret(message.secret, keys);
  if (secret === null) {
    log.error({ webhook: endpointId }, "a webhook's secret can't be read: it was made with another SECRET_KEY");
    return stopWebhookEndpoint(pool, endpointId, "its secret was made with another SECRET_KEY; make the webhook anew");
  }
  // The same bytes at every try.
  const body = JSON.stringify({ type: event, timestamp: createdAt.toISOString(), data });
  const webhookId = `msg_${id}`;
  const timestamp = Math.floor(systemClock.now().getTime() / 1_000);
  const startedMs = systemClock.monotonicMs();
  const reply = await postWebhook(
    url,
    {
      "webhook-id": webhookId,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signWebhook(secret, webhookId, timestamp, body),
    },
    body,
    isAllowed,
  );
  const delivered = reply.status !== null && reply.status >= 200 && reply.status < 300;
  const dueInMs = delivered ? null : nextWebhookDelayMs(attempts, reply.retryAfterMs, systemRandom.next());
  const { status, error } = reply;
  const tookMs = Math.round(systemClock.monotonicMs() - startedMs);
  await settleWebhook(pool, id, { status, error, tookMs, delivered, dueInMs });
  if (delivered) return;
  log.warn({ webhook: endpointId, message: webhookId, attempts, status, error }, "a webhook was not taken");
  if (status === goneStatus) return stopWebhookEndpoint(pool, endpointId, "it answered 410: it is gone");
  if (dueInMs === null)
    await stopWebhookEndpoint(pool, endpointId, `it took nothing for days; the last try: ${status ?? error}`);
}

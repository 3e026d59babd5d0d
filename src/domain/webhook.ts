/** Webhooks that we send, by the Standard Webhooks specification 1.0.0 (https://www.standardwebhooks.com). */
import { createHmac, hkdfSync, randomBytes } from "node:crypto";

export { openText as openWebhookSecret, sealText as sealWebhookSecret } from "../lib/sealed-text.ts";

/** What a program can be told. The triggers of migration 0035 write them. */
export const webhookEvents = {
  "campaign.scheduled": "a campaign was planned, or goes on",
  "campaign.sending": "a campaign began",
  "campaign.paused": "a campaign was paused, by somebody or by itself",
  "campaign.sent": "a campaign is over",
  "campaign.cancelled": "a campaign was cancelled",
  "subscription.confirmed": "somebody confirmed a subscription, or came back",
  "subscription.unsubscribed": "somebody left a list",
  "feedback.bounce": "a mail came back",
  "feedback.complaint": "somebody marked a mail as spam",
} as const;
export type WebhookEvent = keyof typeof webhookEvents;

/** Sent by the button in the console. */
export const testEvent = "webhook.test";

export function isWebhookEvent(text: string): text is WebhookEvent {
  return Object.hasOwn(webhookEvents, text);
}

/** Specification: between 24 and 64 bytes. */
const secretBytes = 32;
const prefix = "whsec_";

/** `whsec_` and base64, as the specification writes it. */
export function createWebhookSecret(): string {
  return prefix + randomBytes(secretBytes).toString("base64");
}

/** @returns the header `webhook-signature`: version 1, HMAC-SHA256 over id, time and body */
export function signWebhook(secret: string, id: string, timestampSeconds: number, body: string): string {
  const key = Buffer.from(secret.slice(prefix.length), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestampSeconds}.${body}`).digest("base64")}`;
}

/** @param secrets of the installation. @returns one key each, good for secrets of webhooks alone (RFC 5869) */
export function createWebhookKeys(secrets: readonly string[]): readonly Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync("sha256", secret, "broadsheet 1", "webhook secrets", 32)));
}

const secondMs = 1_000;
const hourMs = 3_600_000;

/** The specification's own example: ten tries in a little over three days, the first at once. */
const delaysMs = [
  5 * secondMs,
  300 * secondMs,
  0.5 * hourMs,
  2 * hourMs,
  5 * hourMs,
  10 * hourMs,
  14 * hourMs,
  20 * hourMs,
  24 * hourMs,
];
/** What an endpoint may ask for by Retry-After. */
const retryAfterMsMax = 24 * hourMs;

/**
 * @param attempts that were made
 * @param retryAfterMs what the endpoint asked for
 * @param chance 0 to 1: many that failed together don't all come back together
 * @returns `null` when it is given up
 */
export function nextWebhookDelayMs(attempts: number, retryAfterMs: number | null, chance: number): number | null {
  const delayMs = delaysMs[attempts - 1];
  if (delayMs === undefined) return null;
  return Math.max(delayMs * (1 + chance * 0.2), Math.min(retryAfterMs ?? 0, retryAfterMsMax));
}

import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { noteWebhookCall } from "../adapters/postgres/webhook-calls.ts";
import { inTransaction } from "../adapters/postgres/transaction.ts";
import { fetchFromAmazon } from "../adapters/webhooks/fetch-amazon.ts";
import { isSignedByMailgun } from "../adapters/webhooks/mailgun-signature.ts";
import { hasPostmarkPassword } from "../adapters/webhooks/postmark-password.ts";
import { isSignedBySendgrid } from "../adapters/webhooks/sendgrid-signature.ts";
import {
  isSignedBySns,
  isSnsCertificateUrl,
  isSnsUrl,
  parseSnsMessage,
  type SnsMessage,
} from "../adapters/webhooks/sns-message.ts";
import { formatDeliveryId, parseDeliveryId } from "../domain/delivery.ts";
import { readMessageId } from "../domain/message-id.ts";
import type { TokenKeys } from "../domain/token-keys.ts";
import { identifyDelivery } from "../feedback/identify-delivery.ts";
import { objectOf, textOf } from "../feedback/json-fields.ts";
import { readMailgunEvent } from "../feedback/mailgun-event.ts";
import { readPostmarkEvent } from "../feedback/postmark-event.ts";
import type { ProviderEvent } from "../feedback/provider-event.ts";
import type { Finding, FindingDraft, Trust } from "../feedback/report.ts";
import { readSendgridEvent } from "../feedback/sendgrid-event.ts";
import { readSesNotification } from "../feedback/ses-notification.ts";
import { systemClock } from "../lib/clock.ts";
import { addApplied, createFeedbackApplier, nothingApplied, type Arrival } from "./apply-feedback.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";

export const webhookProviders = ["ses", "postmark", "sendgrid", "mailgun"] as const;
export type WebhookProvider = (typeof webhookProviders)[number];

export interface WebhookCall {
  readonly body: Buffer;
  readonly header: (name: string) => string | undefined;
}

export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 403 | 404 | 409 | 503;
  readonly text: string;
}

export type WebhookTaker = (provider: WebhookProvider, call: WebhookCall) => Promise<WebhookAnswer>;

export interface WebhookPorts {
  readonly pool: Pool;
  readonly config: Config;
  readonly keys: TokenKeys;
  readonly log: Logger;
  /** Gets a page of SNS; another one only in tests. */
  readonly fetchFromAmazon?: (url: string) => Promise<string | null>;
}

/** How old a call may be: as long as the provider repeats one that was not answered, and a little. A copy of it is refused anyway. */
const ageMsMax = {
  // SNS to HTTPS endpoints: an hour.
  ses: 75 * 60_000,
  // SendGrid: 24 hours.
  sendgrid: 25 * 3_600_000,
  // Mailgun: 8 hours.
  mailgun: 9 * 3_600_000,
} as const;
/** Two clocks may differ. */
const aheadMsMax = 5 * 60_000;
const eventsMax = 5_000;
const certificatesMax = 20;

/** A call that was checked: what it says, and the id by which a copy of it is known. */
interface Checked {
  readonly id: string;
  readonly arrivals: readonly Arrival[];
}

/** Takes the calls of relays: the signature first, then the age, then whether it was taken before; only then it counts. */
export function createWebhookTaker(ports: WebhookPorts): WebhookTaker {
  const { pool, config, keys, log } = ports;
  const fetchPage = ports.fetchFromAmazon ?? fetchFromAmazon;
  const applier = createFeedbackApplier(pool, config.haltComplaintShare);
  const certificates = new Map<string, string>();

  const verifier = {
    verpKeys: keys.verp,
    readMessageId(text: string) {
      const identity = readMessageId(text, keys);
      return identity?.kind === "delivery" ? identity.id : null;
    },
  };

  async function checkSes(body: Buffer): Promise<Checked | WebhookAnswer> {
    const message = parseSnsMessage(body.toString("utf8"));
    if (!message) return refuse(400, "no message of Amazon SNS");
    if (!config.sesTopicArns.includes(message.TopicArn)) return refuse(403, "not a topic of ours");
    if (!isSnsCertificateUrl(message.SigningCertURL)) return refuse(403, "not a certificate of Amazon");
    const certificate = certificates.get(message.SigningCertURL) ?? (await fetchPage(message.SigningCertURL));
    if (certificate === null) return { status: 503, text: "the certificate could not be had; try again\n" };
    if (!isSignedBySns(message, certificate)) return refuse(403, "the signature is wrong");
    if (certificates.size < certificatesMax) certificates.set(message.SigningCertURL, certificate);
    if (!isFresh(Date.parse(message.Timestamp), ageMsMax.ses)) return refuse(403, "too old");
    if (message.Type === "SubscriptionConfirmation") return confirmTopic(message);
    return { id: message.MessageId, arrivals: message.Type === "Notification" ? [readSes(message)] : [] };
  }

  async function confirmTopic(message: SnsMessage): Promise<WebhookAnswer> {
    const url = message.SubscribeURL ?? "";
    if (!isSnsUrl(url)) return refuse(403, "not an address of Amazon");
    if ((await fetchPage(url)) === null) return { status: 503, text: "the confirmation failed; try again\n" };
    log.info({ topic: message.TopicArn }, "confirmed the subscription to a topic of SNS");
    return { status: 200, text: "confirmed\n" };
  }

  function readSes(message: SnsMessage): Arrival {
    const read = readSesNotification(message.Message);
    const tags = objectOf(objectOf(objectOf(parseJson(message.Message))["mail"])["tags"]);
    const tag = Array.isArray(tags["delivery"]) ? textOf(tags["delivery"][0]).replace("-", ".") : "";
    const findings = (read?.drafts ?? []).map((draft) => {
      const names = { addresses: [], messageId: read?.messageId ?? null, returnPaths: read?.returnPaths ?? [] };
      const found = identifyDelivery({ ...names, recipient: draft.recipient }, verifier);
      return found ? name(draft, formatDeliveryId(found), found.trust) : name(draft, tag, "token");
    });
    return { source: "ses", identity: `ses:${message.MessageId}`, findings };
  }

  function checkPostmark({ body, header }: WebhookCall): Checked | WebhookAnswer {
    const secret = config.postmarkWebhookSecret as string;
    const headers = { authorization: header("authorization"), token: header("x-webhook-token") };
    if (!hasPostmarkPassword(secret, headers)) return refuse(401, "the password is wrong");
    const value = parseJson(body.toString("utf8"));
    if (value === undefined) return refuse(400, "no JSON");
    const event = readPostmarkEvent(value);
    return { id: event?.id ?? hash(body), arrivals: event ? [arrivalOf("postmark", event)] : [] };
  }

  function checkSendgrid({ body, header }: WebhookCall): Checked | WebhookAnswer {
    const signature = header("x-twilio-email-event-webhook-signature") ?? "";
    const timestamp = header("x-twilio-email-event-webhook-timestamp") ?? "";
    if (!isSignedBySendgrid(config.sendgridWebhookKey as string, signature, timestamp, body))
      return refuse(403, "the signature is wrong");
    if (!isFresh(Number(timestamp) * 1000, ageMsMax.sendgrid)) return refuse(403, "too old");
    const value = parseJson(body.toString("utf8"));
    if (!Array.isArray(value) || value.length > eventsMax) return refuse(400, "no list of events");
    const events = value.map(readSendgridEvent).filter((event) => event !== null);
    // Not the signature: of one of ECDSA everybody can make a second.
    return { id: hash(body), arrivals: events.map((event) => arrivalOf("sendgrid", event)) };
  }

  function checkMailgun({ body }: WebhookCall): Checked | WebhookAnswer {
    const value = parseJson(body.toString("utf8"));
    if (value === undefined) return refuse(400, "no JSON");
    const signed = objectOf(objectOf(value)["signature"]);
    const [timestamp, token, signature] = ["timestamp", "token", "signature"].map((field) => textOf(signed[field])) as [
      string,
      string,
      string,
    ];
    if (!isSignedByMailgun(config.mailgunWebhookKey as string, timestamp, token, signature))
      return refuse(403, "the signature is wrong");
    if (!isFresh(Number(timestamp) * 1000, ageMsMax.mailgun)) return refuse(403, "too old");
    const event = readMailgunEvent(value);
    return { id: token, arrivals: event ? [arrivalOf("mailgun", event)] : [] };
  }

  function arrivalOf(source: Exclude<WebhookProvider, "ses">, event: ProviderEvent): Arrival {
    const byMessageId = event.messageId === null ? null : verifier.readMessageId(event.messageId);
    const finding = byMessageId
      ? name(event.draft, formatDeliveryId(byMessageId), "message-id")
      : name(event.draft, event.mark ?? "", "token");
    return { source, identity: `${source}:${event.id}`, findings: [finding] };
  }

  async function check(provider: WebhookProvider, call: WebhookCall): Promise<Checked | WebhookAnswer> {
    switch (provider) {
      case "ses":
        return config.sesTopicArns.length > 0 ? checkSes(call.body) : notSet;
      case "postmark":
        return config.postmarkWebhookSecret ? checkPostmark(call) : notSet;
      case "sendgrid":
        return config.sendgridWebhookKey ? checkSendgrid(call) : notSet;
      case "mailgun":
        return config.mailgunWebhookKey ? checkMailgun(call) : notSet;
    }
  }

  return async (provider, call) => {
    const checked = await check(provider, call);
    if ("status" in checked) {
      if (checked.status !== 200 && checked.status !== 404)
        log.warn({ provider, reason: checked.text.trim() }, "a webhook call was refused");
      return checked;
    }
    const applied = await inTransaction(pool, async (client) => {
      if (!(await noteWebhookCall(client, provider, checked.id))) return null;
      let sum = nothingApplied;
      for (const arrival of checked.arrivals) sum = addApplied(sum, await applier.apply(client, arrival));
      return sum;
    });
    if (!applied) return refuse(409, "this was taken before");
    const { alerts, ...counts } = applied;
    log.info({ provider, ...counts }, "feedback");
    for (const alert of alerts) log.warn(alert, "a provider refuses the sender: this is for the operator");
    return { status: 200, text: "taken\n" };
  };
}

const notSet: WebhookAnswer = { status: 404, text: "this webhook is not set up\n" };

function refuse(status: 400 | 401 | 403 | 409, why: string): WebhookAnswer {
  return { status, text: `${why}\n` };
}

function isFresh(atMs: number, ageMax: number): boolean {
  const ageMs = systemClock.now().getTime() - atMs;
  return ageMs <= ageMax && ageMs >= -aheadMsMax;
}

/** The caller has checked who speaks: the mark on the message is as good as a token. */
function name(draft: FindingDraft, delivery: string, trust: Trust): Finding {
  const id = parseDeliveryId(delivery);
  return {
    ...draft,
    hard: draft.kind === "hard",
    trust: id && trust,
    campaign: id?.campaign ?? null,
    delivery: id ? delivery : null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

import type { Pool } from "pg";
import {
  addWebhookEndpoint,
  endpointsMax,
  removeWebhookEndpoint,
  resumeWebhookEndpoint,
} from "../adapters/postgres/webhooks.ts";
import type { User } from "../domain/access.ts";
import { isPublicUrlReachableByOutsiders } from "../domain/public-url.ts";
import { createWebhookKeys, createWebhookSecret, isWebhookEvent, sealWebhookSecret } from "../domain/webhook.ts";
import { assert } from "../lib/assert.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";
import { loadSecrets } from "./secret.ts";

const urlCharactersMax = 2_000;

/**
 * @returns the secret, which is shown this one time
 * @throws InputError `bad-webhook-url`, `bad-webhook-event`, `too-many-webhooks`
 */
export async function makeWebhook(
  pool: Pool,
  config: AuditConfig,
  maker: User,
  given: { readonly url: string; readonly events: readonly string[] },
): Promise<string> {
  const url = readUrl(given.url.trim());
  const events = [...new Set(given.events)];
  if (events.length === 0 || !events.every(isWebhookEvent))
    throw new InputError({ code: "bad-webhook-event", message: "Choose at least one of the events that there are." });
  const secret = createWebhookSecret();
  const [key] = createWebhookKeys(loadSecrets(config));
  assert(key !== undefined, "An installation has a secret.");
  const sealed = sealWebhookSecret(secret, key);
  const id = await audited(
    pool,
    config,
    (client) => addWebhookEndpoint(client, { url, secret: sealed, events, createdBy: maker.id }),
    (made) =>
      made === null
        ? null
        : { actor: `user:${maker.id}`, action: "webhook-made", subject: `webhook:${made}`, facts: { events } },
  );
  if (id === null)
    throw new InputError({
      code: "too-many-webhooks",
      message: `There are ${endpointsMax} webhooks; remove one first.`,
    });
  return secret;
}

function readUrl(text: string): string {
  const reach = isPublicUrlReachableByOutsiders(text);
  if (text.length > urlCharactersMax || !reach.reachable)
    throw new InputError({
      code: "bad-webhook-url",
      message: `A webhook is an https:// address that the world can reach${reach.reachable ? "" : `: ${reach.reason}`}.`,
    });
  if (new URL(text).username !== "")
    throw new InputError({
      code: "bad-webhook-url",
      message: "A password in the address would stand in logs; the signature shows who sends.",
    });
  return new URL(text).href;
}

/** @throws InputError `unknown-webhook` */
export async function changeWebhook(
  pool: Pool,
  config: AuditConfig,
  user: User,
  id: number,
  what: "remove" | "resume",
): Promise<void> {
  const isDone = await audited(
    pool,
    config,
    (client) => (what === "remove" ? removeWebhookEndpoint(client, id) : resumeWebhookEndpoint(client, id)),
    (done) =>
      done
        ? {
            actor: `user:${user.id}`,
            action: what === "remove" ? "webhook-removed" : "webhook-resumed",
            subject: `webhook:${id}`,
          }
        : null,
  );
  if (!isDone) throw new InputError({ code: "unknown-webhook", message: "There is no such webhook." });
}

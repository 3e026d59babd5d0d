import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { loadTokenKeys } from "../app/secret.ts";
import { createWebhookTaker, webhookProviders, type WebhookPorts } from "../app/take-webhook.ts";
import type { WebContext } from "./web-app.ts";

/** SendGrid's largest batch is 768 KB, an SNS message 256 KB; Postmark may quote a message. */
const bodyBytesMax = 2 * 1024 * 1024;

/** What relays tell: `/hooks/ses`, `/postmark`, `/sendgrid`, `/mailgun`. Each is 404 until its secret is set. */
export function addWebhookRoutes(
  app: Hono,
  { config, pool, log }: WebContext,
  ports: Pick<WebhookPorts, "fetchFromAmazon"> = {},
): void {
  const take = createWebhookTaker({ config, pool, log, keys: loadTokenKeys(config), ...ports });
  const limit = bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.text("too long\n", 413) });
  for (const provider of webhookProviders) {
    app.post(`/hooks/${provider}`, limit, async (c) => {
      const body = Buffer.from(await c.req.arrayBuffer());
      const answer = await take(provider, { body, header: (name) => c.req.header(name) });
      if (answer.status === 401) c.header("www-authenticate", 'Basic realm="webhooks"');
      return c.text(answer.text, answer.status);
    });
  }
}

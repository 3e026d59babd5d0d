import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { orderCampaign } from "../../../src/adapters/postgres/ledger/campaigns.ts";
import { planCampaign } from "../../../src/adapters/postgres/ledger/plan.ts";
import { unsubscribe } from "../../../src/adapters/postgres/subscriptions.ts";
import { listWebhookLog } from "../../../src/adapters/postgres/webhooks.ts";
import { createLogger } from "../../../src/app/log.ts";
import { createWebhookSender, type WebhookSender } from "../../../src/app/send-webhooks.ts";
import { createWebhookKeys, sealWebhookSecret, signWebhook } from "../../../src/domain/webhook.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

const config = { secrets: ["a secret of more than sixteen characters"], dataDir: "/nonexistent" };
const log = createLogger({ logLevel: "silent" }, "test");
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let database: TestDatabase;
let server: Server;
let sender: WebhookSender;
let received: Received[] = [];
let answer: { status: number; headers?: Record<string, string> } = { status: 204 };

beforeAll(async () => {
  database = await createTestDatabase();
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status, answer.headers).end("thank you");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await database.pool.query(
    "INSERT INTO users (address_key, address, name, role, password_hash) VALUES ('a@example.com', 'a@example.com', 'A', 'admin', 'x')",
  );
  sender = createWebhookSender(database.pool, config, log, () => true);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.drop();
});
beforeEach(async () => {
  received = [];
  answer = { status: 204 };
  await database.pool.query("DELETE FROM webhook_messages; DELETE FROM webhook_endpoints");
});

async function addEndpoint(events: readonly string[], url?: string): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const sealed = sealWebhookSecret(secret, createWebhookKeys(config.secrets)[0] as Buffer);
  const { rows } = await database.pool.query(
    "INSERT INTO webhook_endpoints (url, secret, events, created_by) SELECT $1, $2, $3, min(id) FROM users RETURNING id",
    [url ?? `http://127.0.0.1:${port}/hook`, sealed, events],
  );
  return rows[0].id as number;
}

/** One round to its end. */
async function run(by: WebhookSender = sender): Promise<number> {
  const begun = await by.round();
  await by.settled();
  return begun;
}

const tell = (event: string) => database.pool.query("SELECT tell_webhooks($1, '{\"campaign\": 7}')", [event]);

describe("what happens", () => {
  it("is told to whoever asked for it, signed, with numbers alone", async () => {
    await addEndpoint(["campaign.scheduled", "campaign.paused", "subscription.unsubscribed", "feedback.complaint"]);
    const { pool } = database;
    const { listId, subscribers } = await createSampleList(pool, addresses(3));
    const { campaign } = await planSampleCampaign(pool, listId);
    await orderCampaign(pool, campaign, "pause");
    await orderCampaign(pool, campaign, "cancel");
    await unsubscribe(pool, { subscriberId: subscribers[0] as number, listId, how: { by: "test" } });
    await pool.query(
      `INSERT INTO feedback (source, kind, hard, diagnostic, digest, campaign_id, number, subscriber_id, recipient_key)
       SELECT 'smtp', kind, false, 'reader1@example.net', sha256(kind::bytea), $1, 1, $2, 'reader1@example.net'
       FROM unnest('{complaint,hard,reply}'::text[]) kind`,
      [campaign, subscribers[0]],
    );
    expect(await run()).toBe(4);
    const told = received
      .map(({ body }) => JSON.parse(body) as { type: string; timestamp: string; data: Record<string, unknown> })
      .toSorted((a, b) => a.type.localeCompare(b.type));
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ["campaign.paused", { campaign, issue: expect.any(String), list: "news", state: "paused", planned: 3 }],
      ["campaign.scheduled", { campaign, issue: expect.any(String), list: "news", state: "scheduled", planned: 3 }],
      [
        "feedback.complaint",
        {
          feedback: expect.any(Number),
          kind: "complaint",
          subscriber: subscribers[0],
          status: null,
          delivery: `${campaign}.1`,
        },
      ],
      ["subscription.unsubscribed", { subscriber: subscribers[0], list: "news", was: "confirmed" }],
    ]);
    for (const { headers, body } of received) {
      expect(body).not.toContain("example.net");
      expect(headers["content-type"]).toBe("application/json");
      const [id, timestamp] = [headers["webhook-id"] as string, Number(headers["webhook-timestamp"])];
      expect(headers["webhook-signature"]).toBe(signWebhook(secret, id, timestamp, body));
    }
    expect(await run()).toBe(0);
  });

  it("is not told where it was taken back, nor to an endpoint that was removed or stopped", async () => {
    const id = await addEndpoint(["campaign.scheduled"]);
    const { pool } = database;
    const { rows } = await pool.query("SELECT id, list_id, digest_id FROM campaigns LIMIT 1");
    await planCampaign(pool, {
      issueSlug: "another",
      listId: rows[0].list_id as number,
      digestId: rows[0].digest_id as string,
      audiences: [],
      fields: [],
      selectors: "",
      policy: "hold",
      startsAt: new Date(),
      schedule: {},
      again: true,
      dryRun: true,
    });
    await pool.query("UPDATE webhook_endpoints SET stopped = 'x' WHERE id = $1", [id]);
    await tell("campaign.scheduled");
    await pool.query("UPDATE webhook_endpoints SET stopped = NULL, removed_at = now() WHERE id = $1", [id]);
    await tell("campaign.scheduled");
    expect(await run()).toBe(0);
  });
});

describe("an endpoint", () => {
  /** From the last try to the next one. */
  const due = async () =>
    (
      await database.pool.query(
        `SELECT extract(epoch FROM m.due_at - max(a.at))::float8 AS seconds
         FROM webhook_messages m JOIN webhook_attempts a ON a.message_id = m.id GROUP BY m.id`,
      )
    ).rows[0].seconds as number | null;
  const hurry = () => database.pool.query("UPDATE webhook_messages SET due_at = now() WHERE due_at IS NOT NULL");

  it("that fails is told again later: the same id and bytes, a new time and signature; the log has each try", async () => {
    await addEndpoint(["campaign.sent"]);
    await tell("campaign.sent");
    answer = { status: 500 };
    await run();
    expect(await due()).toBeGreaterThanOrEqual(5);
    await hurry();
    answer = { status: 503, headers: { "retry-after": "600" } };
    await run();
    expect(await due()).toBeGreaterThanOrEqual(600);
    await hurry();
    answer = { status: 200 };
    await run();
    expect(await due()).toBeNull();
    expect(new Set(received.map(({ body, headers }) => `${String(headers["webhook-id"])} ${body}`)).size).toBe(1);
    const { rows } = await database.pool.query("SELECT status FROM webhook_attempts ORDER BY at");
    expect(rows.map(({ status }) => status)).toEqual([500, 503, 200]);
    expect(await listWebhookLog(database.pool, 10)).toMatchObject([{ attempts: 3, delivered: true, status: 200 }]);
  });

  it("that redirects is not followed, and one that is gone is told nothing more", async () => {
    await addEndpoint(["campaign.sent"]);
    await tell("campaign.sent");
    await tell("campaign.sent");
    answer = { status: 302, headers: { location: "http://127.0.0.1:1/" } };
    expect(await run()).toBe(2);
    expect(received).toHaveLength(2);
    await hurry();
    answer = { status: 410 };
    await run();
    await tell("campaign.sent");
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS all, count(due_at)::int AS waiting FROM webhook_messages",
    );
    expect(rows[0]).toEqual({ all: 2, waiting: 0 });
    expect((await database.pool.query("SELECT stopped FROM webhook_endpoints")).rows[0].stopped).toContain("410");
  });

  it("that took nothing in ten tries stands still until an admin lets it go on", async () => {
    await addEndpoint(["campaign.sent"], "http://127.0.0.1:1/");
    await tell("campaign.sent");
    for (let tries = 0; tries < 10; tries += 1) {
      await hurry();
      await run();
    }
    expect(await due()).toBeNull();
    expect((await database.pool.query("SELECT stopped FROM webhook_endpoints")).rows[0].stopped).toContain(
      "ECONNREFUSED",
    );
    expect(await listWebhookLog(database.pool, 1)).toMatchObject([{ attempts: 10, delivered: false, dueAt: null }]);
  });

  it.each(["http://127.0.0.1:1/", "http://localhost:1/", "http://169.254.169.254/", "http://[::1]:1/"])(
    "in a private network is not asked: %s",
    async (url) => {
      await addEndpoint(["campaign.sent"], url);
      await tell("campaign.sent");
      await run(createWebhookSender(database.pool, config, log));
      const { rows } = await database.pool.query("SELECT status, error FROM webhook_attempts");
      expect(rows).toEqual([{ status: null, error: expect.stringContaining("private address") }]);
    },
  );

  it("whose secret nobody can read stands still and says so", async () => {
    await addEndpoint(["campaign.sent"]);
    await tell("campaign.sent");
    await run(
      createWebhookSender(database.pool, { ...config, secrets: ["another secret of sixteen"] }, log, () => true),
    );
    expect(received).toEqual([]);
    expect((await database.pool.query("SELECT stopped FROM webhook_endpoints")).rows[0].stopped).toContain(
      "SECRET_KEY",
    );
  });
});

it("two senders at once send each message once, eight of an endpoint at a time", async () => {
  await addEndpoint(["campaign.sent"]);
  for (let count = 0; count < 15; count += 1) await tell("campaign.sent");
  const begun = await Promise.all([run(), run(createWebhookSender(database.pool, config, log, () => true))]);
  expect(begun.toSorted((a, b) => a - b)).toEqual([7, 8]);
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(15);
  expect(received).toHaveLength(15);
});

it("an endpoint that does not answer holds up nobody else, and is not asked again meanwhile", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  try {
    await addEndpoint(["campaign.sent"], `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`);
    await addEndpoint(["campaign.sent"]);
    await tell("campaign.sent");
    const patient = createWebhookSender(database.pool, config, log, () => true);
    expect(await patient.round()).toBe(2);
    await waitUntil("the other one is told", () => received.length === 1);
    await tell("campaign.sent");
    await waitUntil("the other one is told again", async () => (await patient.round()) === 1);
    await waitUntil("it has arrived", () => received.length === 2);
    silent.closeAllConnections();
    await patient.settled();
  } finally {
    silent.close();
  }
});

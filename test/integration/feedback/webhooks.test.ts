import { createHmac, createSign, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeSigned, type SnsMessage } from "../../../src/adapters/webhooks/sns-message.ts";
import { readConfig } from "../../../src/app/config.ts";
import { createLogger } from "../../../src/app/log.ts";
import { addWebhookRoutes } from "../../../src/web/webhook-routes.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { returnPathOf, testSecret } from "../../support/returned-mail.ts";

const topic = "arn:aws:sns:eu-west-1:123456789012:bounces";
const certificateUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
const amazon = generateKeyPairSync("rsa", { modulusLength: 2048 });
const sendgrid = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const mailgunKey = "key-of-mailgun-for-tests";
const postmarkSecret = "postmark:a-long-enough-password";

let database: TestDatabase;
let campaign: number;
let app: Hono;
const fetched: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { listId } = await createSampleList(database.pool, addresses(20));
  ({ campaign } = await planSampleCampaign(database.pool, listId));
  app = createApp({
    SES_TOPIC_ARNS: topic,
    POSTMARK_WEBHOOK_SECRET: postmarkSecret,
    SENDGRID_WEBHOOK_KEY: sendgrid.publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    MAILGUN_WEBHOOK_KEY: mailgunKey,
  });
});
afterAll(() => database.drop());

function createApp(environment: Record<string, string>): Hono {
  const config = readConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: testSecret,
    LOG_LEVEL: "silent",
    ...environment,
  });
  const made = new Hono();
  addWebhookRoutes(
    made,
    { config, pool: database.pool, log: createLogger(config, "test") },
    {
      // Stands for Amazon: the certificate at its one address, and an answer to a confirmation.
      fetchFromAmazon: (url) => {
        fetched.push(url);
        if (url === certificateUrl)
          return Promise.resolve(amazon.publicKey.export({ format: "pem", type: "spki" }).toString());
        return Promise.resolve(url.includes("ConfirmSubscription") ? "<ConfirmSubscriptionResponse/>" : null);
      },
    },
  );
  return made;
}

async function post(path: string, body: string, headers: Record<string, string> = {}, to: Hono = app): Promise<number> {
  return (await to.request(`/hooks/${path}`, { method: "POST", headers, body })).status;
}

async function keyOf(number: number): Promise<string> {
  const { rows } = await database.pool.query<{ key: string }>(
    "SELECT s.address_key AS key FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id WHERE d.campaign_id = $1 AND d.number = $2",
    [campaign, number],
  );
  return rows[0]?.key as string;
}

/** The suppression's reason of whom a delivery is for. */
async function suppressionOf(number: number): Promise<string | null> {
  const { rows } = await database.pool.query<{ reason: string }>("SELECT reason FROM suppressions WHERE key = $1", [
    await keyOf(number),
  ]);
  return rows[0]?.reason ?? null;
}

const count = async (table: string): Promise<number> =>
  (await database.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`)).rows[0]?.count as number;

describe("Amazon SES through SNS", () => {
  function signSns(changes: Partial<SnsMessage>, key: KeyObject = amazon.privateKey): string {
    const message: SnsMessage = {
      Type: "Notification",
      MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
      TopicArn: topic,
      Message: "{}",
      Timestamp: new Date().toISOString(),
      SignatureVersion: "2",
      Signature: "",
      SigningCertURL: certificateUrl,
      ...changes,
    };
    const algorithm = message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
    const signature = createSign(algorithm).update(writeSigned(message)).sign(key, "base64");
    return JSON.stringify({ ...message, Signature: signature });
  }
  const bounceOf = (number: number, recipient: string) =>
    JSON.stringify({
      notificationType: "Bounce",
      bounce: {
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [
          {
            emailAddress: recipient,
            action: "failed",
            status: "5.1.1",
            diagnosticCode: "smtp; 550 5.1.1 user unknown",
          },
        ],
      },
      mail: { messageId: "0101", source: returnPathOf({ campaign, number }) },
    });

  it("suppresses by a signed bounce, once: a copy of the call is refused", async () => {
    const body = signSns({ MessageId: "ses-1", Message: bounceOf(1, await keyOf(1)) });
    expect(await post("ses", body)).toBe(200);
    expect(await suppressionOf(1)).toBe("hard-bounce");
    const before = await count("feedback");
    expect(await post("ses", body)).toBe(409);
    expect(await count("feedback")).toBe(before);
  });

  it("takes both signature versions, and finds the delivery by its tag", async () => {
    const message = JSON.parse(bounceOf(2, await keyOf(2)));
    message.mail = { messageId: "0102", source: "news@example.com", tags: { delivery: [`${campaign}-2`] } };
    const body = signSns({ MessageId: "ses-2", SignatureVersion: "1", Message: JSON.stringify(message) });
    expect(await post("ses", body)).toBe(200);
    expect(await suppressionOf(2)).toBe("hard-bounce");
  });

  it("refuses another's key, changed words, another topic, an old call, and a certificate that is not Amazon's", async () => {
    const message = bounceOf(3, await keyOf(3));
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const calls = [
      signSns({ Message: message }, stranger),
      signSns({ Message: "{}" }).replace('"Message":"{}"', `"Message":${JSON.stringify(message)}`),
      signSns({ Message: message, TopicArn: "arn:aws:sns:eu-west-1:123456789012:other" }),
      signSns({ Message: message, Timestamp: new Date(Date.now() - 2 * 3_600_000).toISOString() }),
      ...[
        "https://sns.eu-west-1.amazonaws.com.example.org/SimpleNotificationService-0123456789abcdef.pem",
        "https://example.org/SimpleNotificationService-0123456789abcdef.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com@example.org/SimpleNotificationService-0123456789abcdef.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
      ].map((SigningCertURL) => signSns({ Message: message, SigningCertURL })),
    ];
    for (const call of calls) expect(await post("ses", call), call).toBe(403);
    expect(await post("ses", "no json")).toBe(400);
    expect(await suppressionOf(3)).toBeNull();
    expect(fetched.every((url) => url === certificateUrl)).toBe(true);
  });

  it("confirms the subscription to a topic of ours, and calls nobody else's address", async () => {
    const confirmation = (SubscribeURL: string, TopicArn = topic) =>
      signSns({
        Type: "SubscriptionConfirmation",
        Token: "t",
        Message: "confirm",
        MessageId: "c",
        SubscribeURL,
        TopicArn,
      });
    const own = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t";
    expect(await post("ses", confirmation(own))).toBe(200);
    expect(fetched).toContain(own);
    const before = fetched.length;
    expect(await post("ses", confirmation("https://metadata.example.org/?Action=ConfirmSubscription"))).toBe(403);
    expect(await post("ses", confirmation(own, "arn:aws:sns:eu-west-1:999999999999:bounces"))).toBe(403);
    expect(fetched.slice(before).filter((url) => url !== certificateUrl)).toEqual([]);
  });
});

describe("Postmark", () => {
  const headers = { authorization: `Basic ${Buffer.from(postmarkSecret).toString("base64")}` };
  const bounceOf = (number: number, id: number, type: string, details: string) =>
    JSON.stringify({
      RecordType: "Bounce",
      ID: id,
      Type: type,
      Email: "x@example.net",
      Details: details,
      Metadata: { delivery: `${campaign}.${number}` },
    });

  it("needs the password, in either form, and takes each event once", async () => {
    const body = bounceOf(
      4,
      401,
      "HardBounce",
      "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
    );
    expect(await post("postmark", body)).toBe(401);
    expect(
      await post("postmark", body, { authorization: `Basic ${Buffer.from("postmark:wrong").toString("base64")}` }),
    ).toBe(401);
    expect(await suppressionOf(4)).toBeNull();
    expect(await post("postmark", body, { "x-webhook-token": "a-long-enough-password" })).toBe(200);
    expect(await suppressionOf(4)).toBe("hard-bounce");
    expect(await post("postmark", body, headers)).toBe(409);
  });

  it("never blames a reader for what the sender did, and hears complaints", async () => {
    expect(
      await post("postmark", bounceOf(5, 402, "SpamNotification", "smtp;550 5.7.1 looks like spam"), headers),
    ).toBe(200);
    expect(await suppressionOf(5)).toBeNull();
    const complaint = JSON.stringify({
      RecordType: "SpamComplaint",
      ID: 403,
      Type: "SpamComplaint",
      Email: "x@example.net",
      Metadata: { delivery: `${campaign}.6` },
    });
    expect(await post("postmark", complaint, headers)).toBe(200);
    expect(await suppressionOf(6)).toBe("complaint");
  });
});

describe("SendGrid", () => {
  function signed(body: string, timestamp = String(Math.floor(Date.now() / 1000)), key = sendgrid.privateKey) {
    return {
      "x-twilio-email-event-webhook-timestamp": timestamp,
      "x-twilio-email-event-webhook-signature": sign("sha256", Buffer.from(timestamp + body), key).toString("base64"),
    };
  }
  const eventsOf = (number: number) =>
    JSON.stringify([
      { event: "open", email: "x@example.net", sg_event_id: `o${number}` },
      {
        event: "bounce",
        type: "bounce",
        email: "x@example.net",
        status: "5.1.1",
        reason: "550 5.1.1 User unknown",
        sg_event_id: `b${number}`,
        delivery: `${campaign}.${number}`,
      },
    ]);

  it("takes what is signed, once", async () => {
    const body = eventsOf(7);
    const headers = signed(body);
    expect(await post("sendgrid", body, headers)).toBe(200);
    expect(await suppressionOf(7)).toBe("hard-bounce");
    expect(await post("sendgrid", body, headers)).toBe(409);
  });

  it("refuses changed bytes, another's key, and an old call", async () => {
    const body = eventsOf(8);
    const old = String(Math.floor(Date.now() / 1000) - 2 * 86_400);
    const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
    for (const headers of [signed(`${body} `), signed(body, undefined, stranger), signed(body, old), {}])
      expect(await post("sendgrid", body, headers)).toBe(403);
    expect(await suppressionOf(8)).toBeNull();
  });
});

describe("Mailgun", () => {
  function callOf(
    number: number,
    token: string,
    timestamp = String(Math.floor(Date.now() / 1000)),
    key = mailgunKey,
  ): string {
    return JSON.stringify({
      signature: {
        timestamp,
        token,
        signature: createHmac("sha256", key)
          .update(timestamp + token)
          .digest("hex"),
      },
      "event-data": {
        id: token,
        event: "failed",
        severity: "permanent",
        reason: "bounce",
        recipient: "x@example.net",
        "delivery-status": { code: 550, message: "5.1.1 The email account that you tried to reach does not exist" },
        "user-variables": { delivery: `${campaign}.${number}` },
      },
    });
  }

  it("takes a token once, whatever event comes with it", async () => {
    expect(await post("mailgun", callOf(9, "token-a"))).toBe(200);
    expect(await suppressionOf(9)).toBe("hard-bounce");
    expect(await post("mailgun", callOf(10, "token-a"))).toBe(409);
    expect(await suppressionOf(10)).toBeNull();
  });

  it("refuses another's key and an old call", async () => {
    expect(await post("mailgun", callOf(10, "token-b", undefined, "another key"))).toBe(403);
    expect(await post("mailgun", callOf(10, "token-c", String(Math.floor(Date.now() / 1000) - 86_400)))).toBe(403);
    expect(await post("mailgun", "{")).toBe(400);
    expect(await suppressionOf(10)).toBeNull();
  });
});

it("answers 404 where nothing is set up, 413 to what is too long, and nothing to GET", async () => {
  const bare = createApp({});
  for (const provider of ["ses", "postmark", "sendgrid", "mailgun", "other"])
    expect(await post(provider, "{}", {}, bare)).toBe(404);
  expect(await post("postmark", "x".repeat(3_000_000))).toBe(413);
  expect((await app.request("/hooks/postmark")).status).toBe(404);
});

it("leaves a mark that names no delivery of ours without effect", async () => {
  const headers = { authorization: `Basic ${Buffer.from(postmarkSecret).toString("base64")}` };
  const event = { RecordType: "SpamComplaint", ID: 999, Email: "reader1@example.net" };
  const before = await count("suppressions");
  for (const [index, delivery] of ["77.1", `${campaign}.9999`, "1.1; DROP", ""].entries()) {
    const body = JSON.stringify({ ...event, ID: 1000 + index, Metadata: { delivery } });
    expect(await post("postmark", body, headers)).toBe(200);
  }
  expect(await count("suppressions")).toBe(before);
});

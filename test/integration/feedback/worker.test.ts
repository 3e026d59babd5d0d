import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createToken, formatFoldedToken } from "../../../src/domain/token.ts";
import { createTokenKeys } from "../../../src/domain/token-keys.ts";
import { freePort } from "../../../src/drill/free-port.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { returnPathOf, testKeys, testSecret, writeBounce, writeReply } from "../../support/returned-mail.ts";
import { openSmtpDialog } from "../../support/smtp-dialog.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";

async function startFeedbackWorker() {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const folder = makeTemporaryFolder();
  const { listId, subscribers } = await createSampleList(database.pool, addresses(5));
  const { campaign } = await planSampleCampaign(database.pool, listId);
  const port = await freePort();
  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    SECRET_KEY: testSecret,
    FEEDBACK_SMTP_PORT: String(port),
  };
  const start = () => {
    const worker = startWorker("feedback", environment);
    onTestFinished(async () => void (await worker.end("SIGKILL")));
    return worker;
  };
  const count = async (sql: string): Promise<number> =>
    (await database.pool.query<{ count: number }>(`SELECT count(*) FROM ${sql}`)).rows[0]?.count as number;
  return { database, folder, listId, subscribers, campaign, port, start, count };
}

/** @returns the last reply: the one that refuses, or the one after the final dot */
async function sendBySmtp(port: number, from: string, to: string, raw: Buffer): Promise<string> {
  const dialog = await openSmtpDialog(port);
  const replies = await dialog.mail(from, [to], raw);
  dialog.close();
  return replies.at(-1) ?? "";
}

it("takes mail for the addresses that we gave out, and no other, and ends with 0", async () => {
  const { database, listId, subscribers, campaign, port, start, count } = await startFeedbackWorker();
  await database.pool.query("UPDATE lists SET reply_to = 'editor@example.org' WHERE id = $1", [listId]);
  const worker = start();
  await waitUntil("it listens", () => Promise.resolve(worker.output().includes("taking feedback")));

  const forged = returnPathOf({ campaign, number: 1 }, createTokenKeys(["another secret of sixteen characters"]));
  for (const stranger of [forged, "somebody@example.com", "leave+0000@example.com", "bounce@elsewhere.example"]) {
    const reply = await sendBySmtp(port, "", stranger, writeBounce({ to: stranger, recipient: "reader1@example.net" }));
    expect(reply, stranger).toMatch(/^550 5\.1\.1 /);
  }

  const bounceTo = returnPathOf({ campaign, number: 1 }).toUpperCase();
  const bounce = writeBounce({ to: "news@example.com", recipient: "reader1@example.net" });
  expect(await sendBySmtp(port, "", bounceTo, bounce)).toMatch(/^250 /);
  const token = formatFoldedToken(
    createToken({ list: listId, subscriber: subscribers[2] as number, delivery: null }, testKeys, "reader"),
  );
  const leave = writeReply(`leave+${token}@example.com`, "anybody@example.org", "");
  expect(await sendBySmtp(port, "anybody@example.org", `leave+${token}@example.com`, leave)).toMatch(/^250 /);
  const bySubject = createToken(
    { list: listId, subscriber: subscribers[3] as number, delivery: null },
    testKeys,
    "reader",
  );
  const other = Buffer.from(`From: x@example.org\r\nSubject: unsubscribe ${formatFoldedToken(bySubject)}\r\n\r\n`);
  expect(await sendBySmtp(port, "x@example.org", "leave@example.com", other)).toMatch(/^250 /);
  const answer = writeReply("news@example.com", "ada@example.net");
  expect(await sendBySmtp(port, "ada@example.net", "news@example.com", answer)).toMatch(/^250 /);

  await waitUntil("all are carried out", async () => {
    const left = await count("subscriptions WHERE status = 'unsubscribed'");
    return left === 2 && (await count("suppressions")) === 1 && (await count("notices WHERE kind = 'forward'")) === 1;
  });
  const { rows } = await database.pool.query(
    "SELECT subscriber_id AS id, consent -> 'left' ->> 'by' AS by FROM subscriptions WHERE status = 'unsubscribed' ORDER BY subscriber_id",
  );
  expect(rows).toEqual([
    { id: subscribers[2], by: "mail" },
    { id: subscribers[3], by: "mail" },
  ]);
  expect(await worker.end("SIGTERM")).toBe(0);
});

it("carries out after a crash what it had taken before, and what it can't understand it keeps", async () => {
  const { folder, campaign, start, count } = await startFeedbackWorker();
  const waiting = join(folder, "feedback-spool", "new");
  mkdirSync(waiting, { recursive: true });
  const to = returnPathOf({ campaign, number: 2 });
  const spooled = (name: string, recipient: string, raw: Buffer) =>
    writeFileSync(
      join(waiting, name),
      Buffer.concat([Buffer.from(`${JSON.stringify({ from: "", to: [recipient] })}\n`), raw]),
    );
  spooled("a.eml", to, writeBounce({ to, recipient: "reader2@example.net" }));
  spooled(
    "b.eml",
    "bounce@example.com",
    Buffer.from("From: cron@example.org\r\nAuto-Submitted: auto-generated\r\nSubject: report\r\n\r\nnothing\r\n"),
  );
  start();
  await waitUntil("the spool is empty", () => Promise.resolve(readdirSync(waiting).length === 0));
  expect(await count("suppressions WHERE reason = 'hard-bounce'")).toBe(1);
  expect(readdirSync(join(folder, "feedback-spool", "kept"))).toEqual(["b.eml"]);
  expect(await count("feedback WHERE kind = 'unknown' AND diagnostic = 'report'")).toBe(1);
});

it("draws from refusals in our own sessions what a bounce would have said", async () => {
  const { database, campaign, start, count } = await startFeedbackWorker();
  await database.pool.query(
    `INSERT INTO attempts (campaign_id, number, turn, server, outcome, phase, code, enhanced, reply) VALUES
       ($1, 1, 1, 'mx', 'refused', 'rcpt', 550, '5.1.1', 'No such user here'),
       ($1, 2, 1, 'mx', 'refused', 'mail', 553, '5.1.3', 'not sent: the address can''t be written in an SMTP command'),
       ($1, 3, 1, 'mx', 'refused', 'dot', 554, '5.7.1', 'Message rejected as spam'),
       ($1, 4, 1, 'mx', 'deferred', 'rcpt', 450, '4.1.1', 'No such user here')`,
    [campaign],
  );
  const worker = start();
  await waitUntil(
    "all are judged",
    async () => (await count("attempts WHERE outcome = 'refused' AND NOT judged")) === 0,
  );
  const { rows } = await database.pool.query("SELECT s.key, s.reason FROM suppressions s");
  const first = await database.pool.query<{ key: string }>(
    "SELECT s.address_key AS key FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id WHERE d.campaign_id = $1 AND d.number = 1",
    [campaign],
  );
  expect(rows).toEqual([{ key: first.rows[0]?.key, reason: "hard-bounce" }]);
  const kinds = await database.pool.query("SELECT number, kind, trust FROM feedback ORDER BY number");
  expect(kinds.rows).toEqual([
    { number: 1, kind: "hard", trust: "session" },
    { number: 3, kind: "policy", trust: "session" },
  ]);
  expect(worker.output()).toContain("a provider refuses the sender");
});

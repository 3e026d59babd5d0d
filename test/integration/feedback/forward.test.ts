import { simpleParser } from "mailparser";
import { expect, it, onTestFinished } from "vitest";
import { queueForward } from "../../../src/app/forward-reply.ts";
import { createTestDatabase } from "../../support/database.ts";
import { createSampleList } from "../../support/planned-campaign.ts";
import { writeReply } from "../../support/returned-mail.ts";
import { startTestServer } from "../../support/smtp-test-server.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";

it("a person's answer reaches the list's reply-to address through the ordinary workers, once", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  // Without STARTTLS: its certificate is one that nobody vouches for.
  const server = await startTestServer({ disabledCommands: ["STARTTLS", "AUTH"] });
  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: makeTemporaryFolder(),
    SMTP_URL: `smtp://127.0.0.1:${server.port}`,
    QUEUE_PREFIX: "forward",
  };
  const { listId } = await createSampleList(database.pool, ["ada@example.net"]);
  await database.pool.query("UPDATE lists SET reply_to = 'editor@example.org' WHERE id = $1", [listId]);
  const answer = writeReply("bounce+1.1.x@example.com", "ada@example.net", "Where can I read more?");
  expect(await queueForward(database.pool, listId, answer, "ada@example.net")).toBe(true);

  const workers = (["dispatch", "deliver"] as const).map((name) => startWorker(name, environment));
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
  });
  const isAccepted = async (): Promise<boolean> =>
    (await database.pool.query("SELECT 1 FROM notices WHERE state = 'accepted'")).rowCount === 1;
  await waitUntil("it is accepted", isAccepted, 60_000).catch(async (error: Error) => {
    const { rows } = await database.pool.query("SELECT state, detail FROM notices");
    throw new Error([error.message, JSON.stringify(rows), ...workers.map((worker) => worker.output())].join("\n"));
  });
  expect(server.mails.map(({ from, to }) => ({ from, to }))).toEqual([
    { from: "bounce@example.com", to: "editor@example.org" },
  ]);
  const mail = await simpleParser(server.mails[0]?.bytes ?? "");
  expect(mail.replyTo?.value[0]?.address).toBe("ada@example.net");
  expect(mail.text).toContain("Where can I read more?");
}, 120_000);

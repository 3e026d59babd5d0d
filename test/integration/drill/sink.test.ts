import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { noFaults, type FaultPlan } from "../../../src/drill/fault-plan.ts";
import { readSinkLog, summariseSinkLog, type SinkEntry } from "../../../src/drill/sink-log.ts";
import { startSinkProcess } from "../../../src/drill/start-sink-process.ts";
import { startFaultSink, type FaultSinkOptions } from "../../../src/drill/sink.ts";
import { openSmtpDialog } from "../../support/smtp-dialog.ts";
import { messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

function logIn(folder: string): string {
  return join(folder, "sink.ndjson");
}

async function startSink(options: Partial<FaultSinkOptions> = {}) {
  const logFile = options.logFile ?? logIn(makeTemporaryFolder());
  const sink = await startFaultSink({ logFile, seed: 1, faults: noFaults, ...options });
  onTestFinished(() => sink.stop());
  return Object.assign(sink, { logFile });
}

async function entriesOf(file: string): Promise<SinkEntry[]> {
  const entries: SinkEntry[] = [];
  for await (const entry of readSinkLog(file)) entries.push(entry);
  return entries;
}

test("a message stands in the log before its sender hears that it was taken", async () => {
  const sink = await startSink();
  const dialog = await openSmtpDialog(sink.port);
  const replies = await dialog.mail("a@example.com", ["ada@example.com"], "Message-ID: <1@example.com>\r\n\r\nHi\r\n");
  const logged = readFileSync(sink.logFile, "utf8");
  dialog.close();
  expect(replies.at(-1)).toBe("250 2.0.0 ok: taken");
  expect(JSON.parse(logged)).toMatchObject({
    event: "accepted",
    recipient: "ada@example.com",
    sender: "a@example.com",
    messageId: "<1@example.com>",
    attempt: 1,
    then: "replied",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});

test("one that was taken and whose sender heard nothing stands there too", async () => {
  const plan: FaultPlan = { ...noFaults, rates: { "dot-drop-after": 1 } };
  const sink = await startSink({ faults: plan });
  const dialog = await openSmtpDialog(sink.port);
  expect((await dialog.mail("a@example.com", ["ada@example.com"], "Subject: x\r\n\r\nHi\r\n")).at(-1)).toBe("");
  expect(await entriesOf(sink.logFile)).toMatchObject([
    { event: "accepted", recipient: "ada@example.com", then: "dot-drop-after" },
    { event: "fault", fault: "dot-drop-after", key: "ada@example.com", attempt: 1, leavesDoubt: true },
  ]);
});

test("the same seed does the same to the same recipients, whoever sends and in whatever order", async () => {
  const faults: FaultPlan = {
    ...noFaults,
    rates: {
      "rcpt-450": 0.2,
      "rcpt-550": 0.1,
      "data-451": 0.1,
      "dot-554": 0.1,
      "dot-drop-before": 0.1,
      "dot-drop-after": 0.1,
    },
    attemptsMax: 1,
  };
  const recipients = Array.from({ length: 120 }, (_, index) => `reader${index}@example.com`);
  const run = async (order: readonly string[], connections: number) => {
    const sink = await startSink({ faults, seed: 99 });
    const transport = openTransport(`smtp://127.0.0.1:${sink.port}?connections=${connections}`);
    const outcomes = await Promise.all(
      order.map(async (to) => [to, (await sendOne(transport, messageTo(to))).type] as const),
    );
    return Object.fromEntries(outcomes);
  };
  const first = await run(recipients, 1);
  expect(new Set(Object.values(first))).toEqual(new Set(["accepted", "deferred", "refused", "uncertain"]));
  expect(await run(recipients.toReversed(), 4)).toEqual(first);
});

test("it counts the bodies that are under way", async () => {
  const sink = await startSink();
  const dialog = await openSmtpDialog(sink.port);
  for (const line of ["MAIL FROM:<a@example.com>", "RCPT TO:<ada@example.com>", "DATA"]) await dialog.say(line);
  expect(sink.counts().bodiesInProgress).toBe(1);
  expect(await dialog.say("Subject: x\r\n\r\nHi\r\n.")).toMatch(/^250/);
  expect(sink.counts()).toMatchObject({ bodiesInProgress: 0, accepted: 1 });
  for (const line of ["MAIL FROM:<a@example.com>", "RCPT TO:<ada@example.com>", "DATA"]) await dialog.say(line);
  dialog.close();
  await vi.waitFor(() => expect(sink.counts()).toMatchObject({ bodiesInProgress: 0, accepted: 1, connectionsOpen: 0 }));
});

test("it speaks plain SMTP, and holds to the order of commands", async () => {
  const sink = await startSink({ announce: { sizeBytesMax: 1_000, smtpUtf8: false } });
  const dialog = await openSmtpDialog(sink.port, { greet: false });
  expect(await dialog.say("EHLO client.example.com")).toBe(
    ["250-sink.example", "250-PIPELINING", "250-8BITMIME", "250-SIZE 1000", "250-ENHANCEDSTATUSCODES", "250 DSN"].join(
      "\r\n",
    ),
  );
  const codes = [];
  for (const line of [
    "RCPT TO:<a@example.com>",
    "DATA",
    "MAIL FROM:<a@example.com> SIZE=1001",
    "MAIL FROM:<a@example.com>",
    "MAIL FROM:<a@example.com>",
    "DATA",
    "RCPT TO:<a@example.com>",
    "RCPT TO:<b@example.com>",
    "RSET",
    "NONSENSE",
    "NOOP",
    "QUIT",
  ]) {
    codes.push((await dialog.say(line)).slice(0, 3));
  }
  expect(codes).toEqual(["503", "503", "552", "250", "503", "554", "250", "452", "250", "502", "250", "221"]);
});

test("the log of a sink that was started again goes on, and a line cut by a kill is left out", async () => {
  const logFile = logIn(makeTemporaryFolder());
  for (const to of ["ada@example.com", "ada@example.com", "grace@example.com"]) {
    const sink = await startSink({ logFile });
    await sendOne(openTransport(`smtp://127.0.0.1:${sink.port}`), messageTo(to));
    await sink.stop();
  }
  appendFileSync(logFile, '{"event":"accepted","recipient":"joan@exam');
  const summary = await summariseSinkLog(logFile);
  expect(Object.fromEntries(summary.timesAccepted)).toEqual({ "ada@example.com": 2, "grace@example.com": 1 });
  expect(summary.accepted).toBe(3);
});

test("as a process of its own it takes mail, tells its counts, and ends when told", async () => {
  const logFile = logIn(makeTemporaryFolder());
  const sink = await startSinkProcess({
    logFile,
    seed: 1,
    faults: { ...noFaults, rates: { "rcpt-450": 1 }, attemptsMax: 1 },
  });
  const transport = openTransport(`smtp://127.0.0.1:${sink.port}`);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "deferred" });
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(await sink.counts()).toMatchObject({ accepted: 1, faults: { "rcpt-450": 1 }, bodiesInProgress: 0 });
  await transport.stop();
  const stopped = sink.stop();
  expect(sink.stop()).toBe(stopped);
  await stopped;
  expect(() => process.kill(sink.pid, 0)).toThrow(/ESRCH/);
});

test("a sink process that can't start says why", async () => {
  const start = startSinkProcess({ logFile: "/nowhere/sink.ndjson", seed: 1, faults: noFaults });
  await expect(start).rejects.toThrow(/did not start: .*ENOENT/);
});

import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { SmtpPhase } from "../../../src/domain/outcome.ts";
import { faultTable, noFaults, type FaultKind } from "../../../src/drill/fault-plan.ts";
import { readSinkLog, summariseSinkLog, type AcceptedEntry } from "../../../src/drill/sink-log.ts";
import { startFaultSink, type FaultSinkOptions } from "../../../src/drill/sink.ts";
import { deadlineIn, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

type Expected =
  | { type: "deferred" | "refused"; phase: SmtpPhase; code: number | null }
  | { type: "uncertain" | "accepted" };

/** What a worker must make of each fault, written from the protocol and not from the code. */
const expectedOutcomes: Record<Exclude<FaultKind, `greeting-${string}`>, Expected> = {
  "mail-421": { type: "deferred", phase: "mail", code: 421 },
  "mail-451": { type: "deferred", phase: "mail", code: 451 },
  "mail-452": { type: "deferred", phase: "mail", code: 452 },
  "mail-550": { type: "refused", phase: "mail", code: 550 },
  "mail-drop": { type: "deferred", phase: "mail", code: null },
  "mail-silence": { type: "deferred", phase: "mail", code: null },
  "rcpt-421": { type: "deferred", phase: "rcpt", code: 421 },
  "rcpt-450": { type: "deferred", phase: "rcpt", code: 450 },
  "rcpt-452": { type: "deferred", phase: "rcpt", code: 452 },
  "rcpt-550": { type: "refused", phase: "rcpt", code: 550 },
  "rcpt-552-too-many": { type: "deferred", phase: "rcpt", code: 552 },
  "rcpt-drop": { type: "deferred", phase: "rcpt", code: null },
  "rcpt-silence": { type: "deferred", phase: "rcpt", code: null },
  "rcpt-cut": { type: "deferred", phase: "rcpt", code: null },
  "rcpt-drip": { type: "accepted" },
  "data-421": { type: "deferred", phase: "data", code: 421 },
  "data-451": { type: "deferred", phase: "data", code: 451 },
  "data-554": { type: "refused", phase: "data", code: 554 },
  "data-drop": { type: "deferred", phase: "data", code: null },
  "data-silence": { type: "deferred", phase: "data", code: null },
  "body-drop": { type: "uncertain" },
  "body-silence": { type: "uncertain" },
  "dot-421": { type: "deferred", phase: "dot", code: 421 },
  "dot-451": { type: "deferred", phase: "dot", code: 451 },
  "dot-452": { type: "deferred", phase: "dot", code: 452 },
  "dot-552": { type: "refused", phase: "dot", code: 552 },
  "dot-554": { type: "refused", phase: "dot", code: 554 },
  "dot-drop-before": { type: "uncertain" },
  "dot-drop-after": { type: "uncertain" },
  "dot-silence-before": { type: "uncertain" },
  "dot-silence-after": { type: "uncertain" },
  "dot-cut-before": { type: "uncertain" },
  "dot-cut-after": { type: "uncertain" },
  "dot-drip-after": { type: "accepted" },
};

/** Long enough for the right answer on a busy machine, short enough to wait for silence. */
const patienceMs = 700;

async function startSink(options: Partial<FaultSinkOptions>) {
  const logFile = join(makeTemporaryFolder(), "sink.ndjson");
  const sink = await startFaultSink({ logFile, seed: 1, faults: noFaults, ...options });
  onTestFinished(() => sink.stop());
  return { sink, logFile };
}

describe.each([{ pipelining: true }, { pipelining: false }])("with pipelining $pipelining", ({ pipelining }) => {
  test.each(Object.entries(expectedOutcomes))("%s gives what the protocol says", async (name, expected) => {
    const kind = name as FaultKind;
    const faults = { ...noFaults, rates: { [kind]: 1 }, attemptsMax: 1, dripMs: 5 };
    const { sink, logFile } = await startSink({ faults, announce: { pipelining } });
    const transport = openTransport(`smtp://127.0.0.1:${sink.port}`);
    const waits = faultTable[kind].action === "silence";

    const outcome = await sendOne(transport, messageTo("ada@example.com"), waits ? patienceMs : undefined);

    expect(outcome).toMatchObject({ type: expected.type, server: `127.0.0.1:${sink.port}` });
    if ("phase" in expected) {
      expect(outcome).toMatchObject({ phase: expected.phase });
      expect("reply" in outcome && outcome.reply ? outcome.reply.code : null).toBe(expected.code);
    }
    if ("cause" in outcome) expect(outcome.cause).toMatch(/\w+ \w+/);

    // The witness: nothing accepted that was not taken, nothing taken that is called deferred or refused.
    const { accepted, faultsInDoubt } = await summariseSinkLog(logFile);
    if (expected.type === "accepted") expect(accepted).toBe(1);
    if (expected.type === "deferred" || expected.type === "refused") expect(accepted).toBe(0);
    if (expected.type === "uncertain") {
      expect(accepted).toBe(faultTable[kind].accepts ? 1 : 0);
      expect(faultsInDoubt).toBe(1);
    }

    // The transport has lost nothing by it: the next attempt goes through.
    expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
    expect((await summariseSinkLog(logFile)).accepted).toBe(accepted + 1);
    expect(sink.counts().bodiesInProgress).toBe(0);
  });
});

const greetings: Record<Extract<FaultKind, `greeting-${string}`>, RegExp> = {
  "greeting-554": /greeting failed: 554 5\.3\.2 no mail service here/,
  "greeting-421": /greeting failed: 421 4\.3\.2 too busy/,
  "greeting-drop": /greeting failed: .*closed/,
  "greeting-silence": /no connection before the deadline/,
};

test.each(Object.entries(greetings))(
  "%s is a connection that failed, and no fault of a recipient",
  async (kind, cause) => {
    const { sink, logFile } = await startSink({ faults: { ...noFaults, rates: { [kind]: 1 } } });
    const transport = openTransport(`smtp://127.0.0.1:${sink.port}`, { times: { setupTimeoutMs: 2 * patienceMs } });
    const failure = await transport.connect(deadlineIn(patienceMs));
    expect(failure).toMatchObject({ failed: true, permanent: false, server: `127.0.0.1:${sink.port}` });
    expect(failure).toHaveProperty("cause", expect.stringMatching(cause));
    expect((await summariseSinkLog(logFile)).accepted).toBe(0);
  },
);

test("a refused recipient leaves the connection usable, and the next mail begins a new transaction on it", async () => {
  const faults = { ...noFaults, rates: { "rcpt-550": 1 }, attemptsMax: 1 };
  const { sink } = await startSink({ faults });
  const transport = openTransport(`smtp://127.0.0.1:${sink.port}?connections=1`);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "refused" });
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(sink.counts().connections).toBe(1);
});

test("a domain's rate limit is a deferral of its mails alone", async () => {
  const { sink } = await startSink({ faults: { ...noFaults, domainLimits: { "slow.example.com": 2 } } });
  const transport = openTransport(`smtp://127.0.0.1:${sink.port}?connections=1`);
  const outcomes = [];
  for (let index = 0; index < 5; index += 1)
    outcomes.push(await sendOne(transport, messageTo(`${index}@slow.example.com`)));
  const deferred = outcomes.filter((outcome) => outcome.type === "deferred");
  expect(deferred.length).toBeGreaterThan(0);
  for (const outcome of deferred)
    expect(outcome).toMatchObject({ phase: "rcpt", reply: { code: 421, enhanced: "4.7.28" } });
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
});

test("a thousand mails through every fault: each outcome agrees with what the server really took", async () => {
  const rates = Object.fromEntries(
    Object.entries(faultTable)
      .filter(([, fault]) => fault.action !== "silence" && fault.stage !== "greeting")
      .map(([kind]) => [kind, 0.03]),
  );
  const faults = { ...noFaults, rates, dripMs: 1 };
  const { sink, logFile } = await startSink({ faults, seed: 7 });
  const transport = openTransport(`smtp://127.0.0.1:${sink.port}?connections=8`);
  const types = new Map<string, string>();
  const recipients = Array.from({ length: 1_000 }, (_, index) => `reader${index}@example.com`);
  let next = 0;
  const work = async () => {
    for (let recipient = recipients[next++]; recipient; recipient = recipients[next++]) {
      types.set(recipient, (await sendOne(transport, messageTo(recipient))).type);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));

  const taken = (await summariseSinkLog(logFile)).timesAccepted;
  const count = (type: string) => [...types.values()].filter((one) => one === type).length;
  for (const type of ["accepted", "deferred", "refused", "uncertain"]) expect(count(type)).toBeGreaterThan(20);
  const disagreements = recipients.filter((recipient) => {
    const times = taken.get(recipient) ?? 0;
    const type = types.get(recipient);
    return type === "uncertain" ? times > 1 : times !== (type === "accepted" ? 1 : 0);
  });
  expect(disagreements).toEqual([]);
  expect(count("uncertain")).toBeLessThanOrEqual(sink.counts().faultsInDoubt);
});

test("the bytes arrive as they were handed over, dots and missing line ends included", async () => {
  const received: Buffer[] = [];
  const { sink, logFile } = await startSink({ onMessage: ({ bytes }) => received.push(bytes), hashMessages: true });
  const transport = openTransport(`smtp://127.0.0.1:${sink.port}?connections=1`);
  const texts = [
    "plain\r\n",
    ".\r\n..\r\n.x\r\n",
    "a\r\n.\r\nMAIL FROM:<evil@example.com>\r\n",
    "no end",
    "",
    "\r\n.\r\n",
  ];
  for (const text of texts)
    expect(await sendOne(transport, messageTo("ada@example.com", { text }))).toMatchObject({ type: "accepted" });
  const first = Buffer.from(".begins with a dot\r\n");
  await sendOne(transport, messageTo("ada@example.com", { bytes: first }));
  const sent = [...texts.map((text) => messageTo("ada@example.com", { text }).bytes), first];
  const ended = sent.map((bytes) => (bytes.toString().endsWith("\r\n") ? bytes.toString() : `${bytes}\r\n`));
  expect(received.map(String)).toEqual(ended);
  const entries: AcceptedEntry[] = [];
  for await (const entry of readSinkLog(logFile)) if (entry.event === "accepted") entries.push(entry);
  expect(entries[0]).toMatchObject({
    recipient: "ada@example.com",
    sender: "bounce@news.example.com",
    messageId: messageTo("ada@example.com").messageId,
    then: "replied",
  });
});

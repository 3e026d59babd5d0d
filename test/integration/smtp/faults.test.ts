import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { SmtpPhase } from "../../../src/domain/outcome.ts";
import { faultTable, noFaults, type FaultKind } from "../../../src/drill/fault-plan.ts";
import { readSinkLog, summariseSinkLog, type AcceptedEntry } from "../../../src/drill/sink-log.ts";
import { startFaultSink, type FaultSinkOptions } from "../../../src/drill/sink.ts";
import { createHandClock } from "../../support/hand-clock.ts";
import { connectTo, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

const words = expect.stringMatching(/\w+ \w+/) as string;
const deferred = (phase: SmtpPhase, code: number | null) =>
  ({ type: "deferred", phase, reply: code === null ? null : { code }, cause: words }) as const;
const refused = (phase: SmtpPhase, code: number) => ({ type: "refused", phase, reply: { code } }) as const;
const uncertain = { type: "uncertain", cause: words } as const;
const accepted = { type: "accepted", reply: { code: 250 } } as const;
type Expected = ReturnType<typeof deferred | typeof refused> | typeof uncertain | typeof accepted;

/** What a worker must make of each fault, written from the protocol and not from the code. */
const expectedOutcomes: Record<Exclude<FaultKind, `greeting-${string}`>, Expected> = {
  "mail-421": deferred("mail", 421),
  "mail-451": deferred("mail", 451),
  "mail-452": deferred("mail", 452),
  "mail-550": refused("mail", 550),
  "mail-drop": deferred("mail", null),
  "mail-silence": deferred("mail", null),
  "rcpt-421": deferred("rcpt", 421),
  "rcpt-450": deferred("rcpt", 450),
  "rcpt-452": deferred("rcpt", 452),
  "rcpt-550": refused("rcpt", 550),
  "rcpt-552-too-many": deferred("rcpt", 552),
  "rcpt-drop": deferred("rcpt", null),
  "rcpt-silence": deferred("rcpt", null),
  "rcpt-cut": deferred("rcpt", null),
  "rcpt-drip": accepted,
  "data-421": deferred("data", 421),
  "data-451": deferred("data", 451),
  "data-554": refused("data", 554),
  "data-drop": deferred("data", null),
  "data-silence": deferred("data", null),
  "body-drop": uncertain,
  "body-silence": uncertain,
  "dot-421": deferred("dot", 421),
  "dot-451": deferred("dot", 451),
  "dot-452": deferred("dot", 452),
  "dot-552": refused("dot", 552),
  "dot-554": refused("dot", 554),
  "dot-drop-before": uncertain,
  "dot-drop-after": uncertain,
  "dot-silence-before": uncertain,
  "dot-silence-after": uncertain,
  "dot-cut-before": uncertain,
  "dot-cut-after": uncertain,
  "dot-drip-after": accepted,
};

/** How long a mail may take where the clock stands still until the fault has struck. */
const patienceMs = 60_000;

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
    const clock = createHandClock();
    const transport = openTransport(`smtp://127.0.0.1:${sink.port}`, { clock });
    const send = async () => {
      const connection = await connectTo(transport, clock.monotonicMs() + patienceMs);
      const sent = await connection.send(messageTo("ada@example.com"), clock.monotonicMs() + patienceMs, () => true);
      connection.release();
      return sent;
    };

    const sending = send();
    await vi.waitFor(() => expect(sink.counts().faults[kind]).toBe(1));
    if (faultTable[kind].action === "silence") clock.advance(patienceMs + 1);
    expect(await sending).toMatchObject({ ...expected, server: `127.0.0.1:${sink.port}` });

    // The witness: nothing accepted that was not taken, nothing taken that is called deferred or refused.
    const before = await summariseSinkLog(logFile);
    const isTaken =
      expected.type === "accepted" || (expected.type === "uncertain" && Boolean(faultTable[kind].accepts));
    expect(before.accepted).toBe(isTaken ? 1 : 0);
    expect(before.faultsInDoubt).toBe(expected.type === "uncertain" || kind === "dot-drip-after" ? 1 : 0);

    // The transport has lost nothing by it: the next attempt goes through.
    expect(await send()).toMatchObject({ type: "accepted" });
    expect((await summariseSinkLog(logFile)).accepted).toBe(before.accepted + 1);
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
    const clock = createHandClock();
    const transport = openTransport(`smtp://127.0.0.1:${sink.port}`, { clock });
    const connecting = transport.connect(clock.monotonicMs() + patienceMs);
    await vi.waitFor(() => expect(Object.values(sink.counts().faults)).toEqual([1]));
    if (kind === "greeting-silence") clock.advance(patienceMs + 1);
    const failure = await connecting;
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
  const putOff = outcomes.filter((outcome) => outcome.type === "deferred");
  expect(putOff.length).toBeGreaterThan(0);
  for (const outcome of putOff)
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
  const ended = sent.map((bytes) => (bytes.toString().endsWith("\r\n") ? bytes.toString() : `${bytes.toString()}\r\n`));
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

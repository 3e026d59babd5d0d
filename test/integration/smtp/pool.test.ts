import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { summariseSinkLog } from "../../../src/drill/sink-log.ts";
import { startFaultSink, type FaultSinkOptions } from "../../../src/drill/sink.ts";
import { createHandClock } from "../../support/hand-clock.ts";
import { connectTo, deadlineIn, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { answerPlainly, startScriptedServer } from "../../support/smtp-test-server.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

async function startSink(options: Partial<FaultSinkOptions> = {}) {
  const logFile = join(makeTemporaryFolder(), "sink.ndjson");
  const sink = await startFaultSink({ logFile, seed: 1, faults: noFaults, ...options });
  onTestFinished(() => sink.stop());
  return Object.assign(sink, { logFile, url: `smtp://127.0.0.1:${sink.port}` });
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("one connection carries one mail after the other", async () => {
  const sink = await startSink();
  const transport = openTransport(sink.url);
  for (let index = 0; index < 10; index += 1) {
    expect(await sendOne(transport, messageTo(`${index}@example.com`))).toMatchObject({ type: "accepted" });
  }
  expect(sink.counts()).toMatchObject({ connections: 1, accepted: 10 });
});

test("never more connections than the limit, and whoever waits gets the next free one", async () => {
  const sink = await startSink();
  const transport = openTransport(`${sink.url}?connections=3`);
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) => sendOne(transport, messageTo(`${index}@example.com`))),
  );
  expect(new Set(outcomes.map((outcome) => outcome.type))).toEqual(new Set(["accepted"]));
  expect(sink.counts()).toMatchObject({ connections: 3, accepted: 60 });
});

test("whoever waits longer than the deadline is told so, and takes no place away", async () => {
  const sink = await startSink();
  const transport = openTransport(`${sink.url}?connections=1`);
  const first = await connectTo(transport);
  const failure = await transport.connect(deadlineIn(100));
  expect(failure).toMatchObject({
    failed: true,
    permanent: false,
    cause: expect.stringContaining("no connection came free"),
  });
  first.release();
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
});

test("a connection ends after its number of messages", async () => {
  const sink = await startSink();
  const transport = openTransport(`${sink.url}?messages=2&connections=1`);
  for (let index = 0; index < 6; index += 1) await sendOne(transport, messageTo(`${index}@example.com`));
  expect(sink.counts().connections).toBe(3);
});

test("an idle connection is closed with QUIT after its time, and the next mail opens another", async () => {
  const server = await startScriptedServer(answerPlainly);
  const clock = createHandClock();
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?idle=30`, { clock });
  const send = async (to: string) => {
    const connection = await connectTo(transport, clock.monotonicMs() + 60_000);
    const outcome = await connection.send(messageTo(to), clock.monotonicMs() + 60_000, () => true);
    connection.release();
    return outcome;
  };
  expect(await send("ada@example.com")).toMatchObject({ type: "accepted" });
  clock.advance(29_000);
  expect(transport.serverStates()).toMatchObject([{ idle: 1 }]);
  clock.advance(1_001);
  expect(transport.serverStates()).toMatchObject([{ idle: 0, busy: 0 }]);
  await vi.waitFor(() => expect(server.heard.at(-1)).toBe("QUIT"));
  expect(await send("grace@example.com")).toMatchObject({ type: "accepted" });
  expect(server.heard.filter((line) => line.startsWith("EHLO"))).toHaveLength(2);
});

test("a kept connection that the server closed meanwhile costs no mail its turn", async () => {
  for (const farewell of ["", "421 4.4.2 idle too long\r\n"]) {
    const server = await startScriptedServer(answerPlainly);
    const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
    expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
    for (const socket of server.sockets) socket.end(farewell);
    expect(await sendOne(transport, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  }
});

test("a kept connection that ends in the answer to MAIL is replaced once; a new one's word counts", async () => {
  let patient = true;
  const server = await startScriptedServer((line, socket, connection) => {
    const isLimit = connection === 1 ? server.heard.filter((heard) => heard.startsWith("MAIL")).length > 1 : !patient;
    if (line.startsWith("MAIL") && isLimit) socket.end("421 4.7.0 too many messages on this connection\r\n");
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(await sendOne(transport, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  patient = false;
  expect(await sendOne(transport, messageTo("joan@example.com"))).toMatchObject({
    type: "deferred",
    phase: "mail",
    reply: { code: 421, enhanced: "4.7.0" },
  });
});

test("a server that does not let us in is left for the next one", async () => {
  const sink = await startSink();
  const refusing = await startSink({ faults: { ...noFaults, rates: { "greeting-554": 1 } } });
  const dead = await closedPort();
  const transport = openTransport(`smtp://127.0.0.1:${dead} ${refusing.url} ${sink.url}`);
  for (let index = 0; index < 20; index += 1) {
    expect(await sendOne(transport, messageTo(`${index}@example.com`))).toMatchObject({
      type: "accepted",
      server: `127.0.0.1:${sink.port}`,
    });
  }
  expect(transport.serverStates()).toMatchObject([
    { breaker: "open", lastFailure: expect.stringContaining("ECONNREFUSED") },
    { breaker: "open", lastFailure: expect.stringContaining("554") },
    { breaker: "closed", lastFailure: null },
  ]);
  expect(refusing.counts().connections).toBe(5);
});

test("the breaker opens after five failures in a row, probes with one connection, and closes when it succeeds", async () => {
  const port = await closedPort();
  const transport = openTransport(`smtp://127.0.0.1:${port}`, { breaker: { openMs: 150, openMsMax: 150 } });
  for (let index = 0; index < 5; index += 1) {
    expect(await transport.connect(deadlineIn())).toMatchObject({ failed: true, permanent: false });
  }
  expect(transport.serverStates()).toMatchObject([{ breaker: "open" }]);
  const refused = await transport.connect(deadlineIn());
  expect(refused).toMatchObject({ failed: true, cause: expect.stringContaining("ECONNREFUSED") });
  expect("failed" in refused ? refused.retryAfterMs : 0).toBeGreaterThan(0);

  const sink = await startSink({ port });
  await vi.waitFor(() => expect(transport.serverStates()).toMatchObject([{ breaker: "half-open" }]));
  // Of many that ask at the same moment one tries; the others open theirs when it has succeeded.
  const answers = await Promise.all(Array.from({ length: 5 }, () => transport.connect(deadlineIn())));
  expect(answers.filter((answer) => "failed" in answer)).toEqual([]);
  for (const answer of answers) if (!("failed" in answer)) answer.release();
  expect(transport.serverStates()).toMatchObject([{ breaker: "closed", lastFailure: null }]);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(sink.counts().accepted).toBe(1);
});

test("connections that work go on while a server refuses more of them", async () => {
  const server = await startScriptedServer((line, socket, connection) => {
    if (line === "" && connection > 2) socket.end("421 4.7.0 too many connections from you\r\n");
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=10`);
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const connection = await transport.connect(deadlineIn());
      if ("failed" in connection) return connection.cause;
      const outcome = await connection.send(messageTo(`${index}@example.com`), deadlineIn(), () => true);
      connection.release();
      return outcome.type;
    }),
  );
  expect(outcomes.filter((outcome) => outcome !== "accepted")).toEqual([]);
});

test("mail is shared by weight", async () => {
  const [light, heavy] = [await startSink(), await startSink()];
  const transport = openTransport(`${light.url}?weight=1 ${heavy.url}?weight=3`);
  for (let index = 0; index < 40; index += 1) await sendOne(transport, messageTo(`${index}@example.com`));
  expect((await summariseSinkLog(light.logFile)).accepted).toBe(10);
  expect((await summariseSinkLog(heavy.logFile)).accepted).toBe(30);
});

test("stop closes what is idle, lets a mail on the wire finish, and turns newcomers away", async () => {
  let answerDot = () => {};
  const server = await startScriptedServer((line, socket) => {
    if (line === ".") answerDot = () => answerPlainly(line, socket);
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
  const connection = await connectTo(transport);
  const sending = connection.send(messageTo("ada@example.com"), deadlineIn(), () => true);
  await vi.waitFor(() => expect(server.heard).toContain("."));
  const waiting = transport.connect(deadlineIn());
  const stopped = transport.stop();
  expect(transport.stop()).toBe(stopped);
  expect(await waiting).toMatchObject({ failed: true, permanent: false });
  expect(await transport.connect(deadlineIn())).toMatchObject({ failed: true });
  answerDot();
  expect(await sending).toMatchObject({ type: "accepted" });
  connection.release();
  await stopped;
  await vi.waitFor(() => expect(server.heard.at(-1)).toBe("QUIT"));
  await vi.waitFor(() => expect(server.sockets.size).toBe(0));
});

test("stop does not wait for a server that never greets", async () => {
  const silent = await startScriptedServer(() => {});
  const transport = openTransport(`smtp://127.0.0.1:${silent.port}`);
  const connecting = transport.connect(deadlineIn());
  await vi.waitFor(() => expect(silent.sockets.size).toBe(1));
  await transport.stop();
  expect(await connecting).toMatchObject({ failed: true, permanent: false });
});

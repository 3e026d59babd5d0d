import type { Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { noFaults } from "../../../src/drill/fault-plan.ts";
import { startSinkProcess } from "../../../src/drill/start-sink-process.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { connectTo, deadlineIn, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { answerPlainly, startScriptedServer } from "../../support/smtp-test-server.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";

/** Sends one mail to a server that answers as `script` says, and plainly where it says nothing. */
async function sendTo(script: Record<string, string | ((socket: Socket) => void)>, patienceMs?: number) {
  const server = await startScriptedServer((line, socket) => {
    const verb = line === "." ? "." : line.slice(0, 4);
    const answer = script[verb];
    if (typeof answer === "function") answer(socket);
    else if (answer !== undefined) socket.write(answer);
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
  const outcome = await sendOne(transport, messageTo("ada@example.com"), patienceMs);
  return { outcome, server, transport };
}

const pipelining = "250-mx.example.com\r\n250 PIPELINING\r\n";

test("an answer that came before its question is never taken for the body's", async () => {
  const { outcome, server } = await sendTo({ DATA: "354 go ahead\r\n250 2.0.0 taken already\r\n" });
  expect(outcome).toMatchObject({ type: "deferred", phase: "data", cause: expect.stringContaining("out of turn") });
  expect(server.heard.filter((line) => line === ".")).toEqual([]);
});

test("answers sent ahead of everything break the connection before it is used", async () => {
  const ahead = "250 mx.example.com\r\n250 ok\r\n250 ok\r\n354 go ahead\r\n250 taken\r\n";
  const { outcome, server } = await sendTo({ EHLO: ahead });
  expect(outcome).toMatchObject({ type: "deferred", phase: "mail" });
  expect(server.heard).not.toContain(".");
});

test.each([
  ["250", "an answer without its line end"],
  ["250 2.0.0 ok", "a whole line without its line end"],
  ["250-first of many\r\n", "a reply that promises more"],
  ["HTTP/1.1 200 OK\r\n", "another protocol"],
  ["350 3.0.0 and now?\r\n", "a reply that means nothing there"],
  [`250-${"x".repeat(70_000)}`, "a reply without end"],
  ["\u0000\u0000\r\n", "zeros"],
])("after the body %j leaves the mail uncertain (%s)", async (answer) => {
  const { outcome } = await sendTo({ ".": (socket) => socket.end(answer) });
  expect(outcome).toMatchObject({ type: "uncertain", cause: expect.stringMatching(/\w+ \w+/) });
});

test("a reply of many lines counts as one, with its enhanced code and its words", async () => {
  const { outcome } = await sendTo({
    RCPT: "550-5.7.1 Our system has detected that this message is\r\n550-5.7.1 likely unsolicited. \u001b[31mSee\r\n550 5.7.1 https://example.com/help\r\n",
  });
  expect(outcome).toEqual({
    type: "refused",
    phase: "rcpt",
    server: expect.any(String),
    reply: {
      code: 550,
      enhanced: "5.7.1",
      text: "Our system has detected that this message is likely unsolicited. [31mSee https://example.com/help",
    },
  });
});

test("a reply in one-byte pieces is read like any other", async () => {
  const { outcome } = await sendTo({
    ".": (socket) => {
      socket.setNoDelay(true);
      for (const byte of "250-2.0.0 first\r\n250 2.0.0 qu\u00e9\u00e9d as 4F2B\r\n") socket.write(byte);
    },
  });
  expect(outcome).toMatchObject({ type: "accepted", reply: { enhanced: "2.0.0", text: "first quééd as 4F2B" } });
});

test("letting go right before the body leaves nothing behind, and says so", async () => {
  for (const ehlo of ["250 mx.example.com\r\n", pipelining]) {
    const server = await startScriptedServer((line, socket) => {
      if (line.startsWith("EHLO")) socket.write(ehlo);
      else answerPlainly(line, socket);
    });
    const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
    const connection = await connectTo(transport);
    let asked = 0;
    const outcome = await connection.send(messageTo("ada@example.com"), deadlineIn(), () => {
      asked += 1;
      expect(server.heard).toContain("DATA");
      return false;
    });
    connection.release();
    expect(asked).toBe(1);
    expect(outcome).toMatchObject({ type: "deferred", phase: "data", reply: null });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
    expect(server.heard.at(-1)).toBe("DATA");
    expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  }
});

test("mayBegin is not asked for a mail that was refused before", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("RCPT")) socket.write("550 5.1.1 no such user\r\n");
    else answerPlainly(line, socket);
  });
  const connection = await connectTo(openTransport(`smtp://127.0.0.1:${server.port}`));
  const mayBegin = vi.fn(() => true);
  expect(await connection.send(messageTo("ada@example.com"), deadlineIn(), mayBegin)).toMatchObject({
    type: "refused",
  });
  expect(mayBegin).not.toHaveBeenCalled();
  connection.release();
});

test("with PIPELINING the three commands leave together, and each answer is judged by itself", async () => {
  const chunks: string[] = [];
  const server = await startScriptedServer((line, socket) => {
    if (line === "") socket.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
    if (line.startsWith("EHLO")) socket.write(pipelining);
    else answerPlainly(line, socket);
  });
  const transport = openTransport(`smtp://127.0.0.1:${server.port}`);
  expect(await sendOne(transport, messageTo("ada@example.com"))).toMatchObject({ type: "accepted" });
  expect(chunks).toContain("MAIL FROM:<bounce@news.example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n");
});

test("a server that refuses the recipient and wants a body all the same gets an empty one", async () => {
  const { outcome, server, transport } = await sendTo({ EHLO: pipelining, RCPT: "450 4.2.0 greylisted\r\n" });
  expect(outcome).toMatchObject({ type: "deferred", phase: "rcpt", reply: { code: 450, enhanced: "4.2.0" } });
  expect(server.heard.slice(-2)).toEqual(["DATA", "."]);
  await sendOne(transport, messageTo("grace@example.com"));
  expect(server.heard.filter((line) => line.startsWith("EHLO"))).toHaveLength(1);
});

test("a server that refuses the sender and wants a body all the same is left", async () => {
  const { outcome, server } = await sendTo({ EHLO: pipelining, MAIL: "550 5.7.1 no\r\n" });
  expect(outcome).toMatchObject({ type: "refused", phase: "mail" });
  await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  expect(server.heard).not.toContain(".");
});

test("the reply to RCPT decides even where the connection ends right after it", async () => {
  const { outcome } = await sendTo({ EHLO: pipelining, RCPT: (socket) => socket.end("550 5.1.1 no such user\r\n") });
  expect(outcome).toMatchObject({ type: "refused", phase: "rcpt", reply: { code: 550 } });
});

test("an unfinished transaction is ended with RSET, once and only where one was begun", async () => {
  for (const ehlo of ["250 mx.example.com\r\n", pipelining]) {
    const replies = ["550 5.1.1 no such user\r\n", "250 ok\r\n", "250 ok\r\n"];
    const server = await startScriptedServer((line, socket) => {
      if (line.startsWith("EHLO")) socket.write(ehlo);
      else if (line.startsWith("RCPT")) socket.write(replies.shift() as string);
      else if (line === "DATA" && replies.length === 2) socket.write("554 5.5.1 no valid recipients\r\n");
      else answerPlainly(line, socket);
    });
    const transport = openTransport(`smtp://127.0.0.1:${server.port}?connections=1`);
    const types: Outcome["type"][] = [];
    for (const to of ["ada@example.com", "grace@example.com", "joan@example.com"]) {
      types.push((await sendOne(transport, messageTo(to))).type);
    }
    expect(types).toEqual(["refused", "accepted", "accepted"]);
    expect(server.heard.filter((line) => line === "RSET")).toHaveLength(1);
    expect(server.heard.filter((line) => line.startsWith("EHLO"))).toHaveLength(1);
  }
});

test("552 to RCPT is final unless it means too many recipients", async () => {
  const full = await sendTo({ RCPT: "552 5.2.2 mailbox full\r\n" });
  expect(full.outcome).toMatchObject({ type: "refused", phase: "rcpt" });
  const many = await sendTo({ RCPT: "552 Too many recipients\r\n" });
  expect(many.outcome).toMatchObject({ type: "deferred", phase: "rcpt", reply: { code: 552 } });
});

test("a server that drips is held to the deadline, in every phase", async () => {
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write("2"), 20);
    socket.on("close", () => clearInterval(timer));
  };
  for (const [verb, expected] of [
    ["MAIL", { type: "deferred", phase: "mail" }],
    ["RCPT", { type: "deferred", phase: "rcpt" }],
    ["DATA", { type: "deferred", phase: "data" }],
    [".", { type: "uncertain" }],
  ] as const) {
    const startedMs = systemClock.monotonicMs();
    const { outcome, server } = await sendTo({ [verb]: drip }, 300);
    expect(outcome).toMatchObject({ ...expected, cause: expect.stringContaining("deadline") });
    expect(systemClock.monotonicMs() - startedMs).toBeLessThan(2_000);
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  }
});

test("a server that drips its greeting or its EHLO is held to the time for setting up", async () => {
  for (const at of ["", "EHLO"]) {
    const server = await startScriptedServer((line, socket) => {
      if (!line.startsWith(at)) return answerPlainly(line, socket);
      if (line !== "" && at === "") return undefined;
      const timer = setInterval(() => socket.write("2"), 20);
      socket.on("close", () => clearInterval(timer));
      return undefined;
    });
    const transport = openTransport(`smtp://127.0.0.1:${server.port}`, { times: { setupTimeoutMs: 200 } });
    const failure = await transport.connect(deadlineIn());
    expect(failure).toMatchObject({ failed: true, permanent: false });
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  }
});

test("a reply that already lies in the socket counts, even when the deadline passed while the process was busy", async () => {
  const logFile = join(makeTemporaryFolder(), "sink.ndjson");
  const sink = await startSinkProcess({ logFile, seed: 1, faults: noFaults });
  onTestFinished(() => sink.stop());
  const connection = await connectTo(openTransport(`smtp://127.0.0.1:${sink.port}`));
  const deadlineMs = deadlineIn(200);
  // The body leaves, and then this process does nothing until the deadline is long past; the sink's answers meanwhile.
  const outcome = await connection.send(messageTo("ada@example.com"), deadlineMs, () => {
    setTimeout(() => {
      while (systemClock.monotonicMs() < deadlineMs + 500);
    }, 0);
    return true;
  });
  connection.release();
  expect(outcome).toMatchObject({ type: "accepted" });
});

test("a deadline that has passed sends nothing", async () => {
  const server = await startScriptedServer(answerPlainly);
  const connection = await connectTo(openTransport(`smtp://127.0.0.1:${server.port}`));
  expect(await connection.send(messageTo("ada@example.com"), deadlineIn(-1), () => true)).toMatchObject({
    type: "deferred",
  });
  connection.release();
  expect(server.heard.filter((line) => line.startsWith("MAIL"))).toEqual([]);
});

test("a server that answers the dot after a long time gives one delivery", async () => {
  let dots = 0;
  const { outcome, server } = await sendTo({
    ".": (socket) => {
      dots += 1;
      setTimeout(() => socket.write("250 2.0.0 taken at last\r\n"), 1_500);
    },
  });
  expect(outcome).toMatchObject({ type: "accepted", reply: { text: "taken at last" } });
  expect(dots).toBe(1);
  expect(server.heard.filter((line) => line.startsWith("MAIL"))).toHaveLength(1);
});

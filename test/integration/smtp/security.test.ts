import { connect, createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { testSmtpServers } from "../../../src/adapters/smtp/test-smtp-servers.ts";
import { parseSmtpServers } from "../../../src/adapters/smtp/smtp-servers.ts";
import type { ConnectionFailure } from "../../../src/domain/transport.ts";
import { connectTo, deadlineIn, messageTo, openTransport, sendOne } from "../../support/smtp-message.ts";
import { answerPlainly, startScriptedServer, startTestServer } from "../../support/smtp-test-server.ts";

const login = "ada:correct%20horse";

async function failureOf(urls: string): Promise<ConnectionFailure> {
  const answer = await openTransport(urls).connect(deadlineIn());
  if (!("failed" in answer)) throw new Error("the connection was opened");
  return answer;
}

test("a mail goes through STARTTLS and AUTH, with the certificate verified by the given authority", async () => {
  const server = await startTestServer();
  const transport = openTransport(`smtp://${login}@localhost:${server.port}?requireTLS=true&caFile=${server.caFile}`);
  expect(await sendOne(transport, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  expect(server.mails).toMatchObject([{ to: "grace@example.com", secure: true, user: "ada" }]);
});

test("smtps:// encrypts from the first byte", async () => {
  const server = await startTestServer({ secure: true });
  const transport = openTransport(`smtps://${login}@localhost:${server.port}?caFile=${server.caFile}`);
  expect(await sendOne(transport, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  expect(server.mails).toMatchObject([{ secure: true, user: "ada" }]);
});

test.each(["plain", "login", "xoauth2"])("AUTH %s is done as configured", async (method) => {
  const server = await startTestServer({ authMethods: ["PLAIN", "LOGIN", "XOAUTH2"] });
  const secret = method === "xoauth2" ? "token-1" : "correct%20horse";
  const url = `smtp://ada:${secret}@localhost:${server.port}?caFile=${server.caFile}&auth=${method}`;
  expect(await sendOne(openTransport(url), messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  expect(server.logins).toEqual([
    { user: "ada", password: decodeURIComponent(secret), method: method.toUpperCase(), secure: true },
  ]);
});

test("a certificate that nobody vouches for is a permanent fault, and nothing is sent", async () => {
  const server = await startTestServer();
  const failure = await failureOf(`smtp://${login}@localhost:${server.port}`);
  expect(failure).toMatchObject({ permanent: true });
  expect(failure.cause).toMatch(/TLS failed: .*certificate.*rejectUnauthorized=false/);
  expect(server.logins).toEqual([]);
  const trusting = openTransport(`smtp://${login}@localhost:${server.port}?rejectUnauthorized=false`);
  expect(await sendOne(trusting, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
});

test("a certificate for another name is a permanent fault", async () => {
  const server = await startTestServer({ secure: true, names: ["elsewhere.example.com"] });
  const failure = await failureOf(`smtps://localhost:${server.port}?caFile=${server.caFile}`);
  expect(failure).toMatchObject({ permanent: true, cause: expect.stringMatching(/TLS failed: .*altnames/) });
});

test("an authority's file that can't be read is a permanent fault", async () => {
  const failure = await failureOf("smtp://localhost:2525?caFile=/nowhere/ca.pem");
  expect(failure).toMatchObject({ permanent: true, cause: expect.stringContaining("caFile can't be read") });
});

test("with requireTLS and STARTTLS stripped on the way, neither AUTH nor MAIL is sent", async () => {
  for (const extensions of ["250 mx.example.com", "250-mx.example.com\r\n250 AUTH PLAIN LOGIN"]) {
    const server = await startScriptedServer((line, socket) => {
      if (line.startsWith("EHLO")) socket.write(`${extensions}\r\n`);
      else if (line === "STARTTLS") socket.write("502 5.5.1 not here\r\n");
      else answerPlainly(line, socket);
    });
    const failure = await failureOf(`smtp://${login}@127.0.0.1:${server.port}?requireTLS=true`);
    expect(failure).toMatchObject({ permanent: true, cause: expect.stringMatching(/TLS failed/) });
    expect(server.heard.filter((line) => /^(AUTH|MAIL)/i.test(line))).toEqual([]);
  }
});

test("with requireTLS a server that only knows HELO gets no mail", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("EHLO")) socket.write("502 what?\r\n");
    else if (line.startsWith("HELO")) socket.write("250 mx.example.com\r\n");
    else answerPlainly(line, socket);
  });
  expect(await failureOf(`smtp://127.0.0.1:${server.port}?requireTLS=true`)).toMatchObject({ failed: true });
  expect(server.heard.filter((line) => /^(HELO|MAIL)/i.test(line))).toEqual([]);
});

test("words slipped in before the TLS handshake are not taken for words inside it", async () => {
  const server = await startTestServer();
  // A man in the middle adds to the 220 of STARTTLS an answer to the EHLO that follows inside TLS; his has no SMTPUTF8.
  let injections = 0;
  const middle = createServer((client) => {
    const upstream = connect(server.port, "127.0.0.1");
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    upstream.on("data", (chunk: Buffer) => {
      const isGoAhead = injections === 0 && chunk.toString("latin1").startsWith("220 Ready");
      if (isGoAhead) injections += 1;
      client.write(isGoAhead ? Buffer.concat([chunk, Buffer.from("250-mallory\r\n250 AUTH PLAIN\r\n")]) : chunk);
    });
    client.pipe(upstream);
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => {
    middle.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void middle.close());
  const { port } = middle.address() as AddressInfo;
  const transport = openTransport(`smtp://localhost:${port}?requireTLS=true&caFile=${server.caFile}`);
  const connection = await connectTo(transport);
  expect(injections).toBe(1);
  expect(connection.supportsSmtpUtf8).toBe(true);
  connection.release();
  expect(await sendOne(transport, messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
});

test("after STARTTLS only what was announced inside TLS counts", async () => {
  const server = await startTestServer({ hideSMTPUTF8: true, size: 1_000 });
  const [report] = await testSmtpServers(parseSmtpServers(`smtp://localhost:${server.port}?caFile=${server.caFile}`));
  expect(report).toMatchObject({
    works: true,
    encryption: { protocol: "TLSv1.3", trusted: true },
    capabilities: { startTls: false, smtpUtf8: false, sizeBytesMax: 1_000, auth: ["LOGIN", "PLAIN"] },
  });
});

test("a password goes over an unencrypted connection only to this machine, or where that was asked for", async () => {
  const server = await startTestServer({ hideSTARTTLS: true });
  // 0.0.0.0 reaches this machine without being a loopback address by name.
  const elsewhere = `smtp://${login}@0.0.0.0:${server.port}`;
  expect(await failureOf(elsewhere)).toMatchObject({
    permanent: true,
    cause: expect.stringContaining("clearTextAuth"),
  });
  expect(server.logins).toEqual([]);
  for (const url of [`${elsewhere}?clearTextAuth=true`, `smtp://${login}@127.0.0.1:${server.port}`]) {
    expect(await sendOne(openTransport(url), messageTo("grace@example.com"))).toMatchObject({ type: "accepted" });
  }
  expect(server.logins).toMatchObject([{ secure: false }, { secure: false }]);
});

test("a wrong password is a permanent fault that never repeats it, even where the server does", async () => {
  const server = await startTestServer();
  const secret = "h%75nter%202-secret";
  const url = `smtp://ada:${secret}@localhost:${server.port}?caFile=${server.caFile}`;
  const transport = openTransport(url);
  const failure = await transport.connect(deadlineIn());
  expect(failure).toMatchObject({ failed: true, permanent: true });
  const words = JSON.stringify([failure, transport.serverStates(), await testSmtpServers(parseSmtpServers(url))]);
  expect(words).toContain("535");
  expect(words).toContain("AUTH failed");
  for (const form of [
    "hunter 2-secret",
    encodeURIComponent("hunter 2-secret"),
    Buffer.from("hunter 2-secret").toString("base64"),
  ]) {
    expect(words).not.toContain(form);
  }
});

test("after a wrong password the server is left alone: accounts are locked by repetition", async () => {
  const server = await startTestServer();
  const transport = openTransport(`smtp://ada:wrong-password@localhost:${server.port}?caFile=${server.caFile}`);
  for (let index = 0; index < 5; index += 1) {
    expect(await transport.connect(deadlineIn())).toMatchObject({ permanent: true });
  }
  expect(server.logins).toHaveLength(1);
  const failure = (await transport.connect(deadlineIn())) as ConnectionFailure;
  expect(failure.retryAfterMs).toBeGreaterThan(60_000);
});

test("a user name for a server that knows no AUTH is a permanent fault, and no mail is sent without it", async () => {
  const server = await startScriptedServer(answerPlainly);
  const failure = await failureOf(`smtp://${login}@127.0.0.1:${server.port}`);
  expect(failure).toMatchObject({ permanent: true, cause: expect.stringContaining("offers no AUTH") });
});

test("a temporary failure of AUTH is not held against the configuration", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("EHLO")) socket.write("250-mx.example.com\r\n250 AUTH PLAIN\r\n");
    else if (line.startsWith("AUTH")) socket.write("454 4.7.0 temporary authentication failure\r\n");
    else answerPlainly(line, socket);
  });
  const failure = await failureOf(`smtp://${login}@127.0.0.1:${server.port}`);
  expect(failure).toMatchObject({ permanent: false, cause: expect.stringContaining("454") });
});

test("what a test of servers finds, each for itself, without sending", async () => {
  const good = await startTestServer();
  const plain = await startScriptedServer(answerPlainly);
  const ca = `caFile=${good.caFile}`;
  const reports = await testSmtpServers([
    ...parseSmtpServers(`smtp://${login}@localhost:${good.port}?${ca}`),
    ...parseSmtpServers(`smtp://ada:wrong-password@localhost:${good.port}?${ca}`),
    ...parseSmtpServers(`smtp://127.0.0.1:1, smtp://127.0.0.1:${plain.port}`),
  ]);
  expect(reports).toMatchObject([
    {
      works: true,
      authentication: "accepted",
      encryption: { protocol: "TLSv1.3", trusted: true, subject: "Broadsheet catcher" },
      capabilities: { smtpUtf8: true, eightBitMime: true, pipelining: true },
      warnings: [],
    },
    {
      works: false,
      authentication: "failed",
      failure: { phase: "auth", permanent: true },
      capabilities: { smtpUtf8: true },
    },
    { works: false, failure: { phase: "connect", cause: expect.stringContaining("ECONNREFUSED") }, capabilities: null },
    { works: true, authentication: "not configured", encryption: null },
  ]);
  expect(reports[3]?.warnings.join(" ")).toMatch(/not encrypted.*SMTPUTF8.*PIPELINING/);
  expect(plain.heard.filter((line) => line.startsWith("MAIL"))).toEqual([]);
  expect(good.mails).toEqual([]);
});

test("a connection says which server it goes to, never how it got in", async () => {
  const server = await startTestServer();
  const transport = openTransport(`smtp://${login}@localhost:${server.port}?caFile=${server.caFile}`);
  const connection = await connectTo(transport);
  expect(connection.server).toBe(`localhost:${server.port}`);
  connection.release();
});

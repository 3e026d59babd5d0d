/**
 * What src/adapters/smtp/open-session.ts and setup-fault.ts use of Nodemailer beyond its documentation. When one of these
 * fails after an update, read the new SMTPConnection before changing anything else.
 */
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { expect, onTestFinished, test } from "vitest";
import { answerPlainly, startScriptedServer, startTestServer } from "../support/smtp-test-server.ts";

async function open(options: ConstructorParameters<typeof SMTPConnection>[0]): Promise<SMTPConnection> {
  const connection = new SMTPConnection({ host: "127.0.0.1", socketCloseTimeout: 0, ...options });
  onTestFinished(() => connection.close());
  connection.on("error", () => {});
  await new Promise<void>((resolve, reject) => {
    connection.once("error", reject);
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return connection;
}

test("the version is the one whose inside was read", () => {
  const { version } = createRequire(import.meta.url)("nodemailer/package.json") as { version: string };
  expect(version).toBe("10.6.1");
});

test("once connected, `_socket` is the open socket and `lastServerResponse` the whole answer to EHLO", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("EHLO")) socket.write("250-mx.example.com\r\n250-SIZE 1000\r\n250 SMTPUTF8\r\n");
    else answerPlainly(line, socket);
  });
  const connection = await open({ port: server.port });
  expect(connection.stage).toBe("connected");
  expect(connection.lastServerResponse).toBe("250-mx.example.com\n250-SIZE 1000\n250 SMTPUTF8");
  expect((connection._socket as Socket).remotePort).toBe(server.port);
});

test("after STARTTLS `_socket` is the TLS socket, and `secure` says so", async () => {
  const server = await startTestServer();
  const connection = await open({ port: server.port, tls: { rejectUnauthorized: false } });
  expect(connection.secure).toBe(true);
  expect(connection._socket).toBeInstanceOf(TLSSocket);
  expect(String(connection.lastServerResponse)).not.toContain("STARTTLS");
});

test("with its data listener taken away Nodemailer neither reads nor writes any more", async () => {
  const server = await startScriptedServer(answerPlainly);
  const connection = await open({ port: server.port });
  const socket = connection._socket as Socket;
  socket.removeAllListeners("data");
  socket.removeAllListeners("timeout");
  const heard: string[] = [];
  const answered = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      heard.push(chunk.toString());
      if (heard.join("").includes("221")) resolve();
    });
  });
  socket.write("RSET\r\nQUIT\r\n");
  await answered;
  expect(heard.join("")).toBe("250 ok\r\n221 bye\r\n");
  expect(server.heard.map((line) => line.slice(0, 4))).toEqual(["EHLO", "RSET", "QUIT"]);
  expect(socket.destroyed).toBe(false);
});

test("an answer nobody asked for after EHLO is an error, not something to be read later", async () => {
  const server = await startScriptedServer((line, socket) => {
    if (line.startsWith("EHLO")) socket.write("250 mx.example.com\r\n250 one too many\r\n");
    else answerPlainly(line, socket);
  });
  const connection = await open({ port: server.port });
  const error = await new Promise<{ code?: string }>((resolve) => connection.once("error", resolve));
  expect(error.code).toBe("EPROTOCOL");
  expect((connection._socket as Socket).destroyed).toBe(true);
});

test("errors carry the reply in `response`, the system's code in `originalCode`", async () => {
  const refusing = await startScriptedServer((_line, socket) => socket.end("554 5.3.2 no service\r\n"));
  await expect(open({ port: refusing.port })).rejects.toMatchObject({
    response: "554 5.3.2 no service",
    code: "EPROTOCOL",
  });
  await expect(open({ port: 1 })).rejects.toMatchObject({ code: "ESOCKET", originalCode: "ECONNREFUSED" });
  const server = await startTestServer();
  await expect(open({ port: server.port })).rejects.toMatchObject({ originalCode: "DEPTH_ZERO_SELF_SIGNED_CERT" });
});

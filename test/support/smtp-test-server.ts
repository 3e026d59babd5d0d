/** SMTP servers for tests of the client: a real one with TLS and AUTH (smtp-server), and one that says what it is told. */
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";
import { createSelfSignedCertificate } from "../../src/adapters/catcher/certificate.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

export interface TestServer {
  readonly port: number;
  /** Everything that was delivered: envelope and bytes. */
  readonly mails: { from: string; to: string; args: unknown; secure: boolean; user: string | null; bytes: string }[];
  /** User and password of every AUTH. */
  readonly logins: { user: string; password: string; method: string; secure: boolean }[];
  /** PEM file that trusts the server's certificate. */
  readonly caFile: string;
  connections(): number;
}

/** A real server; it takes the user `ada` with the password `correct horse`, or the access token `token-1`. */
export async function startTestServer(
  options: SMTPServerOptions & { readonly names?: readonly string[] } = {},
): Promise<TestServer> {
  const { certificate, key } = createSelfSignedCertificate(options.names ?? ["localhost", "127.0.0.1"], new Date());
  const caFile = join(makeTemporaryFolder(), "ca.pem");
  writeFileSync(caFile, certificate);
  const mails: TestServer["mails"] = [];
  const logins: TestServer["logins"] = [];
  let connections = 0;
  const server = new SMTPServer({
    cert: certificate,
    key,
    authOptional: true,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth(auth, session, done) {
      const password = auth.password ?? auth.accessToken ?? "";
      logins.push({ user: auth.username ?? "", password, method: auth.method, secure: session.secure });
      const isRight = auth.username === "ada" && (password === "correct horse" || password === "token-1");
      if (isRight) done(null, { user: auth.username });
      else done(Object.assign(new Error(`no such user or wrong password: ${password}`), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo[0]?.address ?? "",
          args: { ...(mailFrom ? mailFrom.args : {}), rcpt: rcptTo[0]?.args },
          secure: session.secure,
          user: session.user ? String(session.user) : null,
          bytes: Buffer.concat(chunks).toString(),
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, logins, caFile, connections: () => connections };
}

export interface ScriptedServer {
  readonly port: number;
  /** Every line that any client sent, in order, but those of bodies; their final dot is there. */
  readonly heard: string[];
  /** Sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/**
 * A server whose every word the test decides: `answer` gets each command line, `"."` for the end of a body and `""` for
 * the connection itself, and writes what it likes. `connection` counts from 1.
 */
export async function startScriptedServer(
  answer: (line: string, socket: Socket, connection: number) => void,
): Promise<ScriptedServer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    let buffered = "";
    let isInBody = false;
    const write = socket.write.bind(socket);
    socket.write = ((...words: Parameters<Socket["write"]>) => {
      if (/^354/m.test(String(words[0]))) isInBody = true;
      return write(...words);
    }) as Socket["write"];
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      buffered += chunk.toString("latin1");
      const lines = buffered.split("\r\n");
      buffered = lines.pop() ?? "";
      for (const line of lines) {
        if (isInBody && line !== ".") continue;
        isInBody = false;
        heard.push(line);
        answer(line, socket, connection);
      }
    });
    answer("", socket, connection);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  return { port: (server.address() as AddressInfo).port, heard, sockets };
}

/** Answers like a plain server without extensions; for the lines that a script does not care about. */
export function answerPlainly(line: string, socket: Socket): void {
  const verb = line.slice(0, 4).toUpperCase();
  const replies: Record<string, string> = {
    "": "220 plain.example.com ESMTP",
    EHLO: "250 plain.example.com",
    MAIL: "250 ok",
    RCPT: "250 ok",
    DATA: "354 go ahead",
    ".": "250 taken",
    RSET: "250 ok",
    QUIT: "221 bye",
  };
  const reply = replies[verb];
  if (reply) socket.write(`${reply}\r\n`);
}

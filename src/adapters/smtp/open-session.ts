import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import SMTPConnection, { type SMTPConnectionAuth } from "nodemailer/lib/smtp-connection";
import type { SmtpPhase, SmtpReply } from "../../domain/outcome.ts";
import type { ConnectionFailure } from "../../domain/transport.ts";
import type { Clock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import { stripControls } from "../../lib/escape.ts";
import { readCapabilities, type Capabilities } from "./capabilities.ts";
import { createRedactor } from "./redact.ts";
import { boundText, formatReply, replyBytesMax } from "./reply.ts";
import { createSession, type Session } from "./session.ts";
import { judgeSetupFault, type SetupFault } from "./setup-fault.ts";
import type { SmtpServer } from "./smtp-servers.ts";
import { tokenSourceOf } from "./token-source.ts";

/** A session that could not be opened, and how far it had come. */
export interface SetupFailure extends ConnectionFailure {
  readonly phase: SmtpPhase;
  readonly reply: SmtpReply | null;
  /** What the server had announced by then. */
  readonly capabilities: Capabilities | null;
}

export interface SetupTimes {
  /** From the name lookup to the established TCP connection. */
  readonly connectTimeoutMs: number;
  /** From the first moment to the end of AUTH: no server drips its way past it. */
  readonly setupTimeoutMs: number;
}

/**
 * Nodemailer looks the name up, connects, says EHLO, encrypts and authenticates. Then the socket is taken over: the
 * conversation about a message is ours (conversation.ts), because its outcome depends on knowing exactly which replies
 * came. What is used of Nodemailer beyond its documentation is held by test/contract/nodemailer-internals.test.ts.
 */
export function openSession(
  server: SmtpServer,
  times: SetupTimes,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Session | SetupFailure> {
  const redact = createRedactor(server);
  const authority = readAuthority(server);
  if (typeof authority === "string") return Promise.resolve(unreadableAuthority(server, authority));
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.implicitTls,
    requireTLS: server.requireTls && !server.implicitTls,
    ignoreTLS: server.ignoreTls,
    connectionTimeout: times.setupTimeoutMs,
    greetingTimeout: times.setupTimeoutMs,
    dnsTimeout: times.connectTimeoutMs,
    socketTimeout: times.setupTimeoutMs,
    socketCloseTimeout: 0,
    maxResponseSize: replyBytesMax,
    tls: { rejectUnauthorized: server.verifyCertificate, minVersion: "TLSv1.2", ...(authority && { ca: authority }) },
    ...(server.ehloName === null ? {} : { name: server.ehloName }),
  });
  return new Promise((resolve) => {
    let phase: "setup" | "auth" = "setup";
    let announced: Capabilities | null = null;
    let settled = false;
    const settle = (result: Session | SetupFailure) => {
      if (settled) return;
      settled = true;
      cancelConnect();
      cancelSetup();
      signal?.removeEventListener("abort", abort);
      if ("failed" in result) connection.close();
      resolve(result);
    };
    const fail = (fault: SetupFault) => {
      const words = fault.reply ? `${fault.message}: ${formatReply(fault.reply)}` : fault.message;
      const cause = boundText(redact(stripControls(`${server.server}: ${words}`)));
      const reply = fault.reply ? { ...fault.reply, text: redact(fault.reply.text) } : null;
      const { permanent, phase: failedAt } = fault;
      settle({
        failed: true,
        cause,
        permanent,
        server: server.server,
        phase: failedAt,
        reply,
        capabilities: announced,
      });
    };
    const failWith = (error: Error) =>
      fail(judgeSetupFault(error, { authenticating: phase === "auth", connection, implicitTls: server.implicitTls }));
    const giveUp = (timeoutMs: number) => failWith(new Error(`no answer within ${Math.ceil(timeoutMs / 1_000)} s`));
    const abort = () => failWith(new Error("given up, since the sender is stopping"));
    signal?.addEventListener("abort", abort, { once: true });
    const cancelConnect = clock.after(times.connectTimeoutMs, () => {
      if (connection.stage === "init") giveUp(times.connectTimeoutMs);
    });
    const cancelSetup = clock.after(times.setupTimeoutMs, () => giveUp(times.setupTimeoutMs));

    const takeOver = (capabilities: Capabilities) => {
      const socket = connection._socket as Socket;
      socket.removeAllListeners("data");
      socket.removeAllListeners("timeout");
      socket.setTimeout(0);
      settle(createSession(socket, server.server, capabilities, clock));
    };
    connection.on("error", failWith);
    connection.on("end", () => failWith(new Error("the connection was closed")));
    connection.connect((error) => {
      if (error) return failWith(error);
      if (settled) return;
      const ehlo = connection.lastServerResponse || "";
      const capabilities = readCapabilities(ehlo);
      announced = capabilities;
      const refusal = refusalToGoOn(server, connection.secure, capabilities);
      if (refusal) return fail({ ...refusal, reply: null, permanent: true });
      if (!server.credentials) return takeOver(capabilities);
      phase = "auth";
      connection.login(authDataOf(server), (loginError) =>
        loginError ? failWith(loginError) : settled || takeOver(capabilities),
      );
    });
  });
}

/** Read for each connection, so that a renewed file is used without a restart. A string says why it can't be read. */
function readAuthority(server: SmtpServer): Buffer | null | string {
  if (server.caFile === null) return null;
  try {
    return readFileSync(server.caFile);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function unreadableAuthority(server: SmtpServer, why: string): SetupFailure {
  const cause = `${server.server}: the certificates of caFile can't be read: ${why}`;
  return { failed: true, cause, permanent: true, server: server.server, phase: "tls", reply: null, capabilities: null };
}

/** What we will not do, whatever the server offers (RFC 3207 section 6, RFC 4954 section 4). */
function refusalToGoOn(
  server: SmtpServer,
  secure: boolean,
  capabilities: Capabilities,
): { phase: SmtpPhase; message: string } | null {
  if (server.requireTls && !secure) return { phase: "tls", message: "TLS is required and the connection has none" };
  if (!server.credentials) return null;
  if (!secure && !server.clearTextAuth && !isLoopback(server.host)) {
    return {
      phase: "auth",
      message: "offers no TLS, and the password is not sent without it (clearTextAuth=true would allow it)",
    };
  }
  if (capabilities.auth.length === 0) {
    return { phase: "auth", message: "a user name is configured, but the server offers no AUTH" };
  }
  const { method } = server.credentials;
  if (method !== null && !capabilities.auth.includes(method)) {
    return { phase: "auth", message: `does not offer AUTH ${method}, only ${capabilities.auth.join(", ")}` };
  }
  return null;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function authDataOf(server: SmtpServer): SMTPConnectionAuth {
  const { user, password, method } = server.credentials as NonNullable<SmtpServer["credentials"]>;
  if (method === "XOAUTH2") return { user, method, oauth2: tokenSourceOf(server) };
  return { user, pass: password, ...(method === null ? {} : { method }) };
}

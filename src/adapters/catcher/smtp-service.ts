/**
 * The SMTP side: takes every mail from anybody, with any credentials, unless a fault was asked for. Reading the bytes and
 * the header is all that happens here; nothing is parsed.
 */
import { SMTPServer } from "smtp-server";
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { SMTPConnection } from "smtp-server/lib/smtp-connection.js";
import type { CaughtEnvelope, CaughtMail } from "../../domain/caught-mail.ts";
import type { Clock } from "../../lib/clock.ts";
import { messageOf } from "../../lib/errors.ts";
import type { SelfSignedCertificate } from "./certificate.ts";
import type { FaultDecision, Faults } from "./faults.ts";
import type { FaultStage } from "./fault-rules.ts";
import type { FaultReply } from "./fault-replies.ts";

export interface SmtpServiceOptions {
  readonly messageBytesMax: number;
  readonly clientsMax: number;
  readonly tls: "offered" | "hidden" | "off";
  readonly certificate: SelfSignedCertificate | undefined;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Keeps a mail; its reply waits for this. */
  readonly take: (envelope: CaughtEnvelope, raw: Buffer) => Promise<CaughtMail>;
  /** A mail was taken about which something is to be sent back. */
  readonly report: (mail: CaughtMail, raw: Buffer, asked: FaultDecision["reports"]) => void;
}

export interface SmtpService {
  listen(host: string, port: number): Promise<number>;
  stop(): Promise<void>;
}

/** A client that says nothing for this long is closed (RFC 5321 section 4.5.3.2.7 asks for 5 minutes). */
const idleMs = 300_000;
const recipientsMax = 1_000;
/** How long running transactions get to finish when the catcher stops. */
const finishMs = 250;

export function createSmtpService(options: SmtpServiceOptions): SmtpService {
  const { faults, clock } = options;
  const connections = new Map<string, SMTPConnection>();
  const waiting = new Set<() => void>();
  const server = new SMTPServer({
    name: "catcher.broadsheet.localhost",
    banner: "Broadsheet catcher: nothing is delivered",
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ["PLAIN", "LOGIN"],
    disabledCommands: options.tls === "off" ? ["STARTTLS"] : [],
    hideSTARTTLS: options.tls !== "offered",
    disableReverseLookup: true,
    hideDSN: false,
    lenientAddressParsing: true,
    size: options.messageBytesMax,
    rejectOversized: true,
    maxRecipients: recipientsMax,
    socketTimeout: idleMs,
    closeTimeout: finishMs,
    logger: false,
    ...(options.certificate ? { cert: options.certificate.certificate, key: options.certificate.key } : {}),
    onAuth: (auth, session, done) =>
      meet("auth", session, "", [], (error) => {
        if (error) return done(null, { message: error.message, responseCode: error.responseCode });
        done(null, { user: auth.username || "anonymous" });
      }),
    onConnect: (session, done) => meet("greeting", session, "", [], done),
    onMailFrom: (address, session, done) => meet("mail", session, address.address, [], done),
    onRcptTo: (address, session, done) => meet("rcpt", session, senderOf(session), [address.address], done),
    onData: (stream, session, done) => receive(stream, session, done),
    onClose: (session) => void connections.delete(session.id),
  });
  server.on("error", () => {}); // those that matter come before it listens, and `listen` rejects with them

  // The library's own `connect`, with two differences: the connection is kept, because a fault cuts it or refuses DATA
  // itself and handlers only see the session; and the greeting comes at once instead of after 100 ms, a trap for
  // spammers that would make every mail of a client without a pool that much slower.
  server.connect = (socket, socketOptions) => {
    const connection = new SMTPConnection(server, socket, socketOptions);
    server.connections.add(connection);
    connections.set(connection.id, connection);
    connection.on("error", () => {}); // a client that goes away in the middle is its own business
    refuseData(connection);
    connection._setListeners(() => {
      if (server.connections.size <= options.clientsMax) return connection.connectionReady();
      connection.send(421, "Too many connected clients, try again in a moment", false);
    });
  };

  function refuseData(connection: SMTPConnection): void {
    const accept = connection.handler_DATA.bind(connection);
    connection.handler_DATA = (command, done) => {
      const { session } = connection;
      if (session.envelope.rcptTo.length === 0) return accept(command, done);
      meet("data", session, senderOf(session), recipientsOf(session), (error) => {
        if (!error) return accept(command, done);
        connection.send(error.responseCode, error.message);
        done();
      });
    };
  }

  /** Goes on after the fault of this stage, if there is one; a cut connection never goes on. */
  function meet(
    stage: FaultStage,
    session: SMTPServerSession,
    sender: string,
    recipients: readonly string[],
    done: (error?: ReplyError | null) => void,
  ): void {
    const decision = faults.decide(stage, sender, recipients);
    after(decision.delayMs, () => {
      const { outcome } = decision;
      if (outcome.type === "go") done();
      else if (outcome.type === "reply") done(replyError(outcome.reply));
      else cut(session);
    });
  }

  function after(delayMs: number, proceed: () => void): void {
    if (delayMs === 0) return proceed();
    const cancel = clock.after(delayMs, () => {
      waiting.delete(cancel);
      proceed();
    });
    waiting.add(cancel);
  }

  function cut(session: SMTPServerSession): void {
    connections.get(session.id)?._socket.destroy();
  }

  function receive(stream: SMTPServerDataStream, session: SMTPServerSession, done: DataDone): void {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => {
      if (stream.sizeExceeded) chunks.length = 0;
      else chunks.push(chunk);
    });
    stream.on("error", () => {}); // the client left in the middle: there is no mail
    stream.on("end", () => {
      // The library answers 552 by itself for a mail over the limit.
      if (stream.sizeExceeded) return done();
      // A copy of exactly this size: the chunks are windows into the socket's large buffers.
      settle(Buffer.concat(chunks), session, done).catch((error: unknown) => {
        done(replyError({ code: 451, text: `4.3.0 The catcher could not keep the mail: ${messageOf(error)}` }));
      });
    });
  }

  async function settle(raw: Buffer, session: SMTPServerSession, done: DataDone): Promise<void> {
    const envelope = envelopeOf(session);
    const recipients = recipientsOf(session);
    const { outcome, delayMs, reports } = faults.decide("dot", envelope.from, recipients);
    const isKept = outcome.type === "go" || outcome.type === "drop";
    const mail = isKept ? await options.take(envelope, raw) : undefined;
    if (mail && reports.length > 0) options.report(mail, raw, reports);
    after(delayMs, () => {
      if (outcome.type === "go") done(null, `2.0.0 Ok: caught as ${mail?.id}`);
      else if (outcome.type === "reply") done(replyError(outcome.reply));
      else cut(session);
    });
  }

  let stopping: Promise<void> | undefined;
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.server.once("error", reject);
        server.listen(port, host, () => {
          server.server.off("error", reject);
          const address = server.server.address();
          resolve(typeof address === "object" && address ? address.port : port);
        });
      }),
    stop: () => (stopping ??= stop()),
  };

  async function stop(): Promise<void> {
    for (const cancel of waiting) cancel();
    const open = [...connections.values()];
    await new Promise<void>((resolve) => server.close(resolve));
    for (const connection of open) connection._socket.destroy();
  }
}

type DataDone = (error?: Error | null, message?: string) => void;
type ReplyError = Error & { readonly responseCode: number };

function replyError(reply: FaultReply): ReplyError {
  return Object.assign(new Error(reply.text), { responseCode: reply.code });
}

function senderOf(session: SMTPServerSession): string {
  return session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
}

function recipientsOf(session: SMTPServerSession): string[] {
  return session.envelope.rcptTo.map((recipient) => recipient.address);
}

function envelopeOf(session: SMTPServerSession): CaughtEnvelope {
  const { envelope } = session;
  const returnBody = envelope.dsn?.ret;
  return {
    from: senderOf(session),
    to: envelope.rcptTo.map((recipient: SMTPServerAddress) => ({
      address: recipient.address,
      notify: recipient.dsn?.notify ?? [],
      originalRecipient: recipient.dsn?.orcpt ?? null,
    })),
    smtpUtf8: envelope.smtpUtf8 ?? false,
    returnBody: returnBody === "FULL" || returnBody === "HDRS" ? returnBody : null,
    envelopeId: envelope.dsn?.envid ?? null,
    client: {
      address: session.remoteAddress,
      hello: session.hostNameAppearsAs || "",
      user: typeof session.user === "string" ? session.user : null,
      tls: session.secure,
    },
  };
}

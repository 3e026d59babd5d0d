import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { messageOf, UnavailableError } from "../../lib/errors.ts";

export interface SmtpListenerOptions {
  readonly host: string;
  readonly port: number;
  /** How it names itself in its greeting. */
  readonly name: string;
  /** Whether mail to this address is for us. */
  readonly accepts: (recipient: string) => Promise<boolean>;
  /** Keeps a mail for good; its 250 waits for this. */
  readonly keep: (mail: {
    readonly from: string;
    readonly to: readonly string[];
    readonly raw: Buffer;
  }) => Promise<void>;
  readonly onError?: (error: unknown) => void;
}

export interface SmtpListener {
  readonly port: number;
  /** Takes no new mail and lets those under way finish. A second call gets the same promise. */
  stop(): Promise<void>;
}

/** A report with the whole newsletter inside, or an answer with a photograph. */
export const messageBytesMax = 20 * 1024 * 1024;
/** A report has one recipient; who mails more at once is guessing. */
const recipientsMax = 20;
const clientsMax = 100;
/** Of one address: a relay that returns a whole campaign's bounces uses some twenty. */
const clientsPerAddressMax = 40;
/** RFC 5321 section 4.5.3.2.7. */
const idleMs = 300_000;
/** How long transactions under way may take when it stops. */
const finishMs = 10_000;

/**
 * A mail server for what comes back, and nothing else: it relays nothing, knows no users, and takes mail only for addresses
 * that we gave out. Errors: `UnavailableError` `feedback-port`.
 */
export async function startSmtpListener(options: SmtpListenerOptions): Promise<SmtpListener> {
  const clients = new Map<string, number>();
  const counted = new Set<string>();
  const server = new SMTPServer({
    name: options.name,
    banner: "Broadsheet takes bounces, complaints and answers",
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    size: messageBytesMax,
    maxClients: clientsMax,
    socketTimeout: idleMs,
    closeTimeout: finishMs,
    logger: false,
    onConnect(session, done) {
      const count = clients.get(session.remoteAddress) ?? 0;
      if (count >= clientsPerAddressMax) return done(refuse(421, "4.7.0 Too many connections from your address"));
      clients.set(session.remoteAddress, count + 1);
      counted.add(session.id);
      done();
    },
    onClose(session) {
      if (!counted.delete(session.id)) return;
      const count = (clients.get(session.remoteAddress) ?? 1) - 1;
      if (count > 0) clients.set(session.remoteAddress, count);
      else clients.delete(session.remoteAddress);
    },
    onRcptTo(address, session, done) {
      if (session.envelope.rcptTo.length >= recipientsMax) return done(refuse(452, "4.5.3 Too many recipients"));
      options.accepts(address.address).then(
        (isOurs) => done(isOurs ? null : refuse(550, "5.1.1 No such address here")),
        (error: unknown) => {
          options.onError?.(error);
          done(refuse(451, "4.3.0 Try again later"));
        },
      );
    },
    onData: (stream, session, done) => receive(stream, session, done),
  });

  function receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error?: Error | null) => void,
  ): void {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => {
      if (stream.sizeExceeded) chunks.length = 0;
      else chunks.push(chunk);
    });
    stream.on("error", () => {}); // the client left in the middle: there is no mail
    stream.on("end", () => {
      if (stream.sizeExceeded) return done(refuse(552, "5.3.4 The message is too big"));
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom ? mailFrom.address : "";
      // What the last hop notes (RFC 5321 section 4.4): reports are told by their empty path.
      const raw = Buffer.concat([Buffer.from(`Return-Path: <${from}>\r\n`), ...chunks]);
      options.keep({ from, to: rcptTo.map(({ address }) => address), raw }).then(
        () => done(),
        (error: unknown) => {
          options.onError?.(error);
          done(refuse(451, "4.3.0 The mail could not be kept; try again later"));
        },
      );
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new UnavailableError(
          "feedback-port",
          `The feedback listener can't listen on ${options.host}:${options.port} (FEEDBACK_SMTP_PORT): ${messageOf(error)}`,
          { cause: error },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  server.on("error", (error) => options.onError?.(error));
  const address = server.server.address();
  let stopping: Promise<void> | null = null;
  return {
    port: typeof address === "object" && address ? address.port : options.port,
    stop: () => (stopping ??= new Promise((resolve) => server.close(() => resolve()))),
  };
}

function refuse(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

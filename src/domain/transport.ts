import type { Message } from "./message.ts";
import type { Outcome } from "./outcome.ts";

/** What a relay does to a message on its way; decides what we sign and how its reports find their delivery. */
export type TransportProfile = "mta" | "ses" | "postmark" | "sendgrid" | "mailgun" | "relay";

/**
 * A way out for finished messages. The connection comes first and the claim second (nothing is claimed that cannot be
 * sent at once), so sending is two steps.
 */
export interface Transport {
  readonly profile: TransportProfile;
  /** Waits for a free connection that has said EHLO; never longer than its own time-outs. */
  connect(deadlineMs: number): Promise<Connection | ConnectionFailure>;
  /** Closes idle connections, lets those in use finish. A second call gets the same promise. */
  stop(): Promise<void>;
}

export interface Connection {
  /** Name of the server for the ledger: `smtp.example.com:587`. */
  readonly server: string;
  readonly supportsSmtpUtf8: boolean;
  /**
   * Sends one message. `deadlineMs` is on the monotonic clock: when it passes the socket is destroyed.
   * `mayBegin` is asked right before the body: `false` lets go (`deferred`) with nothing sent.
   */
  send(message: Message, deadlineMs: number, mayBegin: () => boolean): Promise<Outcome>;
  /** Gives the connection back; a broken one is dropped. */
  release(): void;
}

export interface ConnectionFailure {
  readonly failed: true;
  /** What is wrong, with host and port, without secrets. */
  readonly cause: string;
  /** `true` for a fault of our own (bad credentials, no TLS where it is required): retrying will not help. */
  readonly permanent: boolean;
  readonly server: string;
  /** How long no server will be tried: who asks sooner gets the same answer at once. */
  readonly retryAfterMs?: number;
}

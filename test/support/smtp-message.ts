/** Mails and transports for tests that speak SMTP. */
import { onTestFinished } from "vitest";
import { parseSmtpServers } from "../../src/adapters/smtp/smtp-servers.ts";
import {
  createSmtpTransport,
  type SmtpTransport,
  type SmtpTransportOptions,
} from "../../src/adapters/smtp/transport.ts";
import type { Message } from "../../src/domain/message.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { Connection } from "../../src/domain/transport.ts";
import { systemClock } from "../../src/lib/clock.ts";

/** Far away on a busy machine; a test that reaches it has failed. */
export const generousMs = 20_000;

export function deadlineIn(delayMs = generousMs): number {
  return systemClock.monotonicMs() + delayMs;
}

/** One small mail; `to` makes its Message-ID. */
export function messageTo(to: string, changes: { text?: string; from?: string; bytes?: Buffer } = {}): Message {
  const messageId = `<${Buffer.from(to).toString("hex")}@news.example.com>`;
  const header = `From: news@example.com\r\nTo: ${to}\r\nSubject: May\r\nMessage-ID: ${messageId}\r\n\r\n`;
  return {
    envelope: {
      from: changes.from ?? "bounce@news.example.com",
      to,
      // oxlint-disable-next-line no-control-regex -- tells ASCII from the rest
      needsSmtpUtf8: !/^[\u0000-\u007f]*$/.test(to.slice(0, to.lastIndexOf("@"))),
    },
    bytes: changes.bytes ?? Buffer.from(header + (changes.text ?? "Hello.\r\n")),
    messageId,
  };
}

/** A transport over the URLs, stopped when the test ends. */
export function openTransport(urls: string, options: Omit<SmtpTransportOptions, "servers"> = {}): SmtpTransport {
  const transport = createSmtpTransport({ servers: parseSmtpServers(urls), ...options });
  onTestFinished(() => transport.stop());
  return transport;
}

/** A connection, or the test fails with the reason. */
export async function connectTo(transport: SmtpTransport, deadlineMs = deadlineIn()): Promise<Connection> {
  const connection = await transport.connect(deadlineMs);
  if ("failed" in connection) throw new Error(`no connection: ${connection.cause}`);
  return connection;
}

/** Connects, sends one mail and gives the connection back. */
export async function sendOne(transport: SmtpTransport, message: Message, patienceMs = generousMs): Promise<Outcome> {
  const connection = await connectTo(transport);
  try {
    return await connection.send(message, deadlineIn(patienceMs), () => true);
  } finally {
    connection.release();
  }
}

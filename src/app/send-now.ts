import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import { createSmtpTransport } from "../adapters/smtp/transport.ts";
import type { Message } from "../domain/message.ts";
import type { Outcome } from "../domain/outcome.ts";
import { systemClock } from "../lib/clock.ts";

export interface SentNow {
  readonly outcome: Outcome["type"];
  /** The server's reply or what failed. */
  readonly detail: string;
}

const connectMsMax = 15_000;
const sendMsMax = 60_000;

/** One mail on a connection of its own, tried once: whoever asked for it sees the answer. */
export async function sendNow(smtpUrl: string, message: Message): Promise<SentNow> {
  const transport = createSmtpTransport({ servers: parseSmtpServers(smtpUrl) });
  try {
    const connection = await transport.connect(systemClock.monotonicMs() + connectMsMax);
    if ("failed" in connection) return { outcome: "deferred", detail: connection.cause };
    const outcome = await connection.send(message, systemClock.monotonicMs() + sendMsMax, () => true);
    connection.release();
    const detail =
      "reply" in outcome && outcome.reply
        ? `${outcome.reply.code} ${outcome.reply.text}`
        : "cause" in outcome
          ? outcome.cause
          : "";
    return { outcome: outcome.type, detail };
  } finally {
    await transport.stop();
  }
}

import type { Pool } from "pg";
import { findList } from "../adapters/postgres/lists.ts";
import { openNotice, settleNotice } from "../adapters/postgres/notices.ts";
import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import { createSmtpTransport } from "../adapters/smtp/transport.ts";
import type { Outcome } from "../domain/outcome.ts";
import { systemClock } from "../lib/clock.ts";
import { compileIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { composeFor, findReader } from "./render-issue.ts";

export interface TestSent {
  readonly notice: number;
  readonly outcome: Outcome["type"];
  readonly detail: string;
}

const connectMsMax = 15_000;
const sendMsMax = 60_000;

/** One mail of an issue to one address, at once, as a notice of its own: no campaign, no delivery, the same bytes. */
export async function sendTest(
  pool: Pool,
  config: Config,
  options: { readonly issueFile: string; readonly list: string; readonly address: string },
): Promise<TestSent> {
  const list = await findList(pool, options.list);
  const reader = await findReader(pool, options.address);
  const { digest } = await compileIssue(options.issueFile, list.sender, config);
  const smtpUrl = config.smtpUrl ?? `smtp://127.0.0.1:${config.catcherSmtpPort}`;
  const notice = await openNotice(pool, { kind: "test", listId: list.id, address: reader.address });
  const message = composeFor({ ...config, smtpUrl }, digest, list, reader, { kind: "notice", id: notice });
  const transport = createSmtpTransport({ servers: parseSmtpServers(smtpUrl) });
  try {
    const connection = await transport.connect(systemClock.monotonicMs() + connectMsMax);
    if ("failed" in connection) return await end("deferred", connection.cause);
    const outcome = await connection.send(message, systemClock.monotonicMs() + sendMsMax, () => true);
    connection.release();
    return await end(
      outcome.type,
      "reply" in outcome && outcome.reply
        ? `${outcome.reply.code} ${outcome.reply.text}`
        : "cause" in outcome
          ? outcome.cause
          : "",
    );
  } finally {
    await transport.stop();
  }

  async function end(outcome: Outcome["type"], detail: string): Promise<TestSent> {
    // A test is not tried again by itself: whoever sent it sees the answer.
    await settleNotice(pool, notice, outcome === "deferred" ? "refused" : outcome, detail);
    return { notice, outcome, detail };
  }
}

import type { Pool } from "pg";
import { findList } from "../adapters/postgres/lists.ts";
import { openNotice, settleNotice } from "../adapters/postgres/notices.ts";
import { compileIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { composeFor, findReader, variantOf } from "./render-issue.ts";
import { sendNow, type SentNow } from "./send-now.ts";

export interface TestSent extends SentNow {
  readonly notice: number;
  /** With angle brackets, to find it again. */
  readonly messageId: string;
}

/** One mail of an issue to one address, at once, as a notice of its own: no campaign, no delivery, the same bytes. */
export async function sendTest(
  pool: Pool,
  config: Config,
  options: { readonly issueFile: string; readonly list: string; readonly address: string },
): Promise<TestSent> {
  const list = await findList(pool, options.list);
  const reader = await findReader(pool, options.address);
  const { digest } = await compileIssue(options.issueFile, list.sender, config, (audiences) => [
    variantOf(audiences, reader),
  ]);
  const smtpUrl = config.smtpUrl ?? `smtp://127.0.0.1:${config.catcherSmtpPort}`;
  const notice = await openNotice(pool, { kind: "test", listId: list.id, address: reader.address });
  const message = composeFor({ ...config, smtpUrl }, digest, list, reader, { kind: "notice", id: notice });
  const { outcome, detail } = await sendNow(smtpUrl, message);
  await settleNotice(pool, notice, outcome === "deferred" ? "refused" : outcome, detail);
  return { notice, outcome, detail, messageId: message.messageId };
}

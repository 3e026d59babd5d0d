import { expect, it, onTestFinished } from "vitest";
import { countCampaignFeedback, listSubscriberFeedback } from "../../../src/adapters/postgres/feedback.ts";
import { readBalance } from "../../../src/adapters/postgres/ledger/balance.ts";
import { freePort } from "../../../src/drill/free-port.ts";
import { createTestDatabase } from "../../support/database.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { startPostfix } from "../../support/postfix.ts";
import { requireProgram } from "../../support/require-program.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";
import { startWorker } from "../../support/worker-process.ts";

const postfix = requireProgram("postfix");
const isRoot = process.getuid?.() === 0;
if (postfix && !isRoot)
  process.stderr.write("SKIPPED: the real bounce of Postfix, whose master must be started as root\n");

it.skipIf(!postfix || !isRoot)(
  "Postfix takes a campaign's mail, finds nobody, and sends its own report: the reader is suppressed and the report shows it",
  async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const { pool } = database;
    const feedbackPort = await freePort();
    const mta = await startPostfix(postfix as string, { domain: "bounces.example.com", port: feedbackPort });
    const environment = {
      DATABASE_URL: database.url,
      DATA_DIR: makeTemporaryFolder(),
      SMTP_URL: `smtp://127.0.0.1:${mta.port}`,
      RETURN_PATH_DOMAIN: "bounces.example.com",
      FEEDBACK_SMTP_PORT: String(feedbackPort),
      QUEUE_PREFIX: "real-bounce",
    };
    const workers = (["feedback", "dispatch", "deliver"] as const).map((name) => startWorker(name, environment));
    onTestFinished(async () => {
      await Promise.all(workers.map((worker) => worker.end("SIGKILL")));
    });
    const { listId, subscribers } = await createSampleList(pool, ["nosuch@localhost"]);
    const { campaign } = await planSampleCampaign(pool, listId);

    const told = () => [...workers.map((worker) => worker.output()), mta.log()].join("\n");
    await waitUntil("the bounce is recorded", async () => {
      const { rowCount } = await pool.query("SELECT 1 FROM feedback WHERE campaign_id = $1", [campaign]);
      return rowCount === 1;
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${told()}`);
    });

    expect((await pool.query("SELECT key, reason, provisional FROM suppressions")).rows).toEqual([
      { key: "nosuch@localhost", reason: "hard-bounce", provisional: false },
    ]);
    expect(await readBalance(pool, campaign)).toMatchObject({ planned: 1, accepted: 1, remaining: 0 });
    expect(await countCampaignFeedback(pool, campaign)).toEqual([
      { kind: "hard", reason: "bad-mailbox", findings: 1, deliveries: 1 },
    ]);
    const [line] = await listSubscriberFeedback(pool, subscribers[0] as number);
    expect(line).toMatchObject({
      source: "smtp",
      kind: "hard",
      trust: "token",
      delivery: `${campaign}.1`,
      status: "5.1.1",
      recipient: "nosuch@localhost",
      effects: ["suppressed"],
    });
    expect(line?.diagnostic).toContain('unknown user: "nosuch"');

    // The next issue leaves her out, and says why.
    const next = await planSampleCampaign(pool, listId, { again: true });
    expect([...next.skipped]).toEqual([["suppressed: hard-bounce", 1]]);
  },
  120_000,
);

import { expect, it, onTestFinished } from "vitest";
import { readBalance } from "../../../src/adapters/postgres/ledger/balance.ts";
import { readConfig } from "../../../src/app/config.ts";
import { createLogger } from "../../../src/app/log.ts";
import { startInstallation } from "../../../src/cli/start-installation.ts";
import { freePort } from "../../../src/drill/free-port.ts";
import { createTestDatabase } from "../../support/database.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { makeTemporaryFolder } from "../../support/temporary-folder.ts";
import { waitUntil } from "../../support/wait-until.ts";

it("a reader whom the catcher of an installation bounces is suppressed, as by a real bounce", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const { pool } = database;
  const config = readConfig({
    DATABASE_URL: database.url,
    DATA_DIR: makeTemporaryFolder(),
    SECRET_KEY: "a secret of more than sixteen characters",
    LOG_LEVEL: "silent",
    WEB_PORT: "0",
    CATCHER_SMTP_PORT: "0",
    CATCHER_WEB_PORT: "0",
    FEEDBACK_SMTP_PORT: String(await freePort()),
  });
  const unusable: string[] = [];
  const installation = await startInstallation(config, createLogger(config, "test"), (name) => unusable.push(name));
  onTestFinished(() => installation.stop());
  const { listId } = await createSampleList(pool, ["dsn522+full@example.org", "dsn+gone@example.org"]);
  const { campaign } = await planSampleCampaign(pool, listId);

  await waitUntil("both reports are carried out", async () => {
    if (unusable.length > 0) throw new Error(`${unusable.join()} can't work`);
    const { rowCount } = await pool.query("SELECT 1 FROM feedback WHERE campaign_id = $1", [campaign]);
    return rowCount === 2;
  });
  expect((await pool.query("SELECT key, reason FROM suppressions")).rows).toEqual([
    { key: "dsn+gone@example.org", reason: "hard-bounce" },
  ]);
  expect(await readBalance(pool, campaign)).toMatchObject({ planned: 2, accepted: 2, remaining: 0 });
  // The mails themselves and no report: those went on.
  expect(installation.catcher?.store.counts().taken).toBe(2);
});

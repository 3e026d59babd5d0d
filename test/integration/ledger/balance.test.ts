import type { Pool } from "pg";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { readBalance, readReasons } from "../../../src/adapters/postgres/ledger/balance.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

let pool: Pool;
let campaign: number;
beforeEach(async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  pool = database.pool;
  const { listId } = await createSampleList(pool, addresses(3));
  campaign = (await planSampleCampaign(pool, listId)).campaign;
});

/** Rows as a run of the campaign leaves them. */
async function leave(state: string, detail: string | null, where = "true"): Promise<void> {
  await pool.query(
    `UPDATE deliveries SET state = $2, detail = $3, due_at = NULL, settled_at = now() WHERE campaign_id = $1 AND ${where}`,
    [campaign, state, detail],
  );
}

const end = () => pool.query("UPDATE campaigns SET state = 'sent', finished_at = now() WHERE id = $1", [campaign]);
const reopen = () => pool.query("UPDATE campaigns SET state = 'sending', finished_at = NULL WHERE id = $1", [campaign]);

test("a campaign that was opened again after its end is counted anew, under way and at its next end", async () => {
  await leave("accepted", null);
  await leave("refused", "550 no", "number = 1");
  await end();
  expect(await readBalance(pool, campaign)).toMatchObject({ accepted: 2, refused: 1, remaining: 0 });
  expect(await readReasons(pool, campaign)).toEqual([{ state: "refused", detail: "550 no", count: 1 }]);

  await reopen();
  await leave("deferred", "451 later", "number = 1");
  expect(await readBalance(pool, campaign)).toMatchObject({ accepted: 2, refused: 0, remaining: 1 });
  expect(await readReasons(pool, campaign)).toEqual([{ state: "deferred", detail: "451 later", count: 1 }]);

  await leave("accepted", null, "number = 1");
  await end();
  expect(await readBalance(pool, campaign)).toMatchObject({ accepted: 3, refused: 0, remaining: 0 });
  expect(await readReasons(pool, campaign)).toEqual([]);
});

test("what is uncertain after the end is counted at every look, until it is decided", async () => {
  await leave("accepted", null);
  await leave("uncertain", "its worker died", "number = 2");
  await end();
  expect(await readBalance(pool, campaign)).toMatchObject({ accepted: 2, uncertain: 1 });
  await leave("accepted", "resolved", "number = 2");
  expect(await readBalance(pool, campaign)).toMatchObject({ accepted: 3, uncertain: 0 });
});

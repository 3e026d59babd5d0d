import { expect, onTestFinished, test } from "vitest";
import { addSuppressions } from "../../../src/adapters/postgres/suppressions.ts";
import { createTestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

async function createAudience(count: number) {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return { pool: database.pool, ...(await createSampleList(database.pool, addresses(count))) };
}

test("an issue that was planned for a list is not planned again, and the first campaign is named", async () => {
  const { pool, listId } = await createAudience(5);
  const { campaign } = await planSampleCampaign(pool, listId);
  await expect(planSampleCampaign(pool, listId)).rejects.toThrow(`campaign ${campaign} (scheduled)`);
  expect((await pool.query("SELECT 1 FROM deliveries")).rowCount).toBe(5);
  const again = await planSampleCampaign(pool, listId, { again: true });
  expect(again.planned).toBe(5);
});

test("of plans at the same moment one is made", async () => {
  const { pool, listId } = await createAudience(50);
  const plans = await Promise.allSettled(Array.from({ length: 4 }, () => planSampleCampaign(pool, listId)));
  expect(plans.filter((plan) => plan.status === "fulfilled")).toHaveLength(1);
  expect((await pool.query("SELECT 1 FROM deliveries")).rowCount).toBe(50);
  expect((await pool.query("SELECT 1 FROM campaigns")).rowCount).toBe(1);
});

test("a dry run counts the same and leaves nothing behind", async () => {
  const { pool, listId, subscribers } = await createAudience(4);
  await pool.query("UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = $1", [subscribers[0]]);
  const dry = await planSampleCampaign(pool, listId, { dryRun: true });
  expect((await pool.query("SELECT 1 FROM campaigns")).rowCount).toBe(0);
  const real = await planSampleCampaign(pool, listId);
  expect({ planned: dry.planned, skipped: [...dry.skipped] }).toEqual({
    planned: 4,
    skipped: [["left the list", 1]],
  });
  expect({ planned: real.planned, skipped: [...real.skipped] }).toEqual({
    planned: dry.planned,
    skipped: [...dry.skipped],
  });
});

test("the audience is frozen by the plan: who joins later is not mailed", async () => {
  const { pool, listId } = await createAudience(3);
  const { campaign } = await planSampleCampaign(pool, listId);
  const late = await pool.query<{ id: number }>(
    "INSERT INTO subscribers (address_key, address, domain) VALUES ('late@example.net', 'late@example.net', 'example.net') RETURNING id",
  );
  await pool.query("INSERT INTO subscriptions (list_id, subscriber_id, status) VALUES ($1, $2, 'confirmed')", [
    listId,
    late.rows[0]?.id,
  ]);
  const { rows } = await pool.query<{ id: number }>(
    "SELECT subscriber_id AS id FROM deliveries WHERE campaign_id = $1",
    [campaign],
  );
  expect(rows.map((row) => row.id)).not.toContain(late.rows[0]?.id);
  expect(rows).toHaveLength(3);
});

test("planning while another campaign is claimed from blocks it for no moment", async () => {
  const { pool, listId } = await createAudience(3);
  const { campaign } = await planSampleCampaign(pool, listId);
  const reader = await pool.connect();
  try {
    await reader.query("BEGIN");
    await reader.query(`UPDATE deliveries_${campaign} SET attempts = attempts WHERE number = 1`);
    await expect(planSampleCampaign(pool, listId, { again: true })).resolves.toMatchObject({ planned: 3 });
  } finally {
    await reader.query("ROLLBACK");
    reader.release();
  }
});

test("who is suppressed, alone or with the whole domain, is planned as skipped with the reason", async () => {
  const { pool, listId } = await createAudience(3);
  const other = await pool.query<{ id: number }>(
    "INSERT INTO subscribers (address_key, address, domain) VALUES ('max@closed.example', 'max@closed.example', 'closed.example') RETURNING id",
  );
  await pool.query("INSERT INTO subscriptions (list_id, subscriber_id, status) VALUES ($1, $2, 'confirmed')", [
    listId,
    other.rows[0]?.id,
  ]);
  await addSuppressions(pool, [
    { key: "reader2@example.net", reason: "complaint", source: "report" },
    { key: "@closed.example", reason: "manual", source: "operator" },
  ]);
  const { campaign, planned, skipped } = await planSampleCampaign(pool, listId);
  expect(planned).toBe(4);
  expect(Object.fromEntries(skipped)).toEqual({ "suppressed: complaint": 1, "suppressed: manual": 1 });
  const { rows } = await pool.query<{ address: string }>(
    `SELECT s.address FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
     WHERE d.campaign_id = $1 AND d.state = 'skipped' AND d.due_at IS NULL ORDER BY s.address`,
    [campaign],
  );
  expect(rows.map(({ address }) => address)).toEqual(["max@closed.example", "reader2@example.net"]);
});

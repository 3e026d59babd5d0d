import { afterAll, beforeAll, expect, it } from "vitest";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { forgetOldFeedback } from "../../../src/adapters/postgres/feedback-retention.ts";
import { settleUncertainByEarlierReports } from "../../../src/adapters/postgres/feedback.ts";
import { liftProvisional } from "../../../src/adapters/postgres/refusals.ts";
import { createErasureKeys } from "../../../src/domain/erased-address.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

let database: TestDatabase;
let campaign: number;
let subscribers: readonly number[];

beforeAll(async () => {
  database = await createTestDatabase();
  const list = await createSampleList(database.pool, addresses(4));
  subscribers = list.subscribers;
  ({ campaign } = await planSampleCampaign(database.pool, list.listId));
});
afterAll(() => database.drop());

async function addFeedback(row: {
  daysAgo?: number;
  number?: number;
  trust?: string | null;
  subscriberId?: number;
  key: string;
}) {
  await database.pool.query(
    `INSERT INTO feedback (at, source, kind, hard, diagnostic, recipient_key, trust, campaign_id, number, subscriber_id, digest)
     VALUES (now() - $1::int * interval '1 day', 'smtp', 'soft', false, 'said of reader1@example.net', $2, $3, $4, $5, $6, convert_to($7, 'UTF8'))`,
    [
      row.daysAgo ?? 0,
      row.key,
      row.trust ?? null,
      row.number === undefined ? null : campaign,
      row.number ?? null,
      row.subscriberId ?? null,
      JSON.stringify(row),
    ],
  );
}

it("a report that came while its delivery was still sending settles it when it turns uncertain", async () => {
  await database.pool.query(
    "UPDATE deliveries SET state = CASE number WHEN 1 THEN 'uncertain' WHEN 2 THEN 'uncertain' ELSE 'sending' END::delivery_state, due_at = NULL WHERE campaign_id = $1",
    [campaign],
  );
  await addFeedback({ number: 1, trust: "token", key: "a@example.net" });
  // A refusal in our own session proves nothing of the kind.
  await addFeedback({ number: 2, trust: "session", key: "b@example.net" });
  await addFeedback({ number: 3, trust: "token", key: "c@example.net" });
  expect(await settleUncertainByEarlierReports(database.pool, 86_400_000)).toBe(1);
  const { rows } = await database.pool.query<{ state: string }>(
    "SELECT state FROM deliveries WHERE campaign_id = $1 AND number <= 3 ORDER BY number",
    [campaign],
  );
  expect(rows.map(({ state }) => state)).toEqual(["accepted", "uncertain", "sending"]);
});

it("a provisional suppression is lifted when its time is over, a final one never", async () => {
  await database.pool.query(
    `INSERT INTO suppressions (key, reason, source, provisional, created_at) VALUES
       ('old@example.net', 'hard-bounce', 't', true, now() - interval '25 hours'),
       ('new@example.net', 'hard-bounce', 't', true, now() - interval '23 hours'),
       ('final@example.net', 'hard-bounce', 't', false, now() - interval '25 hours')`,
  );
  expect(await liftProvisional(database.pool, 24 * 3_600_000)).toBe(1);
  const { rows } = await database.pool.query<{ key: string }>("SELECT key FROM suppressions ORDER BY key");
  expect(rows.map(({ key }) => key)).toEqual(["final@example.net", "new@example.net"]);
  const log = await database.pool.query("SELECT key, action FROM suppression_log WHERE action = 'lifted'");
  expect(log.rows).toEqual([{ key: "old@example.net", action: "lifted" }]);
});

it("what is past its time is deleted, and nothing else", async () => {
  await addFeedback({ daysAgo: 401, key: "past@example.net" });
  await addFeedback({ daysAgo: 399, key: "kept@example.net" });
  await database.pool.query(
    "INSERT INTO webhook_calls (provider, id, at) VALUES ('ses', 'past', now() - interval '31 days'), ('ses', 'kept', now())",
  );
  expect(await forgetOldFeedback(database.pool)).toBe(2);
  expect((await database.pool.query("SELECT id FROM webhook_calls")).rows).toEqual([{ id: "kept" }]);
  expect((await database.pool.query("SELECT 1 FROM feedback WHERE recipient_key = 'kept@example.net'")).rowCount).toBe(
    1,
  );
});

it("erasing a person takes her address and words out of what came back, and her own answers with them", async () => {
  await addFeedback({ number: 4, trust: "token", subscriberId: subscribers[0] as number, key: "reader1@example.net" });
  await addFeedback({ key: "reader1@example.net", daysAgo: 1 });
  await database.pool.query(
    "INSERT INTO notices (kind, address, address_key, attached) VALUES ('forward', 'editor@example.org', 'reader1@example.net', 'words')",
  );
  const address = { key: "reader1@example.net", address: "reader1@example.net", wire: "reader1@example.net" };
  await eraseSubscriber(database.pool, address, createErasureKeys(["a secret of sixteen characters"]), "test");
  const { rows } = await database.pool.query(
    "SELECT recipient_key, diagnostic, number FROM feedback WHERE subscriber_id = $1",
    [subscribers[0]],
  );
  expect(rows).toEqual([{ recipient_key: null, diagnostic: "", number: 4 }]);
  expect(
    (await database.pool.query("SELECT 1 FROM feedback WHERE recipient_key = 'reader1@example.net'")).rowCount,
  ).toBe(0);
  expect((await database.pool.query("SELECT 1 FROM notices")).rowCount).toBe(0);
});

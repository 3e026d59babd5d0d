import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eraseAgain, eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { findSubscriber } from "../../../src/adapters/postgres/subscribers.ts";
import { addSuppressions, findSuppression, listSuppressions } from "../../../src/adapters/postgres/suppressions.ts";
import { type Address, parseAddress } from "../../../src/domain/address.ts";
import { createErasureKeys, erasedKeysOf } from "../../../src/domain/erased-address.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { erasureKeys, importCsv } from "../../support/import-csv.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";

let database: TestDatabase;
let pool: Pool;
let listId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  ({ listId } = await createSampleList(pool, ["Ada+x@Example.com", "max@example.com"]));
});
afterAll(() => database.drop());

const ada = parseAddress("ADA+x@example.com") as Address;

/** Every row of every table as text, to look for what must be gone. */
async function everything(): Promise<string> {
  const tables = await pool.query<{ name: string }>(
    "SELECT format('%I', relname) AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition",
  );
  const texts = await Promise.all(
    tables.rows.map(
      async ({ name }) => (await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)).rows,
    ),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join("\n");
}

it("leaves nothing of a person but a keyed hash, and the ledger's numbers", async () => {
  const planned = await planSampleCampaign(pool, listId);
  await pool.query('UPDATE subscribers SET attributes = \'{"firstName": "Augusta"}\' WHERE address_key = $1', [
    ada.key,
  ]);
  await pool.query(
    `UPDATE deliveries d SET state = 'refused', due_at = NULL, detail = '550 5.1.1 <Ada+x@Example.com>: no such user', frozen = '{"a": "Ada+x@Example.com", "v": {"firstName": "Augusta"}}'
     FROM subscribers s WHERE s.id = d.subscriber_id AND s.address_key = $1`,
    [ada.key],
  );
  await pool.query(
    `INSERT INTO attempts (campaign_id, number, turn, server, outcome, reply)
     SELECT campaign_id, number, 1, 'mx.example.com', 'refused', '550 no ada+x@example.com, and no adaXx@example.com either' FROM deliveries WHERE detail IS NOT NULL`,
  );
  await addSuppressions(pool, [{ key: ada.key, reason: "complaint", source: "report" }]);
  expect(await everything()).toMatch(/ada\+x@example\.com/i);

  expect(await eraseSubscriber(pool, ada, erasureKeys, "page")).toEqual({ found: true, deliveries: 1 });
  const left = await everything();
  expect(left).not.toMatch(/ada\+x/i);
  expect(left).not.toContain("Augusta");
  const { rows } = await pool.query("SELECT state, detail, frozen FROM deliveries WHERE detail IS NOT NULL");
  expect(rows).toEqual([{ state: "refused", detail: "550 5.1.1 <[erased]>: no such user", frozen: null }]);
  expect((await pool.query("SELECT reply FROM attempts")).rows).toEqual([
    { reply: "550 no [erased], and no adaXx@example.com either" },
  ]);
  expect(
    (await pool.query("SELECT count(*) FROM deliveries WHERE campaign_id = $1", [planned.campaign])).rows[0].count,
  ).toBe(planned.planned);
  expect((await listSuppressions(pool, { limit: 10 })).map(({ key, reason }) => `${key} ${reason}`)).toEqual([
    `${erasedKeysOf(ada.key, erasureKeys)[0]} erased`,
  ]);
});

it("can be done again, and to one who was never known", async () => {
  expect(await eraseSubscriber(pool, ada, erasureKeys, "page")).toEqual({ found: false, deliveries: 0 });
  const stranger = parseAddress("stranger@example.com") as Address;
  expect(await eraseSubscriber(pool, stranger, erasureKeys, "page")).toEqual({ found: false, deliveries: 0 });
  expect(await findSuppression(pool, stranger, erasedKeysOf(stranger.key, erasureKeys))).toMatchObject({
    reason: "erased",
  });
});

it("is done again after a backup has brought the person back, also under a new secret", async () => {
  const newKeys = [...createErasureKeys(["the secret of the year after"]), ...erasureKeys];
  expect(await importCsv(pool, { listId, csv: "email\nada+x@example.com\n", erasureKeys: newKeys })).toMatchObject({
    causes: { erased: 1 },
  });
  // As a restored backup has it.
  await pool.query("INSERT INTO subscribers (address_key, address, domain) VALUES ($1, $2, $3)", [
    ada.key,
    ada.address,
    ada.domain,
  ]);
  expect(await eraseAgain(pool, newKeys, "restore")).toBe(1);
  expect(await findSubscriber(pool, ada.key)).toBeNull();
  expect(await findSubscriber(pool, "max@example.com")).not.toBeNull();
  expect(await eraseAgain(pool, newKeys, "restore")).toBe(0);
});

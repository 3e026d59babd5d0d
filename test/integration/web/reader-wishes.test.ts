import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let listId: number;
let run = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  run += 1;
  ({ listId } = await createSampleList(
    database.pool,
    [`plain${run}@example.org`, `chose${run}@example.org`],
    `list-${run}`,
  ));
});

async function choose(attributes: Record<string, string>, zone: string | null = null): Promise<void> {
  await database.pool.query("UPDATE subscribers SET attributes = $2, zone = $3 WHERE address_key = $1", [
    `chose${run}@example.org`,
    JSON.stringify(attributes),
    zone,
  ]);
}

/** Who gets it when, or why not. */
async function plan(startsAt: string): Promise<Record<string, string>> {
  const { campaign } = await planSampleCampaign(database.pool, listId, { startsAt: new Date(startsAt), again: true });
  const { rows } = await database.pool.query<{ name: string; due: Date | null; detail: string | null }>(
    `SELECT regexp_replace(s.address, '\\d.*', '') AS name, d.due_at AS due, d.detail FROM deliveries d
     JOIN subscribers s ON s.id = d.subscriber_id WHERE d.campaign_id = $1`,
    [campaign],
  );
  return Object.fromEntries(rows.map(({ name, due, detail }) => [name, due?.toISOString() ?? detail ?? ""]));
}

it.each([
  ["later today", "7", "2026-07-01T04:00:00Z", "2026-07-01T05:00:00.000Z"],
  ["tomorrow", "7", "2026-07-01T09:00:00Z", "2026-07-02T05:00:00.000Z"],
  ["now, within her hour", "7", "2026-07-01T05:30:00Z", "2026-07-01T05:30:00.000Z"],
  ["tomorrow, over the change to winter time", "9", "2026-10-24T10:00:00Z", "2026-10-25T08:00:00.000Z"],
  ["at midnight", "0", "2026-07-01T09:00:00Z", "2026-07-01T22:00:00.000Z"],
])("A reader's hour, where she lives, comes %s", async (_when, mailHour, startsAt, due) => {
  await choose({ mailHour }, "Europe/Berlin");
  expect(await plan(startsAt)).toEqual({ plain: new Date(startsAt).toISOString(), chose: due });
});

it("Without a zone of her own the list's counts, and what is no hour or no zone changes nothing", async () => {
  await choose({ mailHour: "7" });
  expect((await plan("2026-07-01T09:00:00Z"))["chose"]).toBe("2026-07-02T07:00:00.000Z");
  for (const [mailHour, zone] of [
    ["noon", "Europe/Berlin"],
    ["24", "Europe/Berlin"],
    ["7", "Mars/Olympus"],
  ] as const) {
    await choose({ mailHour }, zone);
    expect((await plan("2026-07-01T09:00:00Z"))["chose"]).toBe("2026-07-01T09:00:00.000Z");
  }
});

it("Who wants mail once a week gets the first issue of a week and not the others", async () => {
  await choose({ mailCadence: "weekly" });
  const lately = "had one lately, as the reader chose";
  expect((await plan("2026-07-01T09:00:00Z"))["chose"]).toBe("2026-07-01T09:00:00.000Z");
  expect((await plan("2026-07-03T09:00:00Z"))["chose"]).toBe(lately);
  expect((await plan("2026-07-07T09:00:00Z"))["chose"]).toBe(lately);
  // The same day of the next week, even some hours earlier.
  expect((await plan("2026-07-08T06:00:00Z"))["chose"]).toBe("2026-07-08T06:00:00.000Z");
  await choose({ mailCadence: "monthly" });
  expect((await plan("2026-07-30T06:00:00Z"))["chose"]).toBe(lately);
  expect((await plan("2026-08-08T06:00:00Z"))["chose"]).toBe("2026-08-08T06:00:00.000Z");
});

import { expect, test } from "vitest";
import {
  addLane,
  changeLane,
  findLane,
  listLanes,
  pauseLane,
  resumeLane,
} from "../../../src/adapters/postgres/ledger/lane-settings.ts";
import { loadLanes } from "../../../src/adapters/postgres/ledger/lanes.ts";
import { createDispatcher } from "../../../src/delivery/dispatch.ts";
import type { DeliveryJob } from "../../../src/domain/delivery.ts";
import { planSampleCampaign } from "../../support/planned-campaign.ts";
import { createHandClock } from "../../support/hand-clock.ts";
import { createLedgerUnderTest, accepted, type LedgerUnderTest } from "../ledger/ledger-under-test.ts";

/** A dispatcher on the real ledger, with a queue whose jobs stay where they are. */
function createDispatch(ledger: LedgerUnderTest) {
  const queue: DeliveryJob[] = [];
  const clock = createHandClock(Date.now());
  const dispatcher = createDispatcher({
    ledger: ledger.dispatch,
    clock,
    handOutMs: 15_000,
    loadLanes: () => loadLanes(ledger.pool, 60_000),
    queue: {
      countAhead: async () => queue.length,
      add: async (_lane, jobs) => void queue.push(...jobs),
      setPace: async () => undefined,
    },
  });
  return { queue, round: () => dispatcher.round() };
}

test("no more is handed out than the day's cap leaves, lost queues and second tries included", async () => {
  const ledger = await createLedgerUnderTest(40);
  await changeLane(ledger.pool, "default", { dailyCap: 12 });
  const { queue, round } = createDispatch(ledger);
  await round();
  expect(queue).toHaveLength(12);
  await round();
  expect(queue).toHaveLength(12);
  const first = queue.splice(0, 5);
  await ledger.claim(1, first);
  await ledger.settle(...first.map((job) => accepted(job)));
  expect(await findLane(ledger.pool, "default")).toMatchObject({ capToday: 12, claimedToday: 5 });
  // The queue is lost: only what was never claimed may be handed out anew.
  queue.splice(0);
  await ledger.pass(15_000);
  await round();
  expect(queue).toHaveLength(7);
  await ledger.claim(1, queue.splice(0));
  await round();
  expect(queue).toHaveLength(0);
  expect(await ledger.claim(1, [ledger.job(40)])).toEqual([null]);
  expect((await ledger.row(40)).state).toBe("pending");
  await ledger.balance();
});

test("the cap grows by its share each day since the warm-up began, and the next day begins at nothing", async () => {
  const ledger = await createLedgerUnderTest(1);
  await changeLane(ledger.pool, "default", { dailyCap: 100, dailyGrowth: 0.5 });
  await ledger.pool.query("INSERT INTO lane_days VALUES ('default', (now() AT TIME ZONE 'UTC')::date - 1, 100)");
  expect(await findLane(ledger.pool, "default")).toMatchObject({ capToday: 100, claimedToday: 0 });
  const caps: (number | null)[] = [];
  for (let day = 0; day < 4; day += 1) {
    caps.push((await findLane(ledger.pool, "default")).capToday);
    await ledger.pool.query("UPDATE lanes SET warm_up_since = warm_up_since - 1 WHERE name = 'default'");
  }
  expect(caps).toEqual([100, 150, 225, 337]);
  expect((await changeLane(ledger.pool, "default", { dailyCap: 200 })).capToday).toBe(200);
  await ledger.pool.query("UPDATE lanes SET warm_up_since = '1999-01-01' WHERE name = 'default'");
  expect((await findLane(ledger.pool, "default")).capToday).toBe(1e9);
  expect((await changeLane(ledger.pool, "default", { dailyCap: null })).capToday).toBeNull();
});

test("a new lane takes its domains in the next plan; a domain has one lane", async () => {
  const ledger = await createLedgerUnderTest(2);
  await addLane(ledger.pool, "ours", { domains: ["example.net"], perSecond: 5 });
  await expect(addLane(ledger.pool, "other", { domains: ["gmail.com"] })).rejects.toThrow('the lane "gmail"');
  await expect(addLane(ledger.pool, "ours", {})).rejects.toThrow("already");
  await expect(changeLane(ledger.pool, "nowhere", {})).rejects.toThrow("there are default, gmail");
  const { campaign } = await planSampleCampaign(ledger.pool, ledger.listId, { again: true });
  const { rows } = await ledger.pool.query("SELECT DISTINCT lane FROM deliveries WHERE campaign_id = $1", [campaign]);
  expect(rows).toEqual([{ lane: "ours" }]);
  expect((await listLanes(ledger.pool)).map((lane) => lane.name)).toEqual([
    "default",
    "gmail",
    "microsoft",
    "ours",
    "yahoo",
  ]);
});

test("a paused lane hands out nothing and claims nothing until it is resumed, and says why", async () => {
  const ledger = await createLedgerUnderTest(3);
  const { queue, round } = createDispatch(ledger);
  await pauseLane(ledger.pool, "default", "535 5.7.8 wrong password");
  await round();
  expect(queue).toEqual([]);
  expect(await ledger.claim(1, [ledger.job(1)])).toEqual([null]);
  expect(await resumeLane(ledger.pool, "default")).toBe("535 5.7.8 wrong password");
  await round();
  expect(queue).toHaveLength(3);
  expect(await resumeLane(ledger.pool, "default")).toBeNull();
});

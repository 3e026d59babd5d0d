import { expect, test } from "vitest";
import { createDeliveryLedger } from "../../../src/adapters/postgres/ledger/delivery-ledger.ts";
import { holdTurns } from "../../../src/delivery/hold-turns.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { accepted, createLedgerUnderTest, deferred, startLivingWorker } from "./ledger-under-test.ts";

test("a claim names its turn: an old job that wakes up claims nothing and touches nothing", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(deferred(ledger.job(1)));
  const before = await ledger.row(1);
  expect(await ledger.claim(2, [ledger.job(1, 1)])).toEqual([null]);
  expect(await ledger.claim(2, [ledger.job(1, 3)])).toEqual([null]);
  expect(await ledger.row(1)).toEqual(before);
  expect((await ledger.claim(2, [ledger.job(1, 2)]))[0]?.job.turn).toBe(2);
  await ledger.balance();
});

test("an old job in one batch with the present one gets nothing of its claim, nor after a lost answer", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(deferred(ledger.job(1)));
  const jobs = [ledger.job(1, 1), ledger.job(1, 2)];
  const [old, present] = await ledger.claim(1, jobs);
  expect([old, present?.job]).toEqual([null, ledger.job(1, 2)]);
  const [oldAgain, presentAgain] = await ledger.claim(1, jobs, true);
  expect([oldAgain, presentAgain?.job]).toEqual([null, ledger.job(1, 2)]);
});

test("of claims at the same moment one wins, for each of many rows", async () => {
  const ledger = await createLedgerUnderTest(40);
  const jobs = Array.from({ length: 40 }, (_, index) => ledger.job(index + 1));
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, worker) => ledger.claim(worker + 1, worker % 2 ? jobs : jobs.toReversed())),
  );
  const won = answers.flat().flatMap((claim) => (claim ? [claim.job.delivery.number] : []));
  expect(won.toSorted((a, b) => a - b)).toEqual(jobs.map((job) => job.delivery.number));
});

test("a job that runs again while its delivery is being sent touches nothing", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  const before = await ledger.row(1);
  expect(await ledger.claim(2, [ledger.job(1)])).toEqual([null]);
  expect(await ledger.claim(1, [ledger.job(1)])).toEqual([null]);
  expect(await ledger.row(1)).toEqual(before);
});

test("a claim whose answer was lost is asked again by its worker and turn, and by nobody else", async () => {
  const ledger = await createLedgerUnderTest(2);
  const [first] = await ledger.claim(1, [ledger.job(1)]);
  expect(await ledger.claim(2, [ledger.job(1)], true)).toEqual([null]);
  const [again, fresh] = await ledger.claim(1, [ledger.job(1), ledger.job(2)], true);
  expect(again).toMatchObject({ job: first?.job, frozen: first?.frozen });
  expect(fresh?.job).toEqual(ledger.job(2));
});

test("of the same job run twice in one process only one gets the claim, at the same moment and after a lost answer", async () => {
  const ledger = await createLedgerUnderTest(2);
  const { pool } = ledger;
  let lost = false;
  const losing = Object.assign(Object.create(pool) as typeof pool, {
    query: (async (...given: unknown[]) => {
      const answer = await (pool.query as (...all: unknown[]) => Promise<unknown>).apply(pool, given);
      const name = (given[0] as { name?: string }).name ?? "";
      if (!lost || !name.startsWith("claim-")) return answer;
      lost = false;
      throw Object.assign(new Error("gone"), { code: "57P01" });
    }) as typeof pool.query,
  });
  const port = holdTurns(
    createDeliveryLedger({ pool: losing, clock: systemClock, worker: 1, leaseMs: 60_000, onAway: () => {} }),
  );
  const [first, second] = await Promise.all([port.claim(ledger.job(1)), port.claim(ledger.job(1))]);
  expect([first?.job, second]).toEqual([ledger.job(1), null]);
  lost = true;
  const [rerun, other] = await Promise.all([port.claim(ledger.job(1)), port.claim(ledger.job(2))]);
  expect(lost).toBe(false);
  expect([rerun, other?.job]).toEqual([null, ledger.job(2)]);
  await port.settle(deferred(ledger.job(1)));
  expect(await port.claim(ledger.job(1))).toBeNull();
  expect((await port.claim(ledger.job(1, 2)))?.job).toEqual(ledger.job(1, 2));
});

test("a claim is committed durably before it answers", async () => {
  const ledger = await createLedgerUnderTest(1);
  const { rows } = await ledger.pool.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
  expect(rows[0]?.synchronous_commit).toBe("on");
});

test("what a retry needs is frozen at the first claim: a changed name, address or zone changes nothing any more", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Ada"}', zone = 'Europe/Berlin'`);
  const [first] = await ledger.claim(1, [ledger.job(1)]);
  expect(first?.frozen).toMatchObject({ values: { firstName: "Ada" }, zone: "Europe/Berlin" });
  await ledger.settle(deferred(ledger.job(1)));
  await ledger.pool.query(
    `UPDATE subscribers SET attributes = '{"firstName": "Eve"}', zone = 'Asia/Tokyo', address = 'Other@example.net'`,
  );
  const [second] = await ledger.claim(1, [ledger.job(1, 2)]);
  expect(second?.frozen).toEqual(first?.frozen);
});

const leavers = [
  ["left the list", "UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = $1"],
  ["not confirmed", "UPDATE subscriptions SET status = 'pending' WHERE subscriber_id = $1"],
  ["paused by the reader", "UPDATE subscriptions SET paused_until = now() + interval '1 day' WHERE subscriber_id = $1"],
  [
    "suppressed: hard-bounce",
    "INSERT INTO suppressions (key, reason, source) SELECT address_key, 'hard-bounce', 'test' FROM subscribers WHERE id = $1",
  ],
  [
    "suppressed: manual",
    "INSERT INTO suppressions (key, reason, source) SELECT '@' || domain, 'manual', 'test' FROM subscribers WHERE id = $1",
  ],
  ["erased", "DELETE FROM subscribers WHERE id = $1"],
] as const;

test.each(leavers)("whoever became “%s” between plan and claim gets nothing, with that reason", async (reason, sql) => {
  const ledger = await createLedgerUnderTest(2);
  const [job] = await ledger.handOut();
  await ledger.pool.query(sql, [ledger.subscribers[(job?.delivery.number as number) - 1]]);
  expect(await ledger.claim(1, [job as NonNullable<typeof job>])).toEqual([null]);
  const number = job?.delivery.number as number;
  expect(await ledger.row(number)).toMatchObject({ state: "skipped", detail: reason, timer: false, attempts: 0 });
  expect(await ledger.balance()).toMatchObject({ planned: 2, skipped: 1, remaining: 1 });
});

test("who leaves between two tries gets no second one", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(deferred(ledger.job(1), 0));
  await ledger.pool.query("UPDATE subscriptions SET status = 'unsubscribed'");
  expect(await ledger.claim(1, [ledger.job(1, 2)])).toEqual([null]);
  expect(await ledger.row(1)).toMatchObject({ state: "skipped", detail: "left the list" });
  await ledger.dispatch.finishCampaigns();
  expect(await ledger.state()).toBe("sent");
});

test("a row that is being sent is never handed out, however long ago it was due", async () => {
  const ledger = await createLedgerUnderTest(3);
  const { worker } = await startLivingWorker(ledger);
  await ledger.claim(worker, [ledger.job(2)]);
  await ledger.pass(leaseAndMore);
  expect((await ledger.handOut()).map((job) => job.delivery.number).toSorted((a, b) => a - b)).toEqual([1, 3]);
});

const leaseAndMore = 3_600_000;

test("a job lost with its queue is handed out again when its lease is over, and not before", async () => {
  const ledger = await createLedgerUnderTest(1);
  expect(await ledger.handOut()).toEqual([ledger.job(1)]);
  expect(await ledger.handOut()).toEqual([]);
  await ledger.pass(15_000);
  expect(await ledger.handOut()).toEqual([ledger.job(1)]);
});

test("two dispatchers hand out each row once", async () => {
  const ledger = await createLedgerUnderTest(200);
  const handed = await Promise.all(
    Array.from({ length: 4 }, () => ledger.dispatch.handOut(ledger.campaign, "default", 50, 15_000)),
  );
  const numbers = handed.flat().map((job) => job.delivery.number);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("an accepted delivery is claimed by nobody again, on any turn", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(accepted(ledger.job(1)));
  for (const turn of [1, 2, 3]) expect(await ledger.claim(1, [ledger.job(1, turn)], true)).toEqual([null]);
  expect(await ledger.row(1)).toMatchObject({ state: "accepted", turn: 1, attempts: 1, timer: false });
});

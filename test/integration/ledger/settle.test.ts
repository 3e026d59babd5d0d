import { expect, test } from "vitest";
import { resolveDelivery } from "../../../src/adapters/postgres/ledger/deliveries.ts";
import { orderCampaign } from "../../../src/adapters/postgres/ledger/campaigns.ts";
import {
  accepted,
  createLedgerUnderTest,
  deferred,
  leaseMs,
  startLivingWorker,
  uncertain,
} from "./ledger-under-test.ts";

test("a settlement that is written twice counts once, with one row for its try", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(deferred(ledger.job(1)));
  const before = await ledger.row(1);
  await ledger.settle(deferred(ledger.job(1)));
  expect(await ledger.row(1)).toEqual(before);
  expect(before).toMatchObject({ state: "deferred", turn: 2, attempts: 1 });
  expect(await ledger.attempts(1)).toEqual(["deferred"]);
  await ledger.balance();
});

test("a settlement of an old turn changes nothing of the claim that came after", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(deferred(ledger.job(1)));
  await ledger.claim(2, [ledger.job(1, 2)]);
  await ledger.settle(accepted(ledger.job(1, 1)));
  expect(await ledger.row(1)).toMatchObject({ state: "sending", turn: 2, worker: 2 });
});

test("a late reply settles an uncertain delivery; nothing settles one that was never claimed", async () => {
  const ledger = await createLedgerUnderTest(2);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(uncertain(ledger.job(1)));
  expect(await ledger.balance()).toMatchObject({ uncertain: 1, remaining: 1 });
  await ledger.settle(accepted(ledger.job(1), "250 2.0.0 queued as 7A31"), accepted(ledger.job(2)));
  expect(await ledger.row(1)).toMatchObject({ state: "accepted", detail: "250 2.0.0 queued as 7A31" });
  expect(await ledger.row(2)).toMatchObject({ state: "pending", attempts: 0 });
  await ledger.balance();
});

test("a late reply that says “later” opens a campaign again that had closed over its uncertain delivery", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(1, [ledger.job(1)]);
  await ledger.settle(uncertain(ledger.job(1)));
  await ledger.dispatch.finishCampaigns();
  expect(await ledger.state()).toBe("sent");
  await ledger.settle(deferred(ledger.job(1), 0));
  expect(await ledger.state()).toBe("sending");
  expect(await ledger.handOut()).toEqual([ledger.job(1, 2)]);
});

test("the claims of a dead worker become uncertain at once, those of a living one only past their lease", async () => {
  const ledger = await createLedgerUnderTest(2);
  const living = await startLivingWorker(ledger);
  const dying = await startLivingWorker(ledger);
  await ledger.claim(living.worker, [ledger.job(1)]);
  await ledger.claim(dying.worker, [ledger.job(2)]);
  await dying.die();
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 1, resent: 0 });
  expect(await ledger.row(1)).toMatchObject({ state: "sending" });
  expect(await ledger.row(2)).toMatchObject({ state: "uncertain", timer: false });
  expect(await ledger.attempts(2)).toEqual(["uncertain"]);
  await ledger.pass(leaseMs);
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 1, resent: 0 });
  expect(await ledger.row(1)).toMatchObject({ state: "uncertain" });
  expect(await ledger.balance()).toMatchObject({ uncertain: 2, remaining: 0 });
});

test("under hold an uncertain delivery is never handed out again, and the campaign closes with it", async () => {
  const ledger = await createLedgerUnderTest(1);
  await ledger.claim(999, [ledger.job(1)]);
  await ledger.dispatch.sweep();
  await ledger.pass(30 * 86_400_000);
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 0, resent: 0 });
  expect(await ledger.handOut()).toEqual([]);
  expect(await ledger.dispatch.finishCampaigns()).toBe(1);
  expect(await ledger.balance()).toMatchObject({ planned: 1, uncertain: 1 });
});

test("under resend it is sent again with a new turn, once its lease is over and not before", async () => {
  const ledger = await createLedgerUnderTest(1, { policy: "resend" });
  await ledger.claim(999, [ledger.job(1)]);
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 1, resent: 0 });
  expect(await ledger.dispatch.finishCampaigns()).toBe(0);
  await ledger.pass(leaseMs - 10_000);
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 0, resent: 0 });
  await ledger.pass(10_000);
  expect(await ledger.dispatch.sweep()).toEqual({ uncertain: 0, resent: 1 });
  expect(await ledger.handOut()).toEqual([ledger.job(1, 2)]);
  await ledger.balance();
});

test("an operator's resend waits for the lease; accepting does not; a second decision finds nothing", async () => {
  const ledger = await createLedgerUnderTest(2);
  await ledger.claim(999, [ledger.job(1), ledger.job(2)]);
  await ledger.dispatch.sweep();
  await ledger.dispatch.finishCampaigns();
  const { pool, campaign } = ledger;
  expect(await resolveDelivery(pool, campaign, 1, "resend")).toMatchObject({ done: false, state: "uncertain" });
  expect(await ledger.row(1)).toMatchObject({ state: "uncertain", turn: 1 });
  expect(await resolveDelivery(pool, campaign, 2, "accept")).toMatchObject({ done: true, state: "accepted" });
  expect(await resolveDelivery(pool, campaign, 2, "accept")).toBeNull();
  await ledger.pass(leaseMs);
  const decisions = await Promise.all([1, 2, 3].map(() => resolveDelivery(pool, campaign, 1, "resend")));
  expect(decisions.filter((decision) => decision?.done)).toHaveLength(1);
  expect(await ledger.row(1)).toMatchObject({ state: "deferred", turn: 2 });
  expect(await ledger.state()).toBe("sending");
  await ledger.balance();
});

test("pausing stops claims at once, lets what is on the wire settle, and resuming goes on where it stood", async () => {
  const ledger = await createLedgerUnderTest(3);
  const jobs = await ledger.handOut();
  await ledger.claim(1, [ledger.job(1)]);
  await orderCampaign(ledger.pool, ledger.campaign, "pause");
  expect(await ledger.claim(1, [ledger.job(2), ledger.job(3)])).toEqual([null, null]);
  await ledger.settle(accepted(ledger.job(1)));
  expect(await ledger.balance()).toMatchObject({ accepted: 1, skipped: 0, remaining: 2 });
  await orderCampaign(ledger.pool, ledger.campaign, "resume");
  await ledger.dispatch.startDueCampaigns();
  const again = await ledger.claim(1, jobs);
  expect(again.flatMap((claim) => (claim ? [claim.job.delivery.number] : [])).toSorted((a, b) => a - b)).toEqual([
    2, 3,
  ]);
});

test("cancelling is final: what is open is skipped, and what a last claim puts off is skipped too", async () => {
  const ledger = await createLedgerUnderTest(3);
  const { worker } = await startLivingWorker(ledger);
  await ledger.claim(worker, [ledger.job(1), ledger.job(2)]);
  await orderCampaign(ledger.pool, ledger.campaign, "cancel");
  expect(await ledger.balance()).toMatchObject({ skipped: 1, remaining: 2 });
  await ledger.settle(accepted(ledger.job(1)), deferred(ledger.job(2), 0));
  await ledger.dispatch.sweep();
  await ledger.dispatch.finishCampaigns();
  expect(await ledger.balance()).toMatchObject({ accepted: 1, skipped: 2, remaining: 0 });
  expect(await ledger.row(2)).toMatchObject({ state: "skipped", detail: "campaign cancelled" });
  expect(await ledger.claim(1, [ledger.job(2, 2), ledger.job(3)])).toEqual([null, null]);
  await expect(orderCampaign(ledger.pool, ledger.campaign, "resume")).rejects.toThrow("is cancelled");
});

test("a campaign is sent only when every planned row is there and none is open", async () => {
  const ledger = await createLedgerUnderTest(2);
  await ledger.claim(1, [ledger.job(1), ledger.job(2)]);
  await ledger.settle(accepted(ledger.job(1)));
  expect(await ledger.dispatch.finishCampaigns()).toBe(0);
  await ledger.settle(accepted(ledger.job(2)));
  await ledger.pool.query("UPDATE campaigns SET planned = 3 WHERE id = $1", [ledger.campaign]);
  expect(await ledger.dispatch.finishCampaigns()).toBe(0);
  await ledger.pool.query("UPDATE campaigns SET planned = 2 WHERE id = $1", [ledger.campaign]);
  expect(await ledger.dispatch.finishCampaigns()).toBe(1);
});

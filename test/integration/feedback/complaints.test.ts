import { expect, test } from "vitest";
import { orderCampaign } from "../../../src/adapters/postgres/ledger/campaigns.ts";
import { inTransaction } from "../../../src/adapters/postgres/transaction.ts";
import { createFeedbackApplier } from "../../../src/app/apply-feedback.ts";
import { createMailReader } from "../../../src/app/read-mail.ts";
import { testKeys, writeComplaint } from "../../support/returned-mail.ts";
import { accepted, createLedgerUnderTest } from "../ledger/ledger-under-test.ts";

/** A campaign under way of which `taken` mails were accepted, and readers who complain. */
async function createCampaignWithReaders(readers: number, taken: number, shareMax: number) {
  const ledger = await createLedgerUnderTest(readers);
  const jobs = Array.from({ length: taken }, (_, index) => ledger.job(index + 1));
  await ledger.claim(1, jobs);
  await ledger.settle(...jobs.map((job) => accepted(job)));
  const read = createMailReader(testKeys);
  const applier = createFeedbackApplier(ledger.pool, shareMax);
  return {
    ...ledger,
    async complain(...numbers: readonly number[]) {
      const alerts: string[] = [];
      for (const number of numbers) {
        const { report, identity } = read(writeComplaint("news@example.com", ledger.job(number).delivery));
        const arrival = { source: "smtp", identity, findings: report.findings } as const;
        const applied = await inTransaction(ledger.pool, (client) => applier.apply(client, arrival));
        alerts.push(...applied.alerts.map(({ reason }) => reason));
      }
      return alerts;
    },
    async reason() {
      const { rows } = await ledger.pool.query<{ reason: string | null }>(
        "SELECT state_reason AS reason FROM campaigns WHERE id = $1",
        [ledger.campaign],
      );
      return rows[0]?.reason ?? null;
    },
  };
}

test("too many complaints pause a campaign under way with the figures as the reason, and nothing is claimed any more", async () => {
  const campaign = await createCampaignWithReaders(70, 60, 0.1);
  expect(await campaign.complain(1, 2, 3, 4, 5, 6, 6)).toEqual([]);
  expect(await campaign.state()).toBe("sending");
  const reason = "7 of 60 readers in the lane default called it spam (11.7 %)";
  expect(await campaign.complain(7)).toEqual([`campaign halted: ${reason}`]);
  expect(await campaign.state()).toBe("paused");
  expect(await campaign.reason()).toBe(reason);
  expect(await campaign.claim(1, [campaign.job(61)])).toEqual([null]);
  await campaign.balance();
});

test("whoever lets it go on has seen the complaints: only new ones count", async () => {
  const campaign = await createCampaignWithReaders(70, 60, 0.05);
  await campaign.complain(1, 2, 3, 4, 5);
  expect(await campaign.state()).toBe("paused");
  await orderCampaign(campaign.pool, campaign.campaign, "resume");
  await campaign.dispatch.startDueCampaigns();
  expect(await campaign.complain(6, 7, 8, 9)).toEqual([]);
  expect(await campaign.state()).toBe("sending");
  expect(await campaign.complain(10)).toHaveLength(1);
  expect(await campaign.state()).toBe("paused");
});

test("a lane that reports is not thinned by one that does not, and a campaign that is over stays as it is", async () => {
  const campaign = await createCampaignWithReaders(70, 60, 0.2);
  await campaign.pool.query("INSERT INTO lanes (name, domains) VALUES ('reporting', '{reporting.example}')");
  await campaign.pool.query("UPDATE deliveries SET lane = 'reporting' WHERE campaign_id = $1 AND number <= 20", [
    campaign.campaign,
  ]);
  expect(await campaign.complain(1, 2, 3, 4)).toEqual([]);
  expect(await campaign.complain(5)).toEqual([
    "campaign halted: 5 of 20 readers in the lane reporting called it spam (25.0 %)",
  ]);
  await campaign.pool.query("UPDATE campaigns SET state = 'sent' WHERE id = $1", [campaign.campaign]);
  expect(await campaign.complain(6, 7)).toEqual([]);
  expect(await campaign.state()).toBe("sent");
});

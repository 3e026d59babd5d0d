import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countCampaignFeedback, listSubscriberFeedback } from "../../../src/adapters/postgres/feedback.ts";
import { readBalance } from "../../../src/adapters/postgres/ledger/balance.ts";
import { inTransaction } from "../../../src/adapters/postgres/transaction.ts";
import { createFeedbackApplier, type Applied } from "../../../src/app/apply-feedback.ts";
import { createMailReader } from "../../../src/app/read-mail.ts";
import { createTokenKeys } from "../../../src/domain/token-keys.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { returnPathOf, testKeys, writeBounce, writeComplaint, writeReply } from "../../support/returned-mail.ts";

let database: TestDatabase;
let campaign: number;
let listId: number;
const people = addresses(40);

beforeAll(async () => {
  database = await createTestDatabase();
  ({ listId } = await createSampleList(database.pool, people));
  ({ campaign } = await planSampleCampaign(database.pool, listId));
  await setState("accepted");
});
afterAll(() => database.drop());

async function setState(state: string, number?: number): Promise<void> {
  await database.pool.query(
    "UPDATE deliveries SET state = $2, due_at = NULL, settled_at = now() WHERE campaign_id = $1 AND ($3::bigint IS NULL OR number = $3)",
    [campaign, state, number ?? null],
  );
}

/** Whose delivery this is, as the plan numbered it. */
async function recipientOf(number: number): Promise<{ key: string; id: number }> {
  const { rows } = await database.pool.query<{ key: string; id: number }>(
    "SELECT s.address_key AS key, s.id FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id WHERE d.campaign_id = $1 AND d.number = $2",
    [campaign, number],
  );
  return rows[0] as { key: string; id: number };
}

const read = createMailReader(testKeys);
const applier = (() => {
  let made: ReturnType<typeof createFeedbackApplier> | null = null;
  return () => (made ??= createFeedbackApplier(database.pool));
})();

async function take(raw: Buffer, now = applier()): Promise<Applied> {
  const { report, identity } = read(raw);
  return inTransaction(database.pool, (client) =>
    now.apply(client, { source: "smtp", identity, findings: report.findings, raw }),
  );
}

async function suppressionOf(key: string): Promise<{ reason: string; provisional: boolean } | null> {
  const { rows } = await database.pool.query<{ reason: string; provisional: boolean }>(
    "SELECT reason, provisional FROM suppressions WHERE key = $1",
    [key],
  );
  return rows[0] ?? null;
}

async function everything(): Promise<unknown> {
  const tables = ["suppressions", "suppression_log", "subscriptions", "deliveries", "notices", "feedback"];
  const rows = await Promise.all(
    tables.map(async (table) => (await database.pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)).rows),
  );
  return rows;
}

describe("a bounce that names a missing mailbox", () => {
  it("suppresses the reader at once, once however often it comes, and shows in timeline and report", async () => {
    const { key, id } = await recipientOf(1);
    const bounce = writeBounce({ to: returnPathOf({ campaign, number: 1 }), recipient: key, id: "one@mx.example.net" });
    expect(await take(bounce)).toMatchObject({ recorded: 1, suppressed: 1 });
    expect(await suppressionOf(key)).toEqual({ reason: "hard-bounce", provisional: false });
    const before = await everything();
    expect(await take(bounce)).toMatchObject({ recorded: 0, repeated: 1, suppressed: 0 });
    // The same mail with other line ends, as another way of fetching it gives.
    expect(await take(Buffer.from(bounce.toString().replaceAll("\r\n", "\n")))).toMatchObject({ repeated: 1 });
    expect(await everything()).toEqual(before);
    const [line] = await listSubscriberFeedback(database.pool, id);
    expect(line).toMatchObject({ kind: "hard", delivery: `${campaign}.1`, status: "5.1.1", effects: ["suppressed"] });
    expect(await countCampaignFeedback(database.pool, campaign)).toContainEqual({
      kind: "hard",
      reason: "bad-mailbox",
      findings: 1,
      deliveries: 1,
    });
  });

  it("changes nothing when its token was forged, whatever else it names", async () => {
    const { key } = await recipientOf(2);
    const forged = returnPathOf({ campaign, number: 2 }, createTokenKeys(["another secret of sixteen characters"]));
    const applied = await take(writeBounce({ to: forged, recipient: key, id: "forged@mx.example.net" }));
    expect(applied).toMatchObject({ suppressed: 0, settled: 0, unsubscribed: 0 });
    expect(await suppressionOf(key)).toBeNull();
  });
});

describe("other reports", () => {
  it("a complaint leaves the list and suppresses, although the address is hidden", async () => {
    const { key, id } = await recipientOf(3);
    const complaint = writeComplaint("news@example.com", { campaign, number: 3 });
    expect(await take(complaint)).toMatchObject({ unsubscribed: 1, suppressed: 1 });
    expect(await suppressionOf(key)).toEqual({ reason: "complaint", provisional: false });
    const { rows } = await database.pool.query(
      "SELECT status, consent -> 'left' ->> 'by' AS by FROM subscriptions WHERE subscriber_id = $1 AND list_id = $2",
      [id, listId],
    );
    expect(rows).toEqual([{ status: "unsubscribed", by: "complaint" }]);
  });

  it("a refusal of the sender is for the operator and never the reader's fault", async () => {
    const { key } = await recipientOf(4);
    const applied = await take(
      writeBounce({
        to: returnPathOf({ campaign, number: 4 }),
        recipient: key,
        status: "5.7.1",
        diagnostic: "550 5.7.1 Message rejected due to SPF policy",
        id: "policy@mx.example.net",
      }),
    );
    expect(applied.alerts).toEqual([{ reason: expect.any(String), delivery: `${campaign}.4`, lane: "default" }]);
    expect(applied.suppressed).toBe(0);
    expect(await suppressionOf(key)).toBeNull();
  });

  it("any of them proves that an uncertain delivery was taken; no other state is touched", async () => {
    await setState("uncertain", 5);
    const { key } = await recipientOf(5);
    const late = writeBounce({
      to: returnPathOf({ campaign, number: 5 }),
      recipient: key,
      status: "4.2.2",
      action: "delayed",
      id: "l5",
    });
    expect(await take(late)).toMatchObject({ settled: 1 });
    await setState("refused", 6);
    const other = await recipientOf(6);
    await take(writeBounce({ to: returnPathOf({ campaign, number: 6 }), recipient: other.key, id: "l6" }));
    const { rows } = await database.pool.query(
      "SELECT number, state FROM deliveries WHERE campaign_id = $1 AND number IN (5, 6) ORDER BY number",
      [campaign],
    );
    expect(rows).toEqual([
      { number: 5, state: "accepted" },
      { number: 6, state: "refused" },
    ]);
    expect(await readBalance(database.pool, campaign)).toMatchObject({ planned: people.length, uncertain: 0 });
  });

  it("an answer by a person goes to the list's reply-to address, once", async () => {
    await database.pool.query("UPDATE lists SET reply_to = 'editor@example.org' WHERE id = $1", [listId]);
    const { key } = await recipientOf(7);
    const answer = writeReply(returnPathOf({ campaign, number: 7 }), key);
    expect(await take(answer)).toMatchObject({ forwarded: 1 });
    expect(await take(answer)).toMatchObject({ forwarded: 0, repeated: 1 });
    const { rows } = await database.pool.query("SELECT kind, address, state, attached FROM notices");
    expect(rows).toEqual([{ kind: "forward", address: "editor@example.org", state: "pending", attached: answer }]);
  });
});

describe("soft bounces", () => {
  it("are counted over days, and given up after four days that span ten", async () => {
    const { key, id } = await recipientOf(8);
    await database.pool.query(
      `INSERT INTO feedback (at, source, kind, hard, diagnostic, trust, campaign_id, number, subscriber_id, digest)
       SELECT now() - days * interval '1 day', 'smtp', 'soft', false, '', 'token', $1, 8, $2, days::text::bytea
       FROM unnest(ARRAY[12, 8, 4]) AS days`,
      [campaign, id],
    );
    const soft = {
      to: returnPathOf({ campaign, number: 8 }),
      recipient: key,
      status: "4.3.0",
      diagnostic: "450 4.3.0 Mail system trouble",
    };
    expect(await take(writeBounce({ ...soft, id: "soft-4" }))).toMatchObject({ suppressed: 1 });
    expect(await suppressionOf(key)).toEqual({ reason: "soft-bounces", provisional: false });
  });

  it("do nothing before that", async () => {
    const { key } = await recipientOf(9);
    const soft = {
      to: returnPathOf({ campaign, number: 9 }),
      recipient: key,
      status: "4.3.0",
      diagnostic: "450 4.3.0 Mail system trouble",
    };
    expect(await take(writeBounce({ ...soft, id: "soft-1" }))).toMatchObject({ recorded: 1, suppressed: 0 });
    expect(await take(writeBounce({ ...soft, id: "soft-2" }))).toMatchObject({ recorded: 1, suppressed: 0 });
    expect(await suppressionOf(key)).toBeNull();
  });
});

describe("a provider that calls living mailboxes unknown", () => {
  it("has its readers suppressed for now only, from the twentieth in the hour on", async () => {
    const lane = createFeedbackApplier(database.pool);
    const results: (boolean | undefined)[] = [];
    for (let number = 10; number < 40; number += 1) {
      const { key } = await recipientOf(number);
      await take(writeBounce({ to: returnPathOf({ campaign, number }), recipient: key, id: `surge-${number}` }), lane);
      results.push((await suppressionOf(key))?.provisional);
    }
    const firstProvisional = results.indexOf(true);
    const { rows } = await database.pool.query<{ hard: number }>(
      "SELECT count(*) AS hard FROM feedback WHERE hard AND trust IS NOT NULL",
    );
    // Two hard bounces of the tests above stand in the same hour.
    expect(rows[0]?.hard).toBe(32);
    expect(firstProvisional).toBe(17);
    expect(results.slice(firstProvisional)).toEqual(results.slice(firstProvisional).map(() => true));
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportDeliveries } from "../../../../src/adapters/postgres/ledger/deliveries.ts";
import { readProviderResults } from "../../../../src/adapters/postgres/ledger/results.ts";
import { explainRefusals } from "../../../../src/app/campaign-results.ts";
import { createConsole, type Console } from "../../../support/console.ts";
import { createSampleList, planSampleCampaign } from "../../../support/planned-campaign.ts";

let made: Console;
let campaign: number;
let path: string;
let subscribers: readonly number[];

const readers = [
  "ada@gmail.com",
  "=cmd@googlemail.com",
  "bea@web.example",
  "cyd@web.example",
  "dan@web.example",
  "eve@other.example",
];

/** Two accepted an hour apart, two refused, one uncertain and one skipped; one came back, one complained, one left. */
beforeAll(async () => {
  made = await createConsole();
  const { pool } = made.web;
  const list = await createSampleList(pool, readers);
  subscribers = list.subscribers;
  await planSampleCampaign(pool, list.listId);
  ({ campaign } = await planSampleCampaign(pool, list.listId, { again: true }));
  path = `/console/campaigns/${campaign}`;
  const outcomes = [
    ["accepted", "250 ok", "2026-11-25T08:10:00Z"],
    ["accepted", "250 ok", "2026-11-25T09:10:00Z"],
    ["refused", "550 5.1.1 <bea@web.example> user unknown q7-12345", "2026-11-25T08:10:00Z"],
    ["refused", "550 5.1.1 <cyd@web.example> user unknown q7-98765", "2026-11-25T08:10:00Z"],
    ["uncertain", "the connection ended", "2026-11-25T08:10:00Z"],
    ["skipped", "left the list", "2026-11-25T08:10:00Z"],
  ];
  for (const [index, [state, detail, at]] of outcomes.entries())
    await pool.query(
      `UPDATE deliveries SET state = $3::delivery_state, detail = $4, settled_at = $5, due_at = NULL
       WHERE campaign_id = $1 AND subscriber_id = $2`,
      [campaign, subscribers[index], state, detail, at],
    );
  const numbers = await pool.query("SELECT number, subscriber_id FROM deliveries WHERE campaign_id = $1", [campaign]);
  const numberOf = (index: number) =>
    numbers.rows.find((row) => row.subscriber_id === subscribers[index])?.number as number;
  for (const [kind, source, index] of [
    ["hard", "smtp", 0],
    ["complaint", "imap", 1],
    ["hard", "session", 2],
  ] as const)
    await pool.query(
      `INSERT INTO feedback (source, kind, hard, diagnostic, campaign_id, number, subscriber_id, digest)
       VALUES ($1, $2, false, 'told so', $3, $4, $5, sha256($6::bytea))`,
      [source, kind, campaign, numberOf(index), subscribers[index], `${kind}${index}`],
    );
  await pool.query(
    `UPDATE subscriptions SET status = 'unsubscribed', consent = jsonb_build_object('left', jsonb_build_object('delivery', $2::text))
     WHERE subscriber_id = $1`,
    [subscribers[1], `${campaign}.${numberOf(1)}`],
  );
});
afterAll(() => made.web.stop());

/** The words of a page without its marks. */
const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

describe("the results of a campaign", () => {
  it("count every row, say shares that are never rounded to all, and show no address to a viewer", async () => {
    const html = await (await made.people.viewer.get(`${path}/results`)).text();
    const words = wordsOf(html);
    expect(words).toContain("Planned 6");
    expect(words).toContain("Accepted, 33.3 % 2");
    expect(words).toContain("Refused, 33.3 % 2");
    expect(words).toContain("Uncertain, 16.7 % 1");
    expect(words).toContain("Came back, 50 % 1");
    expect(words).toContain("Called it spam, 50 % 1");
    expect(words).toContain("Left by this mail, 50 % 1");
    // What differs in each reply of a server is taken out, so that these are one.
    expect(words).toContain("2 100 % There is no such mailbox. 550 5.1.1 &lt;(address)&gt; user unknown (number)");
    // A server may name the reader in its reply.
    expect(words).not.toContain("@");
    expect(html.match(/role="img"/g)).toHaveLength(3);
    expect(await (await made.people.viewer.get(path)).text()).not.toContain("@");
    expect(await (await made.people.editor.get(path)).text()).toContain("cyd@web.example");
  });

  it("put the domains that a lane names together, and others by themselves", async () => {
    const words = wordsOf(await (await made.people.viewer.get(`${path}/results`)).text());
    const providers = words.slice(words.indexOf("By provider"), words.indexOf("Why mails were refused"));
    expect(providers).toContain("web.example 3 0 2 0 1");
    expect(providers).toContain("gmail 2 2 0 0 0");
    expect(providers).toContain("other.example 1 0 0 1 0");
  });

  it("put providers beyond the largest into one line", async () => {
    const groups = await readProviderResults(made.web.pool, campaign, 1);
    expect(groups.map(({ name, planned, accepted }) => [name, planned, accepted])).toEqual([
      ["web.example", 3, 0],
      ["(all others)", 3, 2],
    ]);
  });

  it("stand beside the campaigns of the list before", async () => {
    const html = await (await made.people.viewer.get(`${path}/results`)).text();
    expect(wordsOf(html)).toContain("Beside the last ones to this list");
    expect(html).toContain(`/console/campaigns/${campaign - 1}/results`);
  });

  it("are there for a campaign of which nothing has happened", async () => {
    const response = await made.people.viewer.get(`/console/campaigns/${campaign - 1}/results`);
    expect(response.status).toBe(200);
    expect(wordsOf(await response.text())).toContain("It is the first campaign to this list.");
  });
});

describe("the export of a campaign", () => {
  it("has a row each, with no cell that a spreadsheet would run", async () => {
    const response = await made.people.editor.get(`${path}/deliveries.csv`);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await response.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => line.includes(",'=cmd@googlemail.com,"))).toHaveLength(1);
  });

  it("waits its turn while others are read, and holds no connection back", async () => {
    const { pool } = made.web;
    const open = [];
    for (let count = 0; count < 3; count += 1) {
      const { body } = await made.people.editor.get(`${path}/deliveries.csv`);
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      open.push(reader);
    }
    expect((await made.people.editor.get(`${path}/deliveries.csv`)).status).toBe(503);
    for (const reader of open) await reader.cancel();
    expect(pool.totalCount - pool.idleCount).toBe(0);
    expect(await (await made.people.editor.get(`${path}/deliveries.csv`)).text()).toContain("ada@gmail.com");
  });

  it("leaves the texts as they are for programs", async () => {
    const pieces: string[] = [];
    for await (const piece of exportDeliveries(made.web.pool, campaign, null)) pieces.push(piece);
    expect(pieces.join("")).toContain(",=cmd@googlemail.com,");
  });
});

describe("explaining a person", () => {
  it("says what became of the mail, by address and by number", async () => {
    const { editor } = made.people;
    const told = wordsOf(await (await editor.get(`${path}/explain?address=BEA@web.example`)).text());
    expect(told).toContain("user unknown q7-12345");
    expect(wordsOf(await (await editor.get(`${path}/explain?person=${subscribers[0]}`)).text())).toContain("told so");
    expect(wordsOf(await (await editor.get(`${path}/explain?address=zoe@web.example`)).text())).toContain("is known");
  });

  it("names what is wrong with an address at its field", async () => {
    const response = await made.people.editor.get(`${path}/explain?address=nobody`);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain('role="alert"');
  });
});

describe("the words for refusals", () => {
  it("put replies together that mean the same, with the most frequent one", () => {
    const explained = explainRefusals([
      { detail: "550 5.1.1 user unknown", count: 3 },
      { detail: "expired: 452 4.2.2 mailbox full", count: 2 },
      { detail: "550 5.1.1 no such user", count: 1 },
      { detail: "expired: connect ECONNREFUSED", count: 1 },
    ]);
    expect(explained.map(({ reason, count, example }) => [reason, count, example])).toEqual([
      ["bad-mailbox", 4, "550 5.1.1 user unknown"],
      ["mailbox-full", 2, "expired: 452 4.2.2 mailbox full"],
      ["expired", 1, "expired: connect ECONNREFUSED"],
    ]);
  });
});

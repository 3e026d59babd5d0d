import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createConsole, type Console } from "../../../support/console.ts";
import { startTestServer } from "../../../support/smtp-test-server.ts";
import { addresses, createSampleList } from "../../../support/planned-campaign.ts";

const issue = "2026-11-product-note.md";
let made: Console;
let lists = 0;
let list = "";
let subscribers: readonly number[] = [];

beforeAll(async () => {
  made = await createConsole();
});
afterAll(() => made.web.stop());
beforeEach(async () => {
  lists += 1;
  list = `list-${lists}`;
  ({ subscribers } = await createSampleList(made.web.pool, addresses(12, `${list}.example`), list));
});

/** The words of a page without its marks. */
const wordsOf = (html: string): string =>
  html
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">")
    .replaceAll(/\s+/g, " ");
const send = (fields: Record<string, string> = {}): Promise<Response> =>
  made.people.editor.post("/console/sends", { issue, list, when: "now", ...fields });
async function propose(fields: Record<string, string> = {}): Promise<string> {
  const response = await send(fields);
  expect(response.status).toBe(303);
  return (response.headers.get("location") as string).split("?")[0] as string;
}
/** Approves and starts. @returns the campaign */
async function carryOut(path: string): Promise<number> {
  await made.people.approver.post(`${path}/approve`);
  const started = await made.people.editor.post(`${path}/start`);
  expect(started.status).toBe(303);
  return Number(/campaigns\/(\d+)/.exec(started.headers.get("location") as string)?.[1]);
}

describe("the form of a send", () => {
  it.each([
    ["window", { window: "8 to 20" }, "08:00-20:00"],
    ["canary", { canary: "all" }, "write a share below all"],
    ["canaryWait", { canary: "1%", canaryWait: "soon" }, "write a time such as 30m"],
    ["at", { when: "zone", at: "soon", tz: "UTC" }, "such as 2026-12-01 09:00"],
    ["at", { when: "subscriber", at: "" }, "such as 2026-12-01 09:00"],
    ["tz", { when: "zone", at: "2027-01-01T09:00", tz: "Mars/Base" }, "Mars/Base"],
    ["segment", { segment: "lang =" }, "Segment, column"],
  ])("says at the field %s what is wrong with it, and keeps what was written", async (field, fields, words) => {
    const response = await send(fields);
    expect(response.status).toBe(422);
    const html = await response.text();
    const problem = new RegExp(`id="${field}-problem">([^<]*)<`).exec(html)?.[1];
    expect(problem).toContain(words);
    expect(problem).not.toContain("--");
    const written = Object.entries(fields).find(([name]) => name === field)?.[1] as string;
    expect(html).toContain(`value="${written}"`);
    expect(html).toMatch(new RegExp(`aria-invalid="true"[^>]*aria-describedby="${field}-problem`));
  });

  it("counts a segment and shows ten people, without a script and without planning anything", async () => {
    const { editor, approver } = made.people;
    await made.web.pool.query("UPDATE subscribers SET lang = 'de' WHERE id = ANY ($1)", [subscribers.slice(0, 11)]);
    const before = await made.web.pool.query("SELECT count(*) FROM approvals");
    const response = await editor.post("/console/sends/count", {
      issue,
      list,
      segment: 'lang = "de"',
      window: "08:00-20:00",
    });
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(wordsOf(html)).toContain("11 confirmed members of the list");
    expect(html.match(/reader\d+@list-\d+\.example/g)).toHaveLength(10);
    expect(html).toContain('value="08:00-20:00"');
    expect((await editor.post("/console/sends/count", { list, segment: "lang" })).status).toBe(422);
    expect((await approver.post("/console/sends/count", { list })).status).toBe(403);
    expect((await made.web.pool.query("SELECT count(*) FROM approvals")).rows).toEqual(before.rows);
  });

  it("takes all that the command line offers, shows it before approval and plans it", async () => {
    const path = await propose({ window: "08:00-20:00", canary: "10", canaryWait: "1h", policy: "resend" });
    const plan = wordsOf(await (await made.people.approver.get(path)).text());
    expect(plan).toContain("only 08:00-20:00 of the reader's day".replace("'", "&#39;"));
    expect(plan).toContain("10%; the others 1h later");
    expect(plan).toContain("sent again: some may get it twice");
    expect(plan).toContain("When it goes out");
    expect(plan).toContain("The largest message has");
    expect(plan).toContain("What the checks say");
    const campaign = await carryOut(path);
    const { rows } = await made.web.pool.query("SELECT policy, schedule FROM campaigns WHERE id = $1", [campaign]);
    expect(rows).toEqual([{ policy: "resend", schedule: { window: "08:00-20:00", canary: 0.1 } }]);
  });

  it("binds the approval to each of them", async () => {
    const path = await propose({ window: "08:00-20:00", canary: "1%" });
    await made.people.approver.post(`${path}/approve`);
    for (const change of [{ window: "09:00-20:00" }, { canary: "2%" }, { whom: "again" }]) {
      await made.web.pool.query(
        `UPDATE approvals SET voided = NULL, options = '{"window":"08:00-20:00","canary":"1%"}' || $2::jsonb WHERE id = $1`,
        [path.split("/").at(-1), change],
      );
      expect((await made.people.editor.post(`${path}/start`)).status).toBe(422);
      expect(wordsOf(await (await made.people.editor.get(path)).text())).toContain("This send holds no more");
    }
  });
});

describe("a test of a send", () => {
  it("goes to whoever presses, says what the server said, and plans nothing", async () => {
    const server = await startTestServer();
    const own = await createConsole({ SMTP_URL: `smtp://127.0.0.1:${server.port}?rejectUnauthorized=false` });
    try {
      await createSampleList(own.web.pool, addresses(2), "tested");
      const proposed = await own.people.editor.post("/console/sends", { issue, list: "tested", when: "now" });
      const path = (proposed.headers.get("location") as string).split("?")[0] as string;
      expect((await own.people.viewer.post(`${path}/test`)).status).toBe(403);
      const page = await own.people.approver.post(`${path}/test`, { address: "victim@example.com" });
      expect(page.status).toBe(200);
      expect(wordsOf(await page.text())).toContain("The test to approver@example.com: accepted. 250");
      expect(server.mails.map(({ to }) => to)).toEqual(["approver@example.com"]);
      expect((await own.web.pool.query("SELECT 1 FROM campaigns WHERE planned IS NOT NULL")).rowCount).toBe(0);
    } finally {
      await own.web.stop();
    }
  });
});

describe("a send to those missed", () => {
  it("is offered with the campaign's issue and audience, and leaves out whoever got it or may have", async () => {
    const { editor } = made.people;
    const campaign = await carryOut(await propose());
    const outcomes = ["accepted", "uncertain", "refused", "refused"];
    for (const [index, state] of outcomes.entries())
      await made.web.pool.query(
        "UPDATE deliveries SET state = $3::delivery_state, due_at = NULL WHERE campaign_id = $1 AND subscriber_id = $2",
        [campaign, subscribers[index], state],
      );
    const twice = await send();
    expect(twice.status).toBe(422);
    expect(/id="whom-problem">([^<]*)</.exec(await twice.text())?.[1]).toContain("was already planned");

    const form = await (await editor.get(`/console/sends/new?campaign=${campaign}`)).text();
    expect(form).toMatch(/<option value="2026-11-product-note.md" selected=""/);
    expect(form).toMatch(new RegExp(`<option value="${list}" selected=""`));
    expect(form).toMatch(/name="whom" value="missed" checked=""/);

    const path = await propose({ whom: "missed" });
    expect(await (await made.people.approver.get(path)).text()).toContain("Approve: 2 people");
    await made.people.approver.post(`${path}/approve`);
    expect(await (await editor.get(path)).text()).toContain("Send to 2 people");
    const second = await carryOut(path);
    const { rows } = await made.web.pool.query(
      "SELECT subscriber_id FROM deliveries WHERE campaign_id = $1 ORDER BY subscriber_id",
      [second],
    );
    expect(rows.map((row) => row.subscriber_id)).toEqual(subscribers.slice(2, 4));
  });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { claimBatch } from "../../../src/adapters/postgres/ledger/claim.ts";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { storeDigest } from "../../../src/adapters/postgres/ledger/digests.ts";
import { createErasureKeys } from "../../../src/domain/erased-address.ts";
import { createSampleDigest } from "../../support/sample-digest.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";

let web: PublicWeb;
let view: string;
let list: number;
let subscriber: number;
let campaign: number;

beforeAll(async () => {
  web = await createPublicWeb();
  const sample = await createSampleList(web.pool, ["ada@example.org"]);
  list = sample.listId;
  subscriber = sample.subscribers[0] as number;
  await web.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Ada <i>"}' WHERE id = $1`, [subscriber]);
  ({ campaign } = await planSampleCampaign(web.pool, list));
  await web.pool.query("UPDATE campaigns SET state = 'sending' WHERE id = $1", [campaign]);
  view = web.link("view", { list, subscriber, delivery: { campaign, number: 1 } });
});
afterAll(() => web.stop());

it("A mail is shown only once there is one: before its first claim there is nothing to see", async () => {
  expect((await web.app.request(view)).status).toBe(410);
});

it("The reader sees her own mail's HTML, with the values that it went out with and her own links", async () => {
  await claimBatch(
    web.pool,
    campaign,
    [{ delivery: { campaign, number: 1 }, turn: 1 }],
    { worker: 1, leaseMs: 60_000 },
    false,
  );
  // What she is called now is not what the mail said.
  await web.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Other"}' WHERE id = $1`, [subscriber]);
  const page = await web.app.request(view);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(html).toContain("<p>Hi Ada &lt;i&gt;,</p>");
  const leave = web.link("unsubscribe", { list, subscriber, delivery: { campaign, number: 1 } });
  expect(html).toContain(`href="https://news.example.com${leave}"`);
  expect(html).toContain('href="https://www.example.com/?name=Ada%20%3Ci%3E"');
});

it("Whatever a mail holds, no script runs in it, no form works, and its pictures come from us alone", async () => {
  const policy = (await web.app.request(view)).headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("img-src 'self' data: https://news.example.com;");
  expect(policy).toContain("form-action 'none'");
  expect(policy).toMatch(/sandbox (?!.*allow-(scripts|forms|same-origin))/);
});

it("A view link passed on to others can't unsubscribe its reader, nor can her leave link show her mail", async () => {
  const token = view.slice("/v/".length);
  expect((await web.post(`/u/${token}`, { "List-Unsubscribe": "One-Click" })).status).toBe(404);
  const leave = web.link("unsubscribe", { list, subscriber, delivery: { campaign, number: 1 } }).slice("/u/".length);
  expect((await web.app.request(`/v/${leave}`)).status).toBe(404);
});

it("An edition's event is a calendar file under the digest's name; what isn't there is 404", async () => {
  const digest = {
    ...createSampleDigest({
      events: [{ instantMs: 0, zone: "UTC", wholeDay: false, calendar: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" }],
    }),
    id: "with-events",
  };
  await storeDigest(web.pool, digest);
  const file = await web.app.request("/calendar/with-events/0.ics");
  expect(file.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
  expect(await file.text()).toBe("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
  expect((await web.app.request("/calendar/with-events/1.ics")).status).toBe(404);
  for (const name of ["nothing", "%00", "a".repeat(300)]) {
    expect((await web.app.request(`/calendar/${name}/0.ics`)).status).toBe(404);
  }
});

it("After she was erased her mail is gone too", async () => {
  const address = { key: "ada@example.org", address: "ada@example.org", wire: "ada@example.org" };
  await eraseSubscriber(web.pool, address, createErasureKeys(["a secret of more than sixteen characters"]), "test");
  const page = await web.app.request(view);
  expect(page.status).toBe(410);
  expect(await page.text()).not.toContain("Ada");
});

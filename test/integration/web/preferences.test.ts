import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { claimBatch } from "../../../src/adapters/postgres/ledger/claim.ts";
import { queueConfirmations } from "../../../src/app/queue-confirmations.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";

let web: PublicWeb;
let listId: number;
let otherListId: number;
let reader: number;
let address: string;
let path: string;
let run = 0;

beforeAll(async () => {
  web = await createPublicWeb();
});
afterAll(() => web.stop());

beforeEach(async () => {
  run += 1;
  address = `ada${run}@example.org`;
  const first = await createSampleList(web.pool, [address], `news-${run}`);
  listId = first.listId;
  otherListId = (await createSampleList(web.pool, [], `more-${run}`)).listId;
  reader = first.subscribers[0] as number;
  await web.pool.query(`UPDATE lists SET settings = '{"topics": ["art", "music"]}' WHERE id = $1`, [listId]);
  await web.pool.query("INSERT INTO subscriptions (list_id, subscriber_id, status) VALUES ($1, $2, 'confirmed')", [
    otherListId,
    reader,
  ]);
  path = web.link("preferences", { list: listId, subscriber: reader, delivery: null });
});

const asIs = { press: "save", cadence: "every", hour: "", language: "", zone: "", pause: "" };

function fieldsWith(changes: Record<string, string>, ...more: [string, string][]): URLSearchParams {
  return new URLSearchParams([
    ...Object.entries({ ...asIs, ...changes }),
    ["lists", `news-${run}`],
    ["lists", `more-${run}`],
    ...more,
  ]);
}

async function readReader(): Promise<Record<string, unknown>> {
  return (await web.pool.query("SELECT * FROM subscribers WHERE id = $1", [reader])).rows[0];
}

async function statusOn(list: number, subscriber = reader): Promise<string | undefined> {
  const sql = "SELECT status FROM subscriptions WHERE list_id = $1 AND subscriber_id = $2";
  return (await web.pool.query(sql, [list, subscriber])).rows[0]?.status;
}

describe("choosing", () => {
  it("shows what is chosen and changes nothing by being looked at", async () => {
    const before = await readReader();
    const html = await (await web.app.request(path)).text();
    expect(html).toContain(address);
    expect(html).toMatch(/name="topics" value="art"/);
    expect(await readReader()).toEqual(before);
  });

  it("keeps topics, language, zone, hour and cadence where segments and schedules read them", async () => {
    const chosen = fieldsWith(
      { cadence: "weekly", hour: "7", language: "de", zone: "Europe/Berlin" },
      ["topics", "music"],
      ["topics", "forged"],
    );
    expect((await web.post(path, chosen)).status).toBe(200);
    expect(await readReader()).toMatchObject({
      topics: ["music"],
      lang: "de",
      zone: "Europe/Berlin",
      attributes: { mailCadence: "weekly", mailHour: "7" },
    });
    await web.post(path, fieldsWith({}));
    expect(await readReader()).toMatchObject({ topics: [], lang: null, zone: null, attributes: {} });
  });

  it("changes nothing at all where one field can't be right", async () => {
    const before = await readReader();
    for (const wrong of [
      { zone: "Mars/Olympus" },
      { cadence: "hourly" },
      { hour: "24" },
      { language: "english" },
      { pause: "2000-01-01" },
      { pause: "9999-01-01" },
      { pause: "x" },
    ]) {
      expect((await web.post(path, fieldsWith(wrong))).status).toBe(400);
    }
    expect(await readReader()).toEqual(before);
  });

  it("pauses until the first instant of a day where she lives, and mail waits so long; an empty day ends it", async () => {
    const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await web.post(path, fieldsWith({ pause: day, zone: "Asia/Tokyo" }));
    const paused = "SELECT paused_until FROM subscriptions WHERE subscriber_id = $1 AND list_id = $2";
    const { rows } = await web.pool.query<{ paused_until: Date }>(paused, [reader, listId]);
    expect(rows[0]?.paused_until.toISOString()).toBe(new Date(Date.parse(`${day}T00:00:00+09:00`)).toISOString());
    expect(await (await web.app.request(path)).text()).toContain(`value="${day}"`);
    await web.post(path, fieldsWith({ zone: "Asia/Tokyo" }));
    expect((await web.pool.query(paused, [reader, listId])).rows).toEqual([{ paused_until: null }]);
  });

  it("unticking a list leaves it; ticking it again asks for a press by mail", async () => {
    const without = new URLSearchParams([...Object.entries(asIs), ["lists", `news-${run}`]]);
    await web.post(path, without);
    expect([await statusOn(listId), await statusOn(otherListId)]).toEqual(["confirmed", "unsubscribed"]);
    await web.post(path, fieldsWith({}));
    expect(await statusOn(otherListId)).toBe("unsubscribed");
    await queueConfirmations(web.pool);
    const notice = (await web.pool.query("SELECT content FROM notices WHERE address_key = $1", [address])).rows[0];
    const confirm = web.link("confirm", { list: otherListId, subscriber: notice.content.subject, delivery: null });
    await web.post(confirm, { press: "confirm" });
    expect(await statusOn(otherListId)).toBe("confirmed");
  });
});

describe("a change of address", () => {
  async function ask(to: string): Promise<{ old: string; new: string }> {
    expect((await web.post(path, { press: "address", email: to })).status).toBe(200);
    await queueConfirmations(web.pool);
    const { rows } = await web.pool.query(
      "SELECT address_key, content FROM notices WHERE kind = 'address-change' AND address_key = ANY($1)",
      [[address, to]],
    );
    const linkFor = (key: string) =>
      web.link("confirm", {
        list: listId,
        subscriber: rows.find((row) => row.address_key === key)?.content.subject,
        delivery: null,
      });
    return { old: linkFor(address), new: linkFor(to) };
  }

  it("takes effect when both ends pressed, in either order, and not before", async () => {
    const links = await ask(`moved${run}@example.org`);
    await web.post(links.new, { press: "confirm" });
    expect((await readReader())["address_key"]).toBe(address);
    expect(await (await web.post(links.old, { press: "confirm" })).text()).toContain(`moved${run}@example.org`);
    expect(await readReader()).toMatchObject({ address_key: `moved${run}@example.org`, domain: "example.org" });
    expect(await statusOn(listId)).toBe("confirmed");
  });

  it("to an address that is known makes one person of the two, and says nothing of it beforehand", async () => {
    const known = `known${run}@example.org`;
    const other = await createSampleList(web.pool, [known], `third-${run}`);
    const unknown = await (await web.post(path, { press: "address", email: `new${run}@example.org` })).text();
    expect(await (await web.post(path, { press: "address", email: known })).text()).toBe(unknown);
    const links = await ask(known);
    await web.post(links.old, { press: "confirm" });
    await web.post(links.new, { press: "confirm" });
    expect(await readReader()).toBeUndefined();
    expect(await statusOn(listId, other.subscribers[0] as number)).toBe("confirmed");
  });

  it("needs both presses to be about the same address: what the old end was asked first is what counts", async () => {
    const first = await ask(`first${run}@example.org`);
    const second = await ask(`second${run}@example.org`);
    await web.post(second.new, { press: "confirm" });
    await web.post(first.old, { press: "confirm" });
    expect((await readReader())["address_key"]).toBe(address);
    await web.post(first.new, { press: "confirm" });
    expect((await readReader())["address_key"]).toBe(`first${run}@example.org`);
  });
});

describe("her data", () => {
  async function sendOne(): Promise<number> {
    await web.pool.query(`UPDATE subscribers SET attributes = '{"firstName": "Ada"}' WHERE id = $1`, [reader]);
    const { campaign } = await planSampleCampaign(web.pool, listId);
    await web.pool.query("UPDATE campaigns SET state = 'sending' WHERE id = $1", [campaign]);
    await claimBatch(
      web.pool,
      campaign,
      [{ delivery: { campaign, number: 1 }, turn: 1 }],
      { worker: 1, leaseMs: 60_000 },
      false,
    );
    return campaign;
  }

  it("comes as JSON and as CSV, with what was sent and what it said", async () => {
    const campaign = await sendOne();
    const json = await web.post(path, { press: "json" });
    expect(json.headers.get("content-disposition")).toBe('attachment; filename="my-data.json"');
    expect(await json.json()).toMatchObject({
      subscriber: { address, attributes: { firstName: "Ada" } },
      subscriptions: [{ list: `more-${run}` }, { list: `news-${run}`, status: "confirmed" }],
      mails: [{ campaign, state: "sending", values: { v: { firstName: "Ada" } } }],
    });
    const csv = await (await web.post(path, { press: "csv" })).text();
    expect(csv).toMatch(new RegExp(`^subscriber,1,address,${address}\\r?$`, "m"));
    expect((await web.app.request(`${path}?press=json`)).headers.get("content-type")).toContain("text/html");
  });

  it("is erased by two presses: nothing that names her is left anywhere", async () => {
    await sendOne();
    await web.post(path, { press: "address", email: `elsewhere${run}@example.org` });
    await queueConfirmations(web.pool);
    expect((await web.post(path, { press: "erase" })).status).toBe(200);
    expect(await readReader()).toBeDefined();
    expect((await web.post(path, { press: "erase-sure" })).status).toBe(200);
    const tables = await web.pool.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    for (const { name } of tables.rows) {
      const { rows } = await web.pool.query(
        `SELECT count(*)::int AS found FROM "${name}" t WHERE t::text ILIKE '%' || $1 || '%'`,
        [address],
      );
      expect({ name, found: rows[0].found }).toEqual({ name, found: 0 });
    }
    expect(
      (await web.pool.query("SELECT key FROM suppressions WHERE reason = 'erased' AND key LIKE '#%'")).rowCount,
    ).toBe(1);
    expect((await web.app.request(path)).status).toBe(200);
    expect((await web.post(path, fieldsWith({ language: "de" }))).status).toBe(200);
    expect(await readReader()).toBeUndefined();
  });
});

it("Any flipped bit of the link is 404 and nothing changed", async () => {
  const before = await readReader();
  const bytes = Buffer.from(path.slice(3), "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    expect((await web.post(`/p/${flipped.toString("base64url")}`, fieldsWith({ language: "de" }))).status).toBe(404);
  }
  expect(await readReader()).toEqual(before);
});

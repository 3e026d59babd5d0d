import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { claimBatch } from "../../../src/adapters/postgres/ledger/claim.ts";
import { createLogger } from "../../../src/app/log.ts";
import { createErasureKeys } from "../../../src/domain/erased-address.ts";
import { createToken, formatToken } from "../../../src/domain/token.ts";
import { createTokenKeys } from "../../../src/domain/token-keys.ts";
import { createWebApp } from "../../../src/web/web-app.ts";
import { createSampleList, planSampleCampaign } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";

/*
 * Leaving, row by row: RFC 8058, and what mailbox providers and link scanners do to such links.
 */

let web: PublicWeb;
let listId: number;
let otherListId: number;
let reader: number;
let path: string;
let run = 0;

beforeAll(async () => {
  web = await createPublicWeb();
});
afterAll(() => web.stop());

beforeEach(async () => {
  run += 1;
  const first = await createSampleList(web.pool, [`ada${run}@example.org`], `news-${run}`);
  const other = await createSampleList(web.pool, [], `more-${run}`);
  listId = first.listId;
  otherListId = other.listId;
  reader = first.subscribers[0] as number;
  await web.pool.query("INSERT INTO subscriptions (list_id, subscriber_id, status) VALUES ($1, $2, 'confirmed')", [
    otherListId,
    reader,
  ]);
  path = web.link("unsubscribe", { list: listId, subscriber: reader, delivery: { campaign: 12, number: 345 } });
});

async function statusOn(list: number): Promise<string | undefined> {
  const { rows } = await web.pool.query<{ status: string }>(
    "SELECT status FROM subscriptions WHERE list_id = $1 AND subscriber_id = $2",
    [list, reader],
  );
  return rows[0]?.status;
}

function multipart(fields: Record<string, string>): { body: FormData } {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { body };
}

const pair = { "List-Unsubscribe": "One-Click" };

describe("the one-click POST", () => {
  it("ends the subscription when sent as multipart/form-data", async () => {
    const answer = await web.app.request(path, { method: "POST", ...multipart(pair) });
    expect(answer.status).toBe(200);
    expect(await statusOn(listId)).toBe("unsubscribed");
    expect(await statusOn(otherListId)).toBe("confirmed");
  });

  it("ends it when sent as application/x-www-form-urlencoded, 26 octets long", async () => {
    const body = "List-Unsubscribe=One-Click";
    expect(body).toHaveLength(26);
    const answer = await web.app.request(path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "content-length": "26" },
      body,
    });
    expect(answer.status).toBe(200);
    expect(await statusOn(listId)).toBe("unsubscribed");
  });

  it("needs no cookie, sets none, and does not redirect", async () => {
    const answer = await web.post(path, pair, { origin: "https://mail.example.net", "sec-fetch-site": "cross-site" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect((await answer.text()).length).toBeLessThan(200);
    expect(await statusOn(listId)).toBe("unsubscribed");
  });

  it("is as good twice as once, and keeps the first time and how it came", async () => {
    await web.post(path, pair);
    const left = "SELECT consent -> 'left' AS left FROM subscriptions WHERE list_id = $1 AND subscriber_id = $2";
    const first = (await web.pool.query(left, [listId, reader])).rows[0];
    expect(first.left).toMatchObject({ by: "one-click", delivery: "12.345", was: "confirmed" });
    expect((await web.post(path, pair)).status).toBe(200);
    expect((await web.pool.query(left, [listId, reader])).rows[0]).toEqual(first);
  });

  it("is answered after the reader was erased, for a test mail's nobody, and for a membership that was never there", async () => {
    await eraseSubscriber(
      web.pool,
      { key: `ada${run}@example.org`, address: `ada${run}@example.org`, wire: `ada${run}@example.org` },
      createErasureKeys(["a secret of more than sixteen characters"]),
      "test",
    );
    expect((await web.post(path, pair)).status).toBe(200);
    const nobody = web.link("unsubscribe", { list: listId, subscriber: 0, delivery: null });
    expect((await web.post(nobody, pair)).status).toBe(200);
    const noList = web.link("unsubscribe", { list: 999_999, subscriber: reader, delivery: null });
    expect((await web.post(noList, pair)).status).toBe(200);
  });

  it("changes nothing without exactly that pair", async () => {
    const bodies: Record<string, string>[] = [
      {},
      { "List-Unsubscribe": "One-Clack" },
      { "list-unsubscribe": "One-Click" },
      { "List-Unsubscribe": "One-Click", extra: "1" },
      { press: "anything" },
    ];
    for (const body of bodies) {
      const answer = await web.post(path, body);
      expect(answer.status).toBe(400);
      expect((await web.app.request(path, { method: "POST", ...multipart(body) })).status).toBe(400);
    }
    const twice = new URLSearchParams([
      ["List-Unsubscribe", "One-Click"],
      ["List-Unsubscribe", "One-Click"],
    ]);
    expect((await web.post(path, twice)).status).toBe(400);
    const broken = { "content-type": "multipart/form-data; boundary=x" };
    expect(
      (await web.app.request(path, { method: "POST", headers: broken, body: "List-Unsubscribe=One-Click" })).status,
    ).toBe(400);
    expect(await statusOn(listId)).toBe("confirmed");
  });

  it("refuses a body that is no form of ours by its length", async () => {
    const answer = await web.post(path, { "List-Unsubscribe": "x".repeat(40_000) });
    expect(answer.status).toBe(413);
    expect(await statusOn(listId)).toBe("confirmed");
  });
});

describe("a token", () => {
  it("with any bit flipped gets 404 and changes nothing", async () => {
    const text = path.slice("/u/".length);
    const bytes = Buffer.from(text, "base64url");
    let tried = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const answer = await web.post(`/u/${flipped.toString("base64url")}`, pair);
      expect(answer.status).toBe(404);
      tried += 1;
    }
    expect(tried).toBe(bytes.length * 8);
    const { rows } = await web.pool.query(
      "SELECT count(*)::int AS left FROM subscriptions WHERE list_id = ANY($1) AND status = 'unsubscribed'",
      [[listId, otherListId]],
    );
    expect(rows[0].left).toBe(0);
  });

  it("of a secret that was replaced still works, and one of a secret that was taken away does not", async () => {
    const payload = { list: listId, subscriber: reader, delivery: null };
    const [former, foreign] = ["the secret of years ago, long retired", "a secret that was never one of ours"].map(
      (secret) => `/u/${formatToken(createToken(payload, createTokenKeys([secret]), "reader"))}`,
    ) as [string, string];
    const config = { ...web.config, secrets: [...web.config.secrets, "the secret of years ago, long retired"] };
    const rotated = createWebApp({ config, pool: web.pool, log: createLogger(config, "test") });
    const press = { method: "POST", body: new URLSearchParams(pair) };
    expect((await rotated.request(foreign, press)).status).toBe(404);
    expect((await web.post(former, pair)).status).toBe(404);
    expect(await statusOn(listId)).toBe("confirmed");
    expect((await rotated.request(former, press)).status).toBe(200);
    expect(await statusOn(listId)).toBe("unsubscribed");
  });

  it("made for another use, cut short or made longer is none", async () => {
    const text = path.slice("/u/".length);
    const view = web.link("view", { list: listId, subscriber: reader, delivery: null }).slice("/v/".length);
    for (const bad of [view, text.slice(0, -1), `${text}A`, `${text}=`, "x", "%00", text.replace(/.$/, "!")]) {
      expect((await web.post(`/u/${bad}`, pair)).status).toBe(404);
    }
    expect(await statusOn(listId)).toBe("confirmed");
  });
});

describe("looking", () => {
  it("changes nothing by GET, HEAD or OPTIONS, whatever the query says, and shows a button without a script", async () => {
    for (const query of ["", "?List-Unsubscribe=One-Click", "?press=leave"]) {
      const page = await web.app.request(path + query);
      expect(page.status).toBe(200);
      const html = await page.text();
      expect(html).toMatch(/<form method="post"><button[^>]*type="submit"[^>]*name="press"[^>]*value="leave"/);
      expect(html).not.toMatch(/<script|http-equiv|onload|autofocus/i);
    }
    expect((await web.app.request(path, { method: "HEAD" })).status).toBe(200);
    const options = await web.app.request(path, { method: "OPTIONS" });
    expect(options.status).toBe(204);
    expect(options.headers.get("allow")).toBe("GET, HEAD, OPTIONS, POST");
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      expect((await web.app.request(path, { method, body: new URLSearchParams(pair) })).status).toBe(404);
    }
    expect(await statusOn(listId)).toBe("confirmed");
  });

  it("loads nothing from elsewhere, runs nothing, stands in no frame, and is neither cached nor indexed", async () => {
    const { headers } = await web.app.request(path);
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-robots-tag")).toBe("noindex, nofollow");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });

  it("speaks the browser's language, right to left where that is read so", async () => {
    const german = await web.app.request(path, { headers: { "accept-language": "xx, de-AT;q=0.8, en;q=0.5" } });
    expect(await german.text()).toMatch(/<html lang="de" dir="ltr">[^]*abbestellen/);
    const arabic = await web.app.request(`${path}?lang=ar`);
    expect(await arabic.text()).toContain('<html lang="ar" dir="rtl">');
  });
});

it("One network that reads too fast is asked to wait; one-click presses from the same are answered", async () => {
  const from = { "x-forwarded-for": "192.0.2.77" };
  const statuses = new Map<number, number>();
  for (let index = 0; index < 610; index += 1) {
    const { status } = await web.app.request("/u/x", { headers: from });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect([...statuses]).toEqual([
    [404, 600],
    [429, 10],
  ]);
  expect((await web.post(path, pair, from)).status).toBe(200);
});

describe("the page's buttons", () => {
  it("leave this list, then every list by a second choice", async () => {
    const done = await web.post(path, { press: "leave" });
    expect(await done.text()).toMatch(/value="leave-all"[^]*value="undo"/);
    expect([await statusOn(listId), await statusOn(otherListId)]).toEqual(["unsubscribed", "confirmed"]);
    await web.post(path, { press: "leave-all" });
    expect([await statusOn(listId), await statusOn(otherListId)]).toEqual(["unsubscribed", "unsubscribed"]);
  });

  it("take back a mistake, all that it ended", async () => {
    await web.post(path, { press: "leave" });
    await web.post(path, { press: "leave-all" });
    expect((await web.post(path, { press: "undo" })).status).toBe(200);
    expect([await statusOn(listId), await statusOn(otherListId)]).toEqual(["confirmed", "confirmed"]);
  });

  it("do not bring one back who left long ago or by a complaint", async () => {
    await web.post(path, pair);
    await web.pool.query(
      "UPDATE subscriptions SET consent = jsonb_set(consent, '{left,at}', to_jsonb(now() - interval '2 hours')) WHERE subscriber_id = $1 AND list_id = $2",
      [reader, listId],
    );
    expect((await web.post(path, { press: "undo" })).status).toBe(409);
    await web.pool.query(
      `UPDATE subscriptions SET status = 'unsubscribed', consent = jsonb_build_object('left', jsonb_build_object('by', 'complaint', 'at', now(), 'was', 'confirmed'))
       WHERE subscriber_id = $1 AND list_id = $2`,
      [reader, listId],
    );
    expect((await web.post(path, { press: "undo" })).status).toBe(409);
    expect(await statusOn(listId)).toBe("unsubscribed");
  });
});

it("Someone who leaves after the mail was planned and handed out gets nothing: the claim looks again", async () => {
  const { campaign } = await planSampleCampaign(web.pool, listId);
  await web.pool.query("UPDATE campaigns SET state = 'sending' WHERE id = $1", [campaign]);
  const mail = web.link("unsubscribe", { list: listId, subscriber: reader, delivery: { campaign, number: 1 } });
  expect((await web.post(mail, pair)).status).toBe(200);
  const job = { delivery: { campaign, number: 1 }, turn: 1 };
  expect(await claimBatch(web.pool, campaign, [job], { worker: 1, leaseMs: 60_000 }, false)).toEqual([null]);
  const { rows } = await web.pool.query("SELECT state, detail FROM deliveries WHERE campaign_id = $1", [campaign]);
  expect(rows).toEqual([{ state: "skipped", detail: "left the list" }]);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSampleList, planSampleCampaign, addresses } from "../../../support/planned-campaign.ts";
import { createApi, type Api } from "../../../support/api.ts";

let api: Api;
let subscribers: readonly number[];
let campaign: number;
beforeAll(async () => {
  api = await createApi();
  const list = await createSampleList(api.web.pool, addresses(7));
  ({ subscribers } = list);
  ({ campaign } = await planSampleCampaign(api.web.pool, list.listId));
});
afterAll(() => api.web.stop());

/** Follows `next` to the end. */
async function gather(path: string, limit: number): Promise<unknown[]> {
  const items: unknown[] = [];
  let next: string | null = "";
  for (let pages = 0; next !== null && pages < 20; pages += 1) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const { body } = await api.ask("GET", `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor}`);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    items.push(...body.items);
    next = body.next;
  }
  return items;
}

describe("people", () => {
  it("are added with their consent, changed by the same address, and listed once each page by page", async () => {
    const given = {
      address: "Ada@example.com",
      lang: "EN-gb",
      zone: "Europe/London",
      topics: ["maths", "maths"],
      attributes: { firstName: "Ada" },
      join: [{ list: "news", consent: "the shop's checkout" }],
    };
    const added = await api.ask("POST", "/api/subscribers", given);
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({
      address: "Ada@example.com",
      lang: "en-GB",
      topics: ["maths"],
      subscriptions: [{ list: "news", status: "confirmed" }],
      suppression: null,
    });
    const again = await api.ask("POST", "/api/subscribers", {
      address: "ada@EXAMPLE.com",
      attributes: { firstName: null, city: "London" },
    });
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ id: added.body.id, lang: "en-GB", attributes: { city: "London" } });
    const { rows } = await api.web.pool.query("SELECT consent FROM subscriptions WHERE subscriber_id = $1", [
      added.body.id,
    ]);
    expect(rows[0].consent).toMatchObject({ source: "the shop's checkout", by: "API" });

    const ids = (await gather("/api/subscribers?list=news", 3)).map((item) => (item as { id: number }).id);
    expect(ids).toEqual([...subscribers, added.body.id]);
    const one = await api.ask("GET", "/api/subscribers?address=ADA@example.com");
    expect(one.body.items.map(({ id }: { id: number }) => id)).toEqual([added.body.id]);
    expect((await api.ask("GET", "/api/subscribers?address=nobody@example.com")).body.items).toEqual([]);
  });

  it("who left are not put back by a program, but may be asked by a mail", async () => {
    const id = subscribers[0] as number;
    const left = await api.ask("POST", `/api/subscribers/${id}/unsubscribe`, { list: "news" });
    expect(left.body.subscriptions).toMatchObject([{ list: "news", status: "unsubscribed" }]);
    const address = "reader1@example.net";
    const back = await api.ask("POST", "/api/subscribers", { address, join: [{ list: "news", consent: "a file" }] });
    expect([back.status, back.body.code]).toEqual([409, "left-list"]);
    const asked = await api.ask("POST", "/api/subscribers", { address, join: [{ list: "news", ask: true }] });
    expect(asked.body.subscriptions).toMatchObject([{ status: "unsubscribed" }]);
    const { rows } = await api.web.pool.query("SELECT kind FROM reader_requests WHERE address_key = $1", [address]);
    expect(rows).toEqual([{ kind: "sign-up" }]);
  });

  it("are suppressed with a reason, lifted with one, and erased for good", async () => {
    const address = "reader2@example.net";
    const id = subscribers[1] as number;
    const path = `/api/subscribers/${id}`;
    const suppress = (headers = {}) =>
      api.ask("POST", "/api/suppressions", { address, reason: "asked by phone" }, headers);
    expect((await suppress({ "idempotency-key": "suppress-2" })).body).toEqual({ address, changed: true });
    expect((await suppress()).body).toEqual({ address, changed: false });
    expect((await api.ask("GET", path)).body.suppression).toMatchObject({ reason: "manual" });
    const lifted = await api.ask("POST", "/api/suppressions/lift", { address, reason: "asked again" });
    expect(lifted.body).toEqual({ address, changed: true });

    const key = { "idempotency-key": "change-2" };
    await api.ask("POST", "/api/subscribers", { address, lang: "fr" }, key);
    expect((await api.ask("DELETE", path)).status).toBe(204);
    expect((await api.ask("GET", path)).status).toBe(404);
    expect((await api.ask("DELETE", path)).status).toBe(404);
    const back = await api.ask("POST", "/api/subscribers", { address });
    expect([back.status, back.body.code]).toEqual([409, "erased-address"]);
    const kept = await api.web.pool.query("SELECT 1 FROM api_answers WHERE body LIKE '%reader2@%'");
    expect(kept.rowCount).toBe(0);
    const { rows } = await api.web.pool.query(
      "SELECT action, words FROM audit_entries LEFT JOIN audit_details USING (number) ORDER BY number DESC LIMIT 4",
    );
    expect(rows).toEqual([
      { action: "subscriber-erased", words: null },
      { action: "subscriber-changed", words: null },
      { action: "suppression-lifted", words: null },
      { action: "suppression-added", words: null },
    ]);
  });

  it.each([
    [{}, "/address"],
    [{ address: 7 }, "/address"],
    [{ address: "a@example.com", lang: "a\0b" }, "/lang"],
    [{ address: "a@example.com", attributes: { "no name": "x" } }, "/attributes/no name"],
    [{ address: "a@example.com", attributes: { city: "\ud800" } }, "/attributes/city"],
    [{ address: "a@example.com", everything: true }, ""],
    [{ address: "a@example.com", join: [{ list: "news" }] }, "/join/0"],
  ])("that are given as %j are refused with the field's name", async (given, field) => {
    const { status, body } = await api.ask("POST", "/api/subscribers", given);
    expect([status, body.code, body.problems[0].field]).toEqual([422, "bad-field", field]);
  });

  it.each([
    [{ address: "no address" }, "bad-address"],
    [{ address: "a@example.com", lang: "klingonese" }, "bad-language"],
    [{ address: "a@example.com", zone: "CET" }, "unknown-zone"],
    [{ address: "a@example.com", attributes: { email: "x" } }, "bad-attribute"],
    [{ address: "a@example.com", join: [{ list: "none", consent: "x" }] }, "list-unknown"],
  ])("that are given as %j are refused with the code %s, and nothing is changed", async (given, code) => {
    const { status, body } = await api.ask("POST", "/api/subscribers", given);
    expect([status, body.code]).toEqual([422, code]);
    expect((await api.ask("GET", "/api/subscribers?address=a@example.com")).body.items).toEqual([]);
  });
});

describe("campaigns", () => {
  it("show a balance that adds up, and each recipient once, page by page", async () => {
    const { body } = await api.ask("GET", `/api/campaigns/${campaign}`);
    const { planned, ...parts } = body.balance;
    expect(planned).toBe(7);
    expect(Object.values(parts as Record<string, number>).reduce((sum, part) => sum + part, 0)).toBe(7);
    const deliveries = (await gather(`/api/campaigns/${campaign}/deliveries`, 2)) as { id: string }[];
    expect(deliveries.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7].map((number) => `${campaign}.${number}`));
    const refused = await api.ask("GET", `/api/campaigns/${campaign}/deliveries?state=refused`);
    expect(refused.body).toEqual({ items: [], next: null });
    expect((await gather("/api/campaigns", 1)).map((item) => (item as { id: number }).id)).toEqual([campaign]);
  });

  it("are paused, resumed and cancelled by a program that the log names", async () => {
    const path = `/api/campaigns/${campaign}`;
    const paused = await api.ask("POST", `${path}/pause`, { reason: "the site is down" });
    expect(paused.body).toMatchObject({ state: "paused", stateReason: "the site is down" });
    expect((await api.ask("POST", `${path}/pause`)).body).toMatchObject({ status: 409, code: "wrong-state" });
    expect((await api.ask("POST", `${path}/resume`)).body.state).toBe("scheduled");
    expect((await api.ask("POST", `${path}/cancel`)).body.state).toBe("cancelled");
    const { rows } = await api.web.pool.query(
      "SELECT actor, action FROM audit_entries WHERE subject = $1 ORDER BY number",
      [`campaign:${campaign}`],
    );
    const token = (await api.web.pool.query("SELECT min(id) AS id FROM api_tokens")).rows[0].id;
    expect(rows).toEqual(
      ["campaign-paused", "campaign-resumed", "campaign-cancelled"].map((action) => ({
        actor: `token:${token}`,
        action,
      })),
    );
  });
});

describe("feedback", () => {
  it("is followed by the last item's id", async () => {
    const { pool } = api.web;
    await pool.query(
      `INSERT INTO feedback (at, source, kind, hard, diagnostic, digest, campaign_id, number)
       SELECT now() - interval '1 minute', 'smtp', CASE WHEN n = 2 THEN 'complaint' ELSE 'soft' END, false, 'said ' || n, sha256(n::text::bytea), $1, n
       FROM generate_series(1, 3) n`,
      [campaign],
    );
    const first = await api.ask("GET", "/api/feedback?limit=2");
    expect(first.body.items.map(({ diagnostic }: { diagnostic: string }) => diagnostic)).toEqual(["said 1", "said 2"]);
    const rest = await api.ask("GET", `/api/feedback?cursor=${first.body.items[1].id}`);
    expect(rest.body).toMatchObject({ items: [{ diagnostic: "said 3", delivery: `${campaign}.3` }], next: null });
    expect((await api.ask("GET", "/api/feedback?kind=complaint")).body.items).toHaveLength(1);
    // Of two that were recorded just now, the one with the smaller number may yet be on its way.
    const insert =
      "INSERT INTO feedback (id, at, source, kind, hard, diagnostic, digest) OVERRIDING SYSTEM VALUE VALUES";
    await pool.query(
      `${insert} (901, now() - interval '1 minute', 'smtp', 'soft', false, 'earlier', 'x'), (900, now(), 'smtp', 'soft', false, 'late', 'y')`,
    );
    const settled = await api.ask("GET", `/api/feedback?cursor=${first.body.items[1].id}`);
    expect(settled.body.items).toHaveLength(1);
    expect((await api.ask("GET", "/api/feedback?campaign=999")).body.items).toEqual([]);
  });
});

describe("an Idempotency-Key", () => {
  it("gives the first answer again and no second effect; another request under it is refused", async () => {
    const headers = { "idempotency-key": "order-1" };
    const given = { address: "key@example.com", lang: "de" };
    const first = await api.ask("POST", "/api/subscribers", given, headers);
    await api.ask("PATCH", `/api/subscribers/${first.body.id}`, { lang: "fr" });
    const second = await api.ask("POST", "/api/subscribers", given, headers);
    expect([second.status, second.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(second.body).toEqual(first.body);
    expect((await api.ask("GET", `/api/subscribers/${first.body.id}`)).body.lang).toBe("fr");
    const other = await api.ask("POST", "/api/subscribers", { ...given, lang: "es" }, headers);
    expect([other.status, other.body.code]).toEqual([422, "idempotency-key-reused"]);
    const elsewhere = await api.web.app.request("/api/subscribers", {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${await api.tokenFor()}`, "content-type": "application/json" },
      body: JSON.stringify(given),
    });
    expect(elsewhere.status).toBe(200);
  });

  it("lets one of many at once through", async () => {
    const headers = { "idempotency-key": "all-at-once" };
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => api.ask("POST", "/api/subscribers", { address: "many@example.com" }, headers)),
    );
    const codes = replies.map(({ status, headers: given }) => (given.get("idempotency-replayed") ? "again" : status));
    expect(codes.filter((code) => code === 201)).toHaveLength(1);
    expect(codes.filter((code) => code !== 201 && code !== "again" && code !== 409)).toEqual([]);
    const log = await api.web.pool.query(
      "SELECT 1 FROM audit_entries e JOIN subscribers s ON e.subject = 'subscriber:' || s.id WHERE s.address_key = 'many@example.com'",
    );
    expect(log.rowCount).toBe(1);
  });

  it("whose first request died with its process is free again after a minute, for the same request alone", async () => {
    const headers = { "idempotency-key": "died" };
    const given = { address: "died@example.com" };
    await api.ask("POST", "/api/subscribers", given, headers);
    const { pool } = api.web;
    await pool.query("UPDATE api_answers SET status = NULL, body = NULL WHERE key = 'died'");
    const early = await api.ask("POST", "/api/subscribers", given, headers);
    expect([early.status, early.body.code, early.headers.get("retry-after")]).toEqual([409, "still-running", "1"]);
    await pool.query("UPDATE api_answers SET created_at = now() - interval '2 minutes' WHERE key = 'died'");
    const other = await api.ask("POST", "/api/subscribers", { ...given, lang: "de" }, headers);
    expect(other.body.code).toBe("idempotency-key-reused");
    const late = await api.ask("POST", "/api/subscribers", given, headers);
    expect([late.status, late.headers.get("idempotency-replayed")]).toEqual([200, null]);
  });

  it("is forgotten after a day, and a refusal is kept as well as an answer", async () => {
    const headers = { "idempotency-key": "yesterday" };
    const refused = await api.ask("POST", "/api/subscribers", { address: "none" }, headers);
    const again = await api.ask("POST", "/api/subscribers", { address: "none" }, headers);
    expect([refused.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([422, 422, "true"]);
    await api.web.pool.query("UPDATE api_answers SET created_at = now() - interval '25 hours'");
    const fresh = await api.ask("POST", "/api/subscribers", { address: "fresh@example.com" }, headers);
    expect(fresh.status).toBe(201);
    expect((await api.web.pool.query("SELECT key FROM api_answers")).rows).toEqual([{ key: "yesterday" }]);
  });
});

describe("a request", () => {
  it("that is no JSON, of another type, or too long is refused in the API's own words", async () => {
    const none = await api.ask("POST", "/api/subscribers", "{");
    expect([none.status, none.body.code]).toEqual([400, "bad-json"]);
    const form = await api.ask("POST", "/api/subscribers", "address=a", { "content-type": "text/plain" });
    expect([form.status, form.body.code]).toEqual([415, "not-json"]);
    const long = await api.ask("POST", "/api/subscribers", `{"address":"${"a".repeat(300_000)}"}`);
    expect([long.status, long.body.code]).toEqual([413, "body-too-long"]);
    const given = { address: "a@example.com" };
    const keyless = await api.ask("POST", "/api/subscribers", given, { "idempotency-key": "k".repeat(201) });
    expect([keyless.status, keyless.body.code]).toEqual([400, "bad-idempotency-key"]);
  });

  it("with a parameter that there isn't, or out of its bounds, is refused with its name", async () => {
    for (const [path, field] of [
      ["/api/subscribers?limit=0", "limit"],
      ["/api/subscribers?limit=201", "limit"],
      ["/api/subscribers?cursor=x", "cursor"],
      ["/api/subscribers/zero", "id"],
      [`/api/campaigns/${campaign}/deliveries?state=lost`, "state"],
    ] as const) {
      const { status, body } = await api.ask("GET", path);
      expect([path, status, body.problems[0].field]).toEqual([path, 422, field]);
    }
    expect((await api.ask("GET", "/api/lists?page=2")).status).toBe(200);
    expect((await api.ask("GET", "/api/feedback?page=2")).status).toBe(422);
  });
});

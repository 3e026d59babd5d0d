import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConsole, type Console } from "../../../support/console.ts";

let made: Console;
beforeAll(async () => {
  made = await createConsole();
});
afterAll(() => made.web.stop());

describe("webhooks in the console", () => {
  it("are made with a secret that is shown once and kept sealed, tried, and removed; the log names who did it", async () => {
    const { admin } = made.people;
    const { pool } = made.web;
    const url = "https://hooks.shop.example.com/in";
    const page = await (await admin.post("/console/webhooks", { url, event: "campaign.sent" })).text();
    const secret = /whsec_[A-Za-z0-9+/=]{44}/.exec(page)?.[0] as string;
    expect(await (await admin.get("/console/webhooks")).text()).not.toContain(secret);
    const { rows } = await pool.query(
      "SELECT id, url, events, encode(secret, 'escape') AS kept FROM webhook_endpoints",
    );
    expect(rows).toMatchObject([{ url, events: ["campaign.sent"] }]);
    expect(rows[0].kept).not.toContain("whsec_");

    const path = `/console/webhooks/${rows[0].id}`;
    expect((await admin.post(`${path}/test`)).status).toBe(303);
    expect((await pool.query("SELECT event FROM webhook_messages")).rows).toEqual([{ event: "webhook.test" }]);
    expect(await (await admin.get("/console/webhooks")).text()).toContain("webhook.test");
    expect((await admin.post(`${path}/resume`)).status).toBe(422);
    await pool.query("UPDATE webhook_endpoints SET stopped = 'it answered 410: it is gone'");
    expect(await (await admin.get("/console/webhooks")).text()).toContain("it answered 410");
    expect((await admin.post(`${path}/test`)).status).toBe(422);
    expect((await admin.post(`${path}/resume`)).status).toBe(303);
    expect((await admin.post(`${path}/remove`)).status).toBe(303);
    expect((await admin.post(`${path}/remove`)).status).toBe(422);
    expect((await pool.query("SELECT due_at FROM webhook_messages")).rows).toEqual([{ due_at: null }]);
    const log = await pool.query("SELECT action FROM audit_entries WHERE subject = $1 ORDER BY number", [
      `webhook:${rows[0].id}`,
    ]);
    expect(log.rows.map(({ action }) => action)).toEqual(["webhook-made", "webhook-resumed", "webhook-removed"]);
  });

  it.each([
    ["http://hooks.shop.example.com/", "campaign.sent"],
    ["https://127.0.0.1/", "campaign.sent"],
    ["https://[::1]/", "campaign.sent"],
    ["https://10.1.2.3/", "campaign.sent"],
    ["https://localhost/", "campaign.sent"],
    ["https://user:password@hooks.shop.example.com/", "campaign.sent"],
    ["ftp://hooks.shop.example.com/", "campaign.sent"],
    ["hooks", "campaign.sent"],
    ["https://hooks.shop.example.com/", "everything"],
    ["https://hooks.shop.example.com/", ""],
  ])("are refused for %s, told of %o", async (url, event) => {
    const response = await made.people.admin.post("/console/webhooks", { url, event });
    expect(response.status).toBe(422);
    expect(await response.text()).not.toContain("whsec_");
  });

  it("are twenty at most", async () => {
    const { admin } = made.people;
    const make = () =>
      admin.post("/console/webhooks", { url: "https://hooks.shop.example.com/", event: "campaign.sent" });
    const statuses: number[] = [];
    for (let count = 0; count < 21; count += 1) statuses.push((await make()).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 422]);
  });
});

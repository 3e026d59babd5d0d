import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMemoryBodies } from "../../../src/adapters/catcher/bodies.ts";
import { createStore } from "../../../src/adapters/catcher/store.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { createCatcherApp } from "../../../src/preview/catcher-app.tsx";

const store = createStore({
  bodies: createMemoryBodies(),
  limits: { mailsMax: 10, bytesMax: 1e6 },
  clock: systemClock,
});
const app = createCatcherApp({ store, smtpUrl: "smtp://127.0.0.1:1025", hosts: ["catcher.example.com"] });
let id = "";
beforeAll(async () => {
  const client = { address: "127.0.0.1", hello: "x", user: null, tls: false };
  const envelope = { from: "a@example.com", to: [], smtpUtf8: false, returnBody: null, envelopeId: null, client };
  id = (await store.take(envelope, Buffer.from("Subject: x\r\n\r\nx\r\n"))).id;
});
afterAll(() => store.remove(undefined));

const ask = (path: string, headers: Record<string, string> = {}, method = "GET", host = "localhost:8025") =>
  app.request(`http://${host}${path}`, { method, headers });

describe("who may talk to the web port", () => {
  it.each(["localhost:8025", "127.0.0.1:8025", "[::1]:8025", "catcher:8025", "a.localhost", "catcher.example.com"])(
    "answers under the name %s",
    async (host) => {
      expect((await ask("/", {}, "GET", host)).status).toBe(200);
    },
  );

  it("refuses a foreign name, as a rebound DNS entry would bring it", async () => {
    for (const path of ["/", "/api/v1/messages", `/mail/${id}`, "/events"]) {
      expect((await ask(path, {}, "GET", "evil.example.net")).status).toBe(421);
    }
  });

  it("refuses what another site's page, or a mail in its frame, loads by itself", async () => {
    for (const path of ["/api/v1/messages", `/api/v1/message/${id}`, `/mail/${id}/raw`, "/"]) {
      for (const mode of ["no-cors", "cors"]) {
        expect((await ask(path, { "sec-fetch-site": "cross-site", "sec-fetch-mode": mode })).status).toBe(403);
      }
    }
    expect((await ask("/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).status).toBe(200);
  });

  it("refuses changes from another origin, a sandboxed one included, and takes them from its own and from programs", async () => {
    const forms = [`/mail/${id}/unread`, "/read-all"];
    for (const path of forms) {
      expect((await ask(path, { origin: "null" }, "POST")).status).toBe(403);
      expect((await ask(path, { origin: "http://evil.example.net" }, "POST")).status).toBe(403);
      expect((await ask(path, { origin: "http://localhost:9999" }, "POST")).status).toBe(403);
      expect((await ask(path, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, "POST")).status).toBe(
        403,
      );
      expect((await ask(path, { origin: "http://localhost:8025" }, "POST")).status).toBe(303);
      expect((await ask(path, {}, "POST")).status).toBe(303);
    }
    expect((await ask("/api/v1/messages", { origin: "http://evil.example.net" }, "DELETE")).status).toBe(403);
    expect(store.counts().kept).toBe(1);
  });

  it("sends a strict policy with every answer, and never allows another origin to read", async () => {
    for (const path of ["/", `/mail/${id}`, "/help", "/api/v1/messages", "/nothing", "/assets/nothing.css"]) {
      const { headers } = await ask(path, { origin: "http://evil.example.net" });
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("gives out a mail's pieces so that nothing in them runs", async () => {
    for (const path of [`/mail/${id}/frame`, `/mail/${id}/raw`, `/mail/${id}/part/1`, `/api/v1/message/${id}/part/1`]) {
      const { headers, status } = await ask(path);
      expect([path, status]).toEqual([path, 200]);
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
      expect(headers.get("content-security-policy")).not.toMatch(/allow-scripts|allow-same-origin|allow-forms/);
    }
  });
});

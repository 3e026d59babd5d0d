import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eraseSubscriber } from "../../../src/adapters/postgres/erase-subscriber.ts";
import { queueConfirmations } from "../../../src/app/queue-confirmations.ts";
import { loadErasureKeys } from "../../../src/app/secret.ts";
import { requestSignUp } from "../../../src/app/sign-up.ts";
import { parseAddress, type Address } from "../../../src/domain/address.ts";
import { createSampleList } from "../../support/planned-campaign.ts";
import { createPublicWeb, type PublicWeb } from "../../support/public-web.ts";

let web: PublicWeb;
let listId: number;
let member: number;
let network = 0;

beforeAll(async () => {
  web = await createPublicWeb();
  const list = await createSampleList(web.pool, ["member@example.org"]);
  listId = list.listId;
  member = list.subscribers[0] as number;
});
afterAll(() => web.stop());

/** From a network of its own each time, so that the limits are only met where a test means to. */
function signUp(email: string, fields: Record<string, string> = {}): Promise<Response> {
  network += 1;
  const ip = `203.${(network >> 8) & 255}.${network & 255}.7`;
  return web.post("/join/news", { email, ...fields }, { "x-forwarded-for": ip });
}

async function noticesTo(
  address: string,
): Promise<{ kind: string; content: { type: string; subject: number; lang: string } }[]> {
  await queueConfirmations(web.pool);
  return (await web.pool.query("SELECT kind, content FROM notices WHERE address_key = $1 ORDER BY id", [address])).rows;
}

async function confirmLink(address: string): Promise<string> {
  const notice = (await noticesTo(address)).at(-1);
  return web.link("confirm", { list: listId, subscriber: notice?.content.subject as number, delivery: null });
}

async function statusOf(
  address: string,
): Promise<{ status: string; consent: Record<string, unknown>; lang: string | null } | undefined> {
  const { rows } = await web.pool.query(
    "SELECT m.status, m.consent, s.lang FROM subscriptions m JOIN subscribers s ON s.id = m.subscriber_id WHERE s.address_key = $1 AND m.list_id = $2",
    [address, listId],
  );
  return rows[0];
}

describe("signing up", () => {
  it("is a page with one field, and an answer that sends to the inbox", async () => {
    const page = await web.app.request("/join/news");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
    expect(await page.text()).toMatch(/<form[^>]*action="\/join\/news"[^]*type="email"/);
    const answer = await signUp("grace@example.org");
    expect(answer.status).toBe(202);
    expect(await answer.text()).toContain("grace@example.org");
  });

  it("says the same of everybody: one who is on the list, one who left, one who is suppressed, one who is new", async () => {
    await createSampleList(web.pool, ["gone@example.org", "bounced@example.org"], "others");
    await web.pool.query(
      "INSERT INTO subscriptions (list_id, subscriber_id, status) SELECT $1, id, 'unsubscribed' FROM subscribers WHERE address_key = 'gone@example.org'",
      [listId],
    );
    await web.pool.query(
      "INSERT INTO suppressions (key, reason, source) VALUES ('bounced@example.org', 'hard-bounce', 'test')",
    );
    const answers = new Set<string>();
    for (const address of ["member@example.org", "gone@example.org", "bounced@example.org", "nobody@example.org"]) {
      const answer = await signUp(address);
      const headers = [...answer.headers].filter(([name]) => name !== "content-length").join();
      answers.add(`${answer.status} ${headers} ${(await answer.text()).replaceAll(address, "ADDRESS")}`);
    }
    expect(answers.size).toBe(1);
    await queueConfirmations(web.pool);
    // What each gets differs: only its own reader sees that.
    expect((await noticesTo("member@example.org")).map(({ content }) => content)).toMatchObject([
      { type: "already", subject: member },
    ]);
    expect((await noticesTo("gone@example.org")).map(({ content }) => content.type)).toEqual(["sign-up"]);
    expect(await noticesTo("bounced@example.org")).toEqual([]);
    expect((await statusOf("gone@example.org"))?.status).toBe("unsubscribed");
  });

  it("asked ten thousand times for one address sends one mail", async () => {
    const address = parseAddress("bombed@example.org") as Address;
    const one = { listId, address, lang: "en", wording: "", origin: { ip: null, page: "/join/news" } };
    for (let round = 0; round < 200; round += 1) {
      await Promise.all(Array.from({ length: 50 }, () => requestSignUp(web.pool, one)));
      if (round % 50 === 0) await queueConfirmations(web.pool);
    }
    expect(await noticesTo("bombed@example.org")).toHaveLength(1);
    const { rows } = await web.pool.query("SELECT asked FROM reader_requests WHERE address_key = 'bombed@example.org'");
    expect(rows).toEqual([{ asked: 10_000 }]);
  });

  it("for one address on many lists sends three mails in a day", async () => {
    for (let list = 1; list <= 5; list += 1) {
      await createSampleList(web.pool, [], `list-${list}`);
      await web.post(`/join/list-${list}`, { email: "many@example.org" }, { "x-forwarded-for": `198.51.${list}.1` });
    }
    expect(await noticesTo("many@example.org")).toHaveLength(3);
  });

  it("from one network is limited, wider with a proof of work, and no proof counts twice", async () => {
    const from = { "x-forwarded-for": "192.0.2.1" };
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      statuses.push((await web.post("/join/news", { email: `n${index}@example.org` }, from)).status);
    }
    expect(statuses.filter((status) => status === 202)).toHaveLength(10);
    expect(statuses.slice(10)).toEqual([429, 429]);
    const challenge =
      /name="challenge" value="([^"]+)"/.exec(await (await web.app.request("/join/news")).text())?.[1] ?? "";
    let answer = 0;
    while (createHash("sha256").update(`${challenge}:${answer}`).digest().readUInt16BE(0) !== 0) answer += 1;
    const proof = { challenge, answer: String(answer) };
    expect((await web.post("/join/news", { email: "proven@example.org", ...proof }, from)).status).toBe(202);
    expect((await web.post("/join/news", { email: "again@example.org", ...proof }, from)).status).toBe(429);
    expect(
      (await web.post("/join/news", { email: "forged@example.org", challenge: `${challenge}x`, answer: "1" }, from))
        .status,
    ).toBe(429);
  });

  it("by a program that fills in everything gets the same answer and no mail", async () => {
    const answer = await signUp("trap@example.org", { website: "https://spam.example" });
    expect(answer.status).toBe(202);
    expect(await noticesTo("trap@example.org")).toEqual([]);
  });

  it("with what is no address is told so beside the field", async () => {
    const answer = await signUp("ada@");
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/aria-invalid="true"[^]*role="alert"/);
  });

  it("is not possible where the list's owner closed it", async () => {
    await createSampleList(web.pool, [], "staff");
    await web.pool.query(`UPDATE lists SET settings = '{"signup": false}' WHERE slug = 'staff'`);
    expect((await web.app.request("/join/staff")).status).toBe(404);
    expect((await web.post("/join/staff", { email: "x@example.org" })).status).toBe(404);
    expect((await web.app.request("/join/no-such-list")).status).toBe(404);
  });

  it("works through the API, as a form and as JSON, from other sites too", async () => {
    const json = await web.app.request("/api/subscribe", {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "198.18.0.1" },
      body: JSON.stringify({ list: "news", email: "api@example.org" }),
    });
    expect(json.status).toBe(202);
    expect(json.headers.get("access-control-allow-origin")).toBe("*");
    expect(await json.json()).toMatchObject({ status: "taken" });
    expect((await web.post("/api/subscribe", { list: "news", email: "form@example.org" })).status).toBe(202);
    expect(await noticesTo("api@example.org")).toHaveLength(1);
    expect((await web.post("/api/subscribe", { list: "none", email: "form@example.org" })).status).toBe(404);
    expect((await web.post("/api/subscribe", { list: "news" })).status).toBe(400);
    const broken = await web.app.request("/api/subscribe", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(broken.status).toBe(400);
  });
});

describe("confirming", () => {
  it("needs a press: the link alone changes nothing, and before it she is pending", async () => {
    await signUp("new@example.org", { lang: "de" });
    const link = await confirmLink("new@example.org");
    for (const method of ["GET", "HEAD"]) expect((await web.app.request(link, { method })).status).toBe(200);
    expect((await web.post(link, {})).status).toBe(400);
    expect((await statusOf("new@example.org"))?.status).toBe("pending");
  });

  it("keeps the proof: wording, when and where from, asked and confirmed; and her language", async () => {
    const link = await confirmLink("new@example.org");
    const answer = await web.post(link, { press: "confirm" }, { "x-forwarded-for": "198.51.100.9" });
    expect(answer.status).toBe(200);
    const subscription = await statusOf("new@example.org");
    expect(subscription?.status).toBe("confirmed");
    expect(subscription?.lang).toBe("de");
    expect(subscription?.consent).toMatchObject({
      wording: "Ich möchte News per Mail erhalten. Ich kann mich jederzeit mit einem Klick abmelden.",
      askedFrom: { page: "/join/news", ip: expect.stringMatching(/^203\./) },
      confirmedFrom: { ip: "198.51.100.9" },
    });
    expect(Date.parse(String(subscription?.consent["confirmedAt"]))).toBeGreaterThanOrEqual(
      Date.parse(String(subscription?.consent["askedAt"])),
    );
  });

  it("twice is as good as once, but an old link never brings back one who left", async () => {
    const link = await confirmLink("new@example.org");
    expect((await web.post(link, { press: "confirm" })).status).toBe(200);
    await web.pool.query(
      "UPDATE subscriptions SET status = 'unsubscribed' FROM subscribers s WHERE s.id = subscriber_id AND s.address_key = 'new@example.org'",
    );
    await web.post(link, { press: "confirm" });
    expect((await statusOf("new@example.org"))?.status).toBe("unsubscribed");
  });

  it("by a link that ran out changes nothing", async () => {
    await signUp("late@example.org");
    const link = await confirmLink("late@example.org");
    await web.pool.query("UPDATE reader_requests SET expires_at = now() WHERE address_key = 'late@example.org'");
    expect((await web.post(link, { press: "confirm" })).status).toBe(410);
    expect((await statusOf("late@example.org"))?.status).toBe("pending");
  });

  it("'That was not me', on the page or by the mail's own header, keeps everybody else from asking again", async () => {
    for (const [address, say] of [
      ["notme1@example.org", (link: string) => web.post(link, { press: "not-me" })],
      ["notme2@example.org", (link: string) => web.post(link, { "List-Unsubscribe": "One-Click" })],
    ] as const) {
      await signUp(address);
      const subject = (await noticesTo(address))[0]?.content.subject as number;
      const kind = address.startsWith("notme1") ? "confirm" : "unsubscribe";
      expect((await say(web.link(kind, { list: listId, subscriber: subject, delivery: null }))).status).toBe(200);
      await web.pool.query("UPDATE reader_requests SET mailed_at = now() - interval '2 hours' WHERE address_key = $1", [
        address,
      ]);
      await signUp(address);
      expect(await noticesTo(address)).toHaveLength(1);
      expect(
        (
          await web.post(web.link("confirm", { list: listId, subscriber: subject, delivery: null }), {
            press: "confirm",
          })
        ).status,
      ).toBe(200);
      expect((await statusOf(address))?.status).toBe("pending");
    }
  });

  it("any flipped bit of its token is 404", async () => {
    await signUp("bits@example.org");
    const link = await confirmLink("bits@example.org");
    const bytes = Buffer.from(link.slice(3), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect((await web.post(`/c/${flipped.toString("base64url")}`, { press: "confirm" })).status).toBe(404);
    }
    expect((await statusOf("bits@example.org"))?.status).toBe("pending");
  });

  it("brings back one who was erased, by her own press alone", async () => {
    const address = { key: "back@example.org", address: "back@example.org", wire: "back@example.org" };
    await eraseSubscriber(web.pool, address, loadErasureKeys(web.config), "test");
    await signUp("back@example.org");
    await web.post(await confirmLink("back@example.org"), { press: "confirm" });
    expect((await statusOf("back@example.org"))?.status).toBe("confirmed");
    expect((await web.pool.query("SELECT 1 FROM suppressions WHERE reason = 'erased'")).rowCount).toBe(0);
  });
});

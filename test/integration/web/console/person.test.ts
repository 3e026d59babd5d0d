import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTimeline } from "../../../../src/adapters/postgres/person-timeline.ts";
import { createConsole, type Console } from "../../../support/console.ts";
import { createSampleList, planSampleCampaign } from "../../../support/planned-campaign.ts";

let made: Console;
let ada: number;
let bea: number;

beforeAll(async () => {
  made = await createConsole();
  const { pool } = made.web;
  const list = await createSampleList(pool, ["Ada@web.example", "bea@web.example"]);
  [ada, bea] = list.subscribers as [number, number];
  await pool.query("UPDATE subscriptions SET consent = $1", [{ source: "the fair" }]);
  const { campaign } = await planSampleCampaign(pool, list.listId);
  await pool.query(
    `UPDATE deliveries SET state = 'refused', detail = '550 user unknown', settled_at = now() + interval '1 hour', due_at = NULL
     WHERE campaign_id = $1`,
    [campaign],
  );
  await pool.query(
    `INSERT INTO feedback (at, source, kind, hard, diagnostic, campaign_id, number, subscriber_id, digest)
     VALUES (now() + interval '2 hours', 'imap', 'complaint', false, 'told so', $1, 1, $2, '1')`,
    [campaign, ada],
  );
});
afterAll(() => made.web.stop());

const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
const pageOf = async (path: string): Promise<string> => wordsOf(await (await made.people.editor.get(path)).text());
const actionsOf = async (subject: string): Promise<string[]> => {
  const { rows } = await made.web.pool.query<{ action: string }>(
    "SELECT action FROM audit_entries WHERE subject = $1 ORDER BY number",
    [subject],
  );
  return rows.map(({ action }) => action);
};

describe("a person's page", () => {
  it("tells what happened, newest first", async () => {
    const words = await pageOf(`/console/people/${ada}`);
    const places = ["called it spam", "550 user unknown", "source: the fair", "became known"].map((part) =>
      words.indexOf(part),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("gives every event once however it is paged, and begins anew at a cursor of somebody else's making", async () => {
    const { pool } = made.web;
    const all = await readTimeline(pool, ada, { limit: 100 });
    expect(all.map(({ kind }) => kind)).toEqual(["feedback", "mail", "joined", "known"]);
    const paged = [];
    let before: string | undefined;
    for (let page = 0; page < 10; page++) {
      const found = await readTimeline(pool, ada, { before, limit: 1 });
      if (found.length === 0) break;
      paged.push(...found);
      before = found[0]?.cursor;
    }
    expect(paged).toEqual(all);
    expect(await readTimeline(pool, ada, { before: "1'; --", limit: 100 })).toEqual(all);
  });

  it("changes fields, takes emptied ones away, and leaves alone what was not written", async () => {
    const { editor } = made.people;
    const path = `/console/people/${ada}/edit`;
    const first = await editor.post(path, {
      "attribute:firstName": " Ada ",
      lang: "de",
      zone: "Europe/Berlin",
      topics: "news, sport",
      newName: "company",
      newValue: "Engines",
    });
    expect(first.headers.get("location")).toBe(`/console/people/${ada}?done=changed`);
    await editor.post(path, { "attribute:company": "", lang: "de", zone: "Europe/Berlin", topics: "news, sport" });
    const { rows } = await made.web.pool.query("SELECT lang, zone, topics, attributes FROM subscribers WHERE id = $1", [
      ada,
    ]);
    expect(rows).toEqual([
      { lang: "de", zone: "Europe/Berlin", topics: ["news", "sport"], attributes: { firstName: "Ada" } },
    ]);
    expect(await actionsOf(`subscriber:${ada}`)).toEqual(["subscriber-changed", "subscriber-changed"]);
  });

  it("names what is wrong and keeps what was written", async () => {
    const response = await made.people.editor.post(`/console/people/${ada}/edit`, { zone: "Atlantis", lang: "de" });
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain('role="alert"');
    expect(html).toContain('value="Atlantis"');
  });

  it("suppresses with a reason, lifts with one, and shows both", async () => {
    const { editor } = made.people;
    expect((await editor.post(`/console/people/${ada}/suppress`, { reason: " " })).status).toBe(422);
    await editor.post(`/console/people/${ada}/suppress`, { reason: "she wrote" });
    expect(await pageOf(`/console/people/${ada}`)).toContain("Is not mailed: manual, by console: she wrote");
    await editor.post(`/console/people/${ada}/lift`, { reason: "she wrote again" });
    const words = await pageOf(`/console/people/${ada}`);
    expect(words).not.toContain("Is not mailed");
    expect(words).toContain("suppression lifted");
  });

  it("takes somebody off a list, and says so in the timeline", async () => {
    await made.people.editor.post(`/console/people/${ada}/leave`, { list: "news" });
    const events = await readTimeline(made.web.pool, ada, { limit: 100 });
    expect(events.find(({ kind }) => kind === "left")).toMatchObject({ about: "News", detail: "console" });
  });

  it("erases only whoever is named in words, and keeps no address in the log", async () => {
    const { editor } = made.people;
    const { pool } = made.web;
    expect((await editor.post(`/console/people/${bea}/erase`, { address: "ada@web.example" })).status).toBe(422);
    expect((await pool.query("SELECT 1 FROM subscribers WHERE id = $1", [bea])).rowCount).toBe(1);
    const response = await editor.post(`/console/people/${bea}/erase`, { address: "BEA@web.example" });
    expect(response.headers.get("location")).toBe("/console/people?done=erased");
    expect((await editor.get(`/console/people/${bea}`)).status).toBe(404);
    expect(await actionsOf(`subscriber:${bea}`)).toEqual(["subscriber-erased"]);
    const log = await pool.query("SELECT to_jsonb(a)::text AS entry FROM audit_entries a");
    expect(log.rows.map(({ entry }) => entry).join()).not.toContain("bea@");
  });
});

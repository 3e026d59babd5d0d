import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withCondition } from "../../../../src/web/console/segment-page.tsx";
import { createConsole, type Console } from "../../../support/console.ts";
import { createSampleList } from "../../../support/planned-campaign.ts";

let made: Console;
beforeAll(async () => {
  made = await createConsole();
  const { pool } = made.web;
  await createSampleList(pool, ["ada@web.example", "bea@web.example", "cyd@other.example"]);
  await pool.query("UPDATE subscribers SET lang = 'de' WHERE domain = 'web.example'");
});
afterAll(() => made.web.stop());

const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

describe("lists in the console", () => {
  const given = {
    slug: "sport",
    name: "Sport",
    fromAddress: "sport@example.com",
    postal: "1 High Street\r\n\r\nExampleville",
    lang: "de",
  };

  it("are made, changed with their public pages, and each change stands in the log", async () => {
    const { editor } = made.people;
    const { pool } = made.web;
    expect((await editor.post("/console/lists", given)).headers.get("location")).toBe("/console/lists?done=list-made");
    const form = await (await editor.get("/console/lists/sport")).text();
    expect(form).toContain('value="sport@example.com"');
    await editor.post("/console/lists/sport", { ...given, name: "Sports", archive: "open", topics: "ball, , ski" });
    const { rows } = await pool.query("SELECT name, lang, postal_address, settings FROM lists WHERE slug = 'sport'");
    expect(rows).toMatchObject([
      {
        name: "Sports",
        lang: "de",
        postal_address: ["1 High Street", "Exampleville"],
        settings: { signup: false, archive: true, topics: ["ball", "ski"] },
      },
    ]);
    const log = await pool.query("SELECT action FROM audit_entries WHERE subject = 'list:sport' ORDER BY number");
    expect(log.rows).toEqual([{ action: "list-made" }, { action: "list-changed" }]);
  });

  it("name what is wrong and keep what was written", async () => {
    const response = await made.people.editor.post("/console/lists", { ...given, slug: "Big One", zone: "Atlantis" });
    const html = await response.text();
    expect([response.status, html]).toEqual([422, expect.stringContaining("Atlantis")]);
    expect(html).toContain('value="Big One"');
  });

  it("show a viewer no way to change them", async () => {
    const html = await (await made.people.viewer.get("/console/lists")).text();
    expect(html).toContain("News");
    expect(html).not.toContain("/console/lists/new");
  });
});

describe("segments in the console", () => {
  it("count whom an expression means, and show some of them", async () => {
    const query = new URLSearchParams({ list: "news", segment: "", field: "lang", operator: "=", value: "de" });
    const html = await (await made.people.editor.get(`/console/segments?${query}`)).text();
    expect(wordsOf(html)).toContain("2 confirmed members");
    expect(html).toContain("ada@web.example");
    expect(html).not.toContain("cyd@other.example");
  });

  it("mark the place of what is wrong", async () => {
    const query = new URLSearchParams({ list: "news", segment: 'lang = "de" and and' });
    const response = await made.people.editor.get(`/console/segments?${query}`);
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining("<mark>")]);
  });

  it.each([
    ["", "seats", ">", "5", "seats > 5"],
    ['lang = "de"', "plan", "=", 'the "big" one', 'lang = "de" and plan = "the \\"big\\" one"'],
    ["a = 1 or b = 2", "topics", "has", "ai", '(a = 1 or b = 2) and topics has "ai"'],
    ["a = 1", "", "=", "x", "a = 1"],
    ["a = 1", "b", "; drop", "x", "a = 1"],
  ])("%s with %s %s %s is %s", (before, field, operator, value, after) => {
    expect(withCondition(before, { field, operator, value })).toBe(after);
  });
});

describe("suppressions in the console", () => {
  it("are added, found, and lifted with a reason", async () => {
    const { editor } = made.people;
    const path = "/console/suppressions";
    expect((await editor.post(path, { address: "@other.example", reason: "" })).status).toBe(422);
    await editor.post(path, { address: "@Other.example", reason: "their lawyer wrote" });
    await editor.post(path, { address: "ada@web.example", reason: "she wrote" });
    const found = wordsOf(await (await editor.get(`${path}?q=@OTHER`)).text());
    expect(found).toContain("@other.example manual console: their lawyer wrote");
    expect(found).not.toContain("ada@");
    expect(await (await editor.get(`${path}?reason=complaint`)).text()).toContain("Nobody of this kind");
    await editor.post(`${path}/lift`, { address: "@other.example", reason: "settled" });
    const { rows } = await made.web.pool.query("SELECT key FROM suppressions");
    expect(rows).toEqual([{ key: "ada@web.example" }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cronOf, rhythmWords } from "../../../../src/web/console/rhythm.ts";
import { createConsole, type Console } from "../../../support/console.ts";
import { addresses, createSampleList, planSampleCampaign } from "../../../support/planned-campaign.ts";

const issue = "2026-11-product-note.md";
let made: Console;

beforeAll(async () => {
  made = await createConsole();
  const { listId } = await createSampleList(made.web.pool, addresses(3));
  await planSampleCampaign(made.web.pool, listId, { startsAt: new Date("2031-05-31T23:30:00Z") });
  await planSampleCampaign(made.web.pool, listId, {
    again: true,
    // Nine o'clock on 1 June begins in the far east while it is still May.
    startsAt: new Date("2031-05-31T19:00:00Z"),
    schedule: { tz: "subscriber", local: "2031-06-01T09:00:00" },
  });
});
afterAll(() => made.web.stop());

const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
/** What stands on a day of the calendar. */
async function dayOf(day: string): Promise<string> {
  const html = await (await made.people.viewer.get(`/console/calendar?month=${day.slice(0, 7)}`)).text();
  const from = html.indexOf(`datetime="${day}"`);
  expect(from).toBeGreaterThan(0);
  const next = html.indexOf('class="day"', from);
  return wordsOf(html.slice(from, next === -1 ? undefined : next));
}

describe("the calendar", () => {
  it("has campaigns on their days, by UTC or by the reader's own clock", async () => {
    expect(await dayOf("2031-05-31")).toContain("23:30");
    expect(await dayOf("2031-05-31")).not.toContain("where each reader lives");
    expect(await dayOf("2031-06-01")).toMatch(/09:00 ° where each reader lives .* scheduled/);
  });

  it("has sends with a time until somebody starts or withdraws them", async () => {
    const { editor } = made.people;
    await createSampleList(made.web.pool, addresses(2, "timed.example"), "timed");
    const fields = { issue, list: "timed", when: "zone", at: "2031-07-10T09:00", tz: "Europe/Berlin" };
    const proposed = await editor.post("/console/sends", fields);
    const path = (proposed.headers.get("location") as string).split("?")[0] as string;
    expect(await dayOf("2031-07-10")).toMatch(/07:00 .* to timed to approve/);
    await editor.post(`${path}/withdraw`);
    expect(await dayOf("2031-07-10")).not.toContain("timed");
  });

  it("shows every month whole, and this one for what is no month", async () => {
    const html = await (await made.people.viewer.get("/console/calendar?month=2028-02")).text();
    expect(html.match(/class="day"/g)).toHaveLength(29);
    expect(html).toContain("?month=2028-01");
    expect(html).toContain("?month=2028-03");
    expect(html).toContain("Nothing in February 2028");
    expect(await (await made.people.viewer.get("/console/calendar?month=2027-12")).text()).toContain("?month=2028-01");
    expect((await made.people.viewer.get("/console/calendar?month=2028-13")).status).toBe(200);
  });
});

describe("a recurring send", () => {
  it("is made from week, day and time, sends only what was approved, stands in the calendar and is ended", async () => {
    const { editor, approver, viewer } = made.people;
    const fields = { list: "news", week: "#1", weekday: "2", time: "09:00", tz: "Europe/Berlin" };
    const response = await editor.post("/console/recurrences", fields);
    expect(response.status).toBe(303);
    const { rows } = await made.web.pool.query("SELECT id, cron, zone, needs_approval FROM recurrences");
    expect(rows).toEqual([{ id: rows[0].id, cron: "0 9 * * 2#1", zone: "Europe/Berlin", needs_approval: true }]);
    expect(wordsOf(await (await viewer.get("/console/recurrences")).text())).toContain(
      "The first of the month, Tuesday at 09:00",
    );
    // The first Tuesday of January 2031, in winter.
    expect(await dayOf("2031-01-07")).toContain("08:00");
    expect(await dayOf("2031-01-14")).not.toContain("comes again");
    expect((await viewer.post(`/console/recurrences/${rows[0].id}/end`)).status).toBe(403);
    expect((await approver.post(`/console/recurrences/${rows[0].id}/end`)).status).toBe(303);
    expect((await made.web.pool.query("SELECT 1 FROM recurrences")).rowCount).toBe(0);
    const { rows: entries } = await made.web.pool.query(
      "SELECT actor, action FROM audit_entries WHERE subject = $1 ORDER BY number",
      [`recurrence:${rows[0].id}`],
    );
    expect(entries).toEqual([
      { actor: `user:${editor.id}`, action: "recurrence-made" },
      { actor: `user:${approver.id}`, action: "recurrence-removed" },
    ]);
  });

  it.each([
    ["tz", { tz: "Mars/Base" }],
    ["cron", { cron: "every day" }],
    ["time", { time: "" }],
    ["segment", { segment: "lang" }],
  ])("says at the field %s what is wrong with it", async (field, wrong) => {
    const fields = { list: "news", week: "", weekday: "1", time: "09:00", tz: "UTC", ...wrong };
    const response = await made.people.editor.post("/console/recurrences", fields);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(`id="${field}-problem"`);
    expect((await made.web.pool.query("SELECT 1 FROM recurrences")).rowCount).toBe(0);
  });
});

describe("a rhythm", () => {
  it("is written as cron and read back", () => {
    const cron = (fields: Record<string, string>) => cronOf(new URLSearchParams(fields));
    expect(cron({ week: "", weekday: "5", time: "07:05" })).toBe("5 7 * * 5");
    expect(cron({ week: "L", weekday: "0", time: "18:30" })).toBe("30 18 * * 0L");
    expect(cron({ week: "#1", weekday: "0", time: "18:30", cron: " 0 9 1 * * " })).toBe("0 9 1 * *");
    expect(rhythmWords("5 7 * * 5")).toBe("Every week, Friday at 07:05");
    expect(rhythmWords("30 18 * * 0L")).toBe("The last of the month, Sunday at 18:30");
    expect(rhythmWords("0 9 1 * *")).toBe("0 9 1 * *");
  });
});

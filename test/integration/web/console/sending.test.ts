import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { approveSend, proposeSend, startApprovedSend } from "../../../../src/app/access/approve-send.ts";
import { issuesRoot } from "../../../../src/app/project.ts";
import { createConsole, type Console } from "../../../support/console.ts";
import { addresses, createSampleList } from "../../../support/planned-campaign.ts";

const issueKey = "2026-11-product-note.md";
let made: Console;
let lists = 0;
let list = "";

beforeAll(async () => {
  made = await createConsole();
});
afterAll(() => made.web.stop());

/** A list of its own for each test: three confirmed readers, of whom one left. */
beforeEach(async () => {
  lists += 1;
  list = `list-${lists}`;
  const { listId, subscribers } = await createSampleList(made.web.pool, addresses(4, `${list}.example`), list);
  await made.web.pool.query(
    "UPDATE subscriptions SET status = 'unsubscribed' WHERE list_id = $1 AND subscriber_id = $2",
    [listId, subscribers[0]],
  );
});

const propose = async (fields: Record<string, string> = {}): Promise<string> => {
  const response = await made.people.editor.post("/console/sends", { issue: issueKey, list, when: "now", ...fields });
  expect(response.status).toBe(303);
  return (response.headers.get("location") as string).split("?")[0] as string;
};
const countCampaigns = async (): Promise<number> =>
  (await made.web.pool.query("SELECT count(*) FROM campaigns WHERE planned IS NOT NULL")).rows[0].count;

describe("a send by two people", () => {
  it("is looked at, approved by somebody else, said in words, and planned once", async () => {
    const { editor, approver } = made.people;
    const before = await countCampaigns();
    const path = await propose();
    const plan = await (await approver.get(path)).text();
    expect(plan).toContain("left the list");
    expect(plan).toContain("Approve: 3 people, as soon as it is started");
    expect((await editor.post(`${path}/start`)).status).toBe(422);
    expect(await countCampaigns()).toBe(before);

    expect((await approver.post(`${path}/approve`)).status).toBe(303);
    expect(await (await editor.get(path)).text()).toContain("Send to 3 people");
    const pressed = await Promise.all([editor.post(`${path}/start`), approver.post(`${path}/start`)]);
    expect(pressed.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 422]);
    expect(await countCampaigns()).toBe(before + 1);
    const campaign = pressed.find(({ status }) => status === 303)?.headers.get("location") as string;
    const page = await (await made.people.viewer.get(campaign.split("?")[0] as string)).text();
    expect(page).toContain("left the list");
    expect(page).not.toContain("Pause</button>");
  });

  it("leaves an entry of the log for each step, in the name of whoever took it", async () => {
    const { editor, approver } = made.people;
    const path = await propose();
    await approver.post(`${path}/approve`);
    const started = await editor.post(`${path}/start`);
    const campaign = (started.headers.get("location") as string).split("?")[0] as string;
    await approver.post(`${campaign}/pause`);
    await editor.post(`${campaign}/resume`);
    await editor.post(`${campaign}/cancel`);
    expect((await editor.post(`${campaign}/cancel`)).status).toBe(422);
    const send = `send:${path.split("/").at(-1)}`;
    const about = `campaign:${campaign.split("/").at(-1)}`;
    const { rows } = await made.web.pool.query(
      "SELECT actor, action FROM audit_entries WHERE subject = ANY ($1) ORDER BY number",
      [[send, about]],
    );
    expect(rows.map(({ actor, action }) => [actor, action])).toEqual([
      [`user:${editor.id}`, "send-proposed"],
      [`user:${approver.id}`, "send-approved"],
      [`user:${editor.id}`, "campaign-planned"],
      [`user:${approver.id}`, "campaign-paused"],
      [`user:${editor.id}`, "campaign-resumed"],
      [`user:${editor.id}`, "campaign-cancelled"],
    ]);
    const other = await propose({ segment: 'lang = "de"' });
    await editor.post(`${other}/withdraw`);
    const { rows: withdrawn } = await made.web.pool.query(
      "SELECT action FROM audit_entries WHERE subject = $1 ORDER BY number",
      [`send:${other.split("/").at(-1)}`],
    );
    expect(withdrawn.map(({ action }) => action)).toEqual(["send-proposed", "send-withdrawn"]);
  });

  it("can't be approved by its author, whatever the role", async () => {
    const { admin } = made.people;
    const proposed = await admin.post("/console/sends", { issue: issueKey, list, when: "now" });
    const path = (proposed.headers.get("location") as string).split("?")[0] as string;
    expect(await (await admin.get(path)).text()).toContain("You proposed it");
    const refused = await admin.post(`${path}/approve`);
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("somebody else has to approve it");
  });

  it("is ended by a change of the list's sender after the approval", async () => {
    const path = await propose();
    await made.people.approver.post(`${path}/approve`);
    await made.web.pool.query("UPDATE lists SET from_name = 'Somebody else' WHERE slug = $1", [list]);
    const before = await countCampaigns();
    expect((await made.people.editor.post(`${path}/start`)).status).toBe(422);
    const page = await (await made.people.editor.get(path)).text();
    expect(page).toContain("This send holds no more");
    expect(page).not.toContain("Send to 3 people");
    expect(await countCampaigns()).toBe(before);
  });

  it("is ended by a change of the issue between proposal and approval, and after it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "broadsheet-test-"));
    try {
      const { pool, config } = made.web;
      const file = join(folder, issueKey);
      cpSync(issuesRoot, folder, { recursive: true });
      const original = readFileSync(file, "utf8");
      const [editor, approver] = (await pool.query("SELECT id, address, name, role FROM users ORDER BY role")).rows
        .filter(({ role }) => role === "editor" || role === "approver")
        .toSorted((a, b) => b.role.localeCompare(a.role));
      const asked = { issueKey, issueFile: file, list, segment: null, at: null, tz: null };
      const first = await proposeSend(pool, config, editor, asked);
      writeFileSync(file, `${original}\nOne more sentence.\n`);
      await expect(approveSend(pool, config, approver, first, file)).rejects.toThrow(/changed since/);

      const second = await proposeSend(pool, config, editor, asked);
      await approveSend(pool, config, approver, second, file);
      writeFileSync(file, original);
      await expect(startApprovedSend(pool, config, editor, second, file)).rejects.toThrow(/changed since/);
      // Changing it back makes nothing whole: what was ended stays so.
      writeFileSync(file, `${original}\nOne more sentence.\n`);
      await expect(startApprovedSend(pool, config, editor, second, file)).rejects.toThrow(/holds no more/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("names what is wrong beside what was written, and sends nothing from outside issues/", async () => {
    const { editor } = made.people;
    const wrong = await editor.post("/console/sends", { issue: issueKey, list, when: "zone", at: "soon", tz: "UTC" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("Write the day and the time");
    const outside = await editor.post("/console/sends", { issue: "../package.json", list, when: "now" });
    expect(outside.status).toBe(422);
    expect(await outside.text()).toContain("no such file in issues/");
  });
});

describe("a campaign under way", () => {
  it("is paused, resumed and cancelled, and its uncertain deliveries are decided", async () => {
    const { editor, approver, viewer, admin } = made.people;
    const path = await propose();
    await approver.post(`${path}/approve`);
    const location = (await editor.post(`${path}/start`)).headers.get("location") as string;
    const page = location.split("?")[0] as string;
    const id = Number(page.split("/").at(-1));
    const stateOf = async () =>
      (await made.web.pool.query("SELECT state FROM campaigns WHERE id = $1", [id])).rows[0].state;

    expect((await approver.post(`${page}/pause`)).status).toBe(303);
    expect(await stateOf()).toBe("paused");
    expect(await (await viewer.get(page)).text()).toContain("Paused: by The approver");
    await editor.post(`${page}/resume`);
    expect(await stateOf()).toBe("scheduled");

    await made.web.pool.query(
      `UPDATE deliveries SET state = 'uncertain', due_at = NULL, detail = 'the connection ended' WHERE campaign_id = $1 AND state = 'pending'`,
      [id],
    );
    const seen = await (await editor.get(page)).text();
    const numbers = [...seen.matchAll(/name="delivery" value="(\d+\.\d+)"/g)].map((match) => match[1] as string);
    expect(numbers).toHaveLength(3);
    expect(await (await viewer.get(page)).text()).not.toContain("@");
    await admin.post(`${page}/uncertain`, { delivery: numbers[0] as string, decision: "accept" });
    await admin.post(`${page}/uncertain`, { delivery: numbers[1] as string, decision: "resend" });
    const { rows } = await made.web.pool.query(
      "SELECT state, count(*) FROM deliveries WHERE campaign_id = $1 GROUP BY state ORDER BY state",
      [id],
    );
    expect(rows).toEqual([
      { state: "accepted", count: 1 },
      { state: "deferred", count: 1 },
      { state: "skipped", count: 1 },
      { state: "uncertain", count: 1 },
    ]);
    expect((await approver.post(`${page}/cancel`)).status).toBe(303);
    expect(await stateOf()).toBe("cancelled");
  });

  it("shows a reader's page what became of each mail, to editors", async () => {
    const { rows } = await made.web.pool.query(
      "SELECT id, address FROM subscribers WHERE address LIKE 'reader1@%' ORDER BY id LIMIT 1",
    );
    const found = await (await made.people.editor.get("/console/people?q=READER1@LIST-1")).text();
    expect(found).toContain(`href="/console/people/${rows[0].id}"`);
    const page = await (await made.people.editor.get(`/console/people/${rows[0].id}`)).text();
    expect(page).toContain(rows[0].address);
    expect(page).toContain("left the list");
  });
});

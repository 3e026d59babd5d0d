import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noteAudit } from "../../../../src/app/audit/record-audit.ts";
import { readApiCaller } from "../../../../src/app/access/api-tokens.ts";
import { createConsole, origin, password, type Console } from "../../../support/console.ts";

let made: Console;
beforeAll(async () => {
  made = await createConsole();
});
afterAll(() => made.web.stop());

const tokenIn = (page: string): string => /bsht_[A-Za-z0-9_-]{43}/.exec(page)?.[0] as string;

describe("the log in the console", () => {
  it("names who signed in, invited and took an account away", async () => {
    const { admin, viewer } = made.people;
    await made.web.post("/console/sign-in", { address: "editor@example.com", password }, { origin });
    await admin.post("/console/team/invitations", { role: "viewer" });
    await admin.post(`/console/team/${viewer.id}/disable`);
    const { rows } = await made.web.pool.query("SELECT actor, action, subject FROM audit_entries ORDER BY number");
    expect(rows.slice(-3)).toEqual([
      { actor: `user:${made.people.editor.id}`, action: "signed-in", subject: `user:${made.people.editor.id}` },
      { actor: `user:${admin.id}`, action: "user-invited", subject: "" },
      { actor: `user:${admin.id}`, action: "user-disabled", subject: `user:${viewer.id}` },
    ]);
    const page = await (await admin.get("/console/audit")).text();
    expect(page).toContain("The admin");
    expect(page).toContain("took an account away");
    expect(page).toContain(`user ${viewer.id}`);
  });

  it("goes on page by page to the first entry", async () => {
    const { pool, config } = made.web;
    for (let index = 0; index < 60; index += 1)
      await noteAudit(pool, config, { actor: "command", action: "list-changed", subject: `list:n${index}` });
    const seen: number[] = [];
    let path: string | undefined = "/console/audit";
    for (let pages = 0; path !== undefined && pages < 10; pages += 1) {
      const page: string = await (await made.people.admin.get(path)).text();
      seen.push(...[...page.matchAll(/<td class="number">(\d+)<\/td>/g)].map((match) => Number(match[1])));
      path = /\/console\/audit\?before=\d+/.exec(page)?.[0];
    }
    const { rows } = await pool.query("SELECT number FROM audit_entries ORDER BY number DESC");
    expect(seen).toEqual(rows.map(({ number }) => number));
  });

  it("says that it is whole, and where it is not", async () => {
    expect(await (await made.people.admin.get("/console/audit/verify")).text()).toContain("each as it was written");
    await made.web.pool.query(`
      ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
      DELETE FROM audit_entries WHERE number = 2;
      ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only`);
    const page = await (await made.people.admin.get("/console/audit/verify")).text();
    expect(page).toContain("No: it is not as it was written.");
    expect(page).toContain("entry 2 is missing");
  });
});

describe("API tokens in the console", () => {
  it("are shown once, kept as a hash, noted when used, and worth nothing after they were revoked", async () => {
    const { admin } = made.people;
    const { pool } = made.web;
    const shown = await (await admin.post("/console/tokens", { name: "The shop", scope: "lists:read" })).text();
    const token = tokenIn(shown);
    expect(await (await admin.get("/console/tokens")).text()).not.toContain(token);
    const { rows } = await pool.query("SELECT id, encode(token_hash, 'escape') AS hash, last_used_at FROM api_tokens");
    expect(rows).toHaveLength(1);
    expect(rows[0].hash).not.toContain(token);
    expect(rows[0].last_used_at).toBeNull();

    const caller = await readApiCaller(pool, `Bearer ${token}`);
    expect([...(caller?.scopes ?? [])]).toEqual(["lists:read"]);
    expect((await pool.query("SELECT last_used_at FROM api_tokens")).rows[0].last_used_at).not.toBeNull();

    expect((await admin.post(`/console/tokens/${rows[0].id}/revoke`)).status).toBe(303);
    expect(await readApiCaller(pool, `Bearer ${token}`)).toBeNull();
    expect((await admin.post(`/console/tokens/${rows[0].id}/revoke`)).status).toBe(422);
    const { rows: log } = await pool.query(
      "SELECT action, facts FROM audit_entries WHERE subject = $1 ORDER BY number",
      [`token:${rows[0].id}`],
    );
    expect(log).toEqual([
      { action: "token-made", facts: '{"scopes":["lists:read"]}' },
      { action: "token-revoked", facts: "{}" },
    ]);
  });

  it("need a name and a scope that there is", async () => {
    const { admin } = made.people;
    const nameless = await admin.post("/console/tokens", { name: " ", scope: "lists:read" });
    const scopeless = await admin.post("/console/tokens", { name: "The shop" });
    const unknown = await admin.post("/console/tokens", { name: "The shop", scope: "everything" });
    expect([nameless, scopeless, unknown].map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(tokenIn(await unknown.text())).toBeUndefined();
  });

  it.each(["", "Bearer", "Bearer bsht_", "Bearer x", "Basic YTpi", `Bearer bsht_${"A".repeat(43)}`])(
    "know nobody by %o",
    async (header) => {
      expect(await readApiCaller(made.web.pool, header)).toBeNull();
    },
  );
});

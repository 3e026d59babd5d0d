import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginImportRun } from "../../../../src/adapters/postgres/import-runs.ts";
import { startImport } from "../../../../src/app/import-runs.ts";
import { createLogger } from "../../../../src/app/log.ts";
import { createConsole, origin, type Console } from "../../../support/console.ts";
import { createSampleList } from "../../../support/planned-campaign.ts";

let made: Console;
beforeAll(async () => {
  made = await createConsole();
  await createSampleList(made.web.pool, ["ada@web.example"]);
});
afterAll(() => made.web.stop());

async function upload(csv: string | Uint8Array, more: { token?: string; name?: string } = {}): Promise<Response> {
  const { cookie, formToken } = made.people.editor;
  const form = new FormData();
  form.set("token", more.token ?? formToken);
  form.set("list", "news");
  form.set("file", new File([csv as BlobPart], more.name ?? "C:\\fair\\readers.csv"));
  return made.web.app.request("/console/imports", { method: "POST", headers: { cookie, origin }, body: form });
}
async function uploaded(csv: string): Promise<number> {
  return Number((await upload(csv)).headers.get("location")?.split("/").at(-1));
}
const files = () => readdirSync(join(made.web.config.dataDir, "imports"));
const runOf = async (id: number) =>
  (await made.web.pool.query("SELECT state, counts, problem, rows_read FROM import_runs WHERE id = $1", [id])).rows[0];

const csv = "E-Mail,Vorname,Firma\r\nbea@web.example,Béa,Engines\r\nnobody,Cyd,None\r\n";
const columns = { column0: "email", column1: "firstName", column2: "field", source: "the fair" };

describe("an import in the console", () => {
  it("shows what each column becomes with the first rows, and takes nothing yet", async () => {
    const response = await upload(csv);
    expect(response.status).toBe(303);
    const html = await (await made.people.editor.get(response.headers.get("location") as string)).text();
    expect(html).toContain("<h1>readers.csv</h1>");
    expect(html).toMatch(/<option value="firstName" selected="">First name/);
    expect(html).toContain("Béa, Cyd");
    expect((await made.web.pool.query("SELECT count(*) FROM subscribers")).rows).toEqual([{ count: 1 }]);
  });

  it("takes the rows, keeps the consent, and gives the refused ones as a file", async () => {
    const id = await uploaded(csv);
    const { web, people } = made;
    const log = createLogger(web.config, "test");
    const run = await startImport(web.pool, web.config, log, id, {
      actor: `user:${people.editor.id}`,
      columns: { map: { email: "E-Mail", firstName: "Vorname" }, ignore: ["Firma"] },
      source: "the fair",
    });
    await run.ended;
    expect(await runOf(id)).toMatchObject({
      state: "done",
      counts: { accepted: 1, updated: 0, unchanged: 0, rejected: 1 },
    });
    const bea = await web.pool.query(
      `SELECT s.attributes, m.consent FROM subscribers s JOIN subscriptions m ON m.subscriber_id = s.id
       WHERE s.address_key = 'bea@web.example'`,
    );
    expect(bea.rows).toMatchObject([
      { attributes: { firstName: "Béa" }, consent: { source: "the fair", file: "readers.csv" } },
    ]);
    const rejects = await people.editor.get(`/console/imports/${id}/rejects.csv`);
    expect(await rejects.text()).toContain("nobody,Cyd,None");
    expect(files().filter((name) => name === `${id}.csv`)).toEqual([]);
    const entries = await web.pool.query(
      "SELECT facts::jsonb FROM audit_entries WHERE action = 'subscribers-imported'",
    );
    expect(entries.rows).toEqual([{ facts: { accepted: 1, updated: 0, rejected: 1 } }]);
  });

  it("is started by its form and followed to its end", async () => {
    const id = await uploaded("email\ncyd@web.example\n");
    const path = `/console/imports/${id}`;
    const response = await made.people.editor.post(`${path}/start`, { column0: "email", source: "the fair" });
    expect(response.headers.get("location")).toBe(path);
    await expect.poll(async () => (await runOf(id)).state).toBe("done");
    expect(await (await made.people.editor.get(path)).text()).toContain('data-live="done"');
    expect((await made.people.editor.post(`${path}/start`, { column0: "email", source: "again" })).status).toBe(422);
  });

  it("says what is wrong with the columns before anything runs", async () => {
    const path = `/console/imports/${await uploaded(csv)}/start`;
    const twice = await made.people.editor.post(path, { ...columns, column1: "email" });
    expect([twice.status, await twice.text()]).toEqual([422, expect.stringContaining("both give email")]);
    const none = await made.people.editor.post(path, { ...columns, column0: "ignore" });
    expect([none.status, await none.text()]).toEqual([422, expect.stringContaining("No column holds the address")]);
    expect((await made.people.editor.post(path, { ...columns, source: " " })).status).toBe(422);
  });

  it("waits for another one into the same list, and one whose process died is told as failed", async () => {
    const [first, second] = [await uploaded("email\ndan@web.example\n"), await uploaded("email\neve@web.example\n")];
    await beginImportRun(made.web.pool, first);
    const given = { column0: "email", source: "the fair" };
    const refused = await made.people.editor.post(`/console/imports/${second}/start`, given);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("Another file")]);
    await made.web.pool.query("UPDATE import_runs SET seen_at = now() - interval '2 minutes' WHERE id = $1", [first]);
    expect(await (await made.people.editor.get(`/console/imports/${first}`)).text()).toContain("It broke off");
    expect((await made.people.editor.post(`/console/imports/${second}/start`, given)).status).toBe(303);
    await expect.poll(async () => (await runOf(second)).state).toBe("done");
  });

  it("is ended with nothing changed when the server stops", async () => {
    const id = await uploaded("email\nfay@web.example\n");
    const { pool, config } = made.web;
    const run = await startImport(pool, config, createLogger(config, "test"), id, {
      actor: "user:1",
      columns: { map: { email: "email" } },
      source: "the fair",
      signal: AbortSignal.abort(new Error("stops")),
    });
    await run.ended;
    expect(await runOf(id)).toMatchObject({ state: "failed", problem: "Broadsheet was stopped. Nothing was taken." });
    expect((await pool.query("SELECT 1 FROM subscribers WHERE address_key LIKE 'fay@%'")).rowCount).toBe(0);
  });

  it("leaves no file of an upload that is refused", async () => {
    const before = files();
    expect((await upload(csv, { token: "guessed" })).status).toBe(403);
    expect((await upload("")).status).toBe(422);
    expect(files()).toEqual(before);
  });

  it("removes files that are past their time, and what died in the middle of an upload", async () => {
    const folder = join(made.web.config.dataDir, "imports");
    const id = await uploaded("email\nhal@web.example\n");
    writeFileSync(join(folder, `${id}.rejects.csv.partial`), "hal@web.example");
    for (const name of ["stray.upload", "fresh.upload"]) writeFileSync(join(folder, name), "hal@web.example");
    const old = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(join(folder, "stray.upload"), old, old);
    await made.web.pool.query("UPDATE import_runs SET created_at = now() - interval '8 days' WHERE id = $1", [id]);
    const next = await uploaded("email\nivy@web.example\n");
    expect(files().filter((name) => name.startsWith(`${id}.`) || name.endsWith(".upload"))).toEqual(["fresh.upload"]);
    expect(files()).toContain(`${next}.csv`);
    expect((await made.people.editor.get(`/console/imports/${id}`)).status).toBe(404);
  });

  it("keeps the bytes of a file as they are, whatever they look like", async () => {
    const tricky = Buffer.from('email,note\r\ngil@web.example,"a\r\n------b\r\n\r\n"\r\n');
    const id = Number((await upload(tricky)).headers.get("location")?.split("/").at(-1));
    expect((await made.web.pool.query("SELECT bytes FROM import_runs WHERE id = $1", [id])).rows).toEqual([
      { bytes: tricky.length },
    ]);
  });
});

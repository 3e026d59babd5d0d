import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inviteFirstAdmin } from "../../../../src/app/access/invitations.ts";
import { createPublicWeb, type PublicWeb } from "../../../support/public-web.ts";
import { createConsole, origin, password, type Console } from "../../../support/console.ts";

const pathOf = (link: string): string => new URL(link).pathname;
const account = { name: "First", address: "first@example.com", password };

describe("the first admin", () => {
  let web: PublicWeb;
  beforeAll(async () => {
    web = await createPublicWeb();
  });
  afterAll(() => web.stop());

  it("gets in by a link that works once, the newest alone, and none is made afterwards", async () => {
    const older = pathOf((await inviteFirstAdmin(web.pool, origin)) as string);
    const newer = pathOf((await inviteFirstAdmin(web.pool, origin)) as string);
    expect((await web.app.request(older)).status).toBe(404);

    const weak = await web.post(newer, { ...account, password: "short" }, { origin });
    expect(weak.status).toBe(422);
    const made = await web.post(newer, account, { origin });
    expect(made.status).toBe(303);
    expect(made.headers.get("set-cookie")).toMatch(/; HttpOnly/);
    expect(made.headers.get("set-cookie")).toMatch(/; Secure/);
    expect(made.headers.get("set-cookie")).toMatch(/; SameSite=Lax/);
    const cookie = (made.headers.get("set-cookie") as string).split(";")[0] as string;
    expect((await web.app.request("/console/team", { headers: { cookie } })).status).toBe(200);

    expect((await web.post(newer, { ...account, address: "second@example.com" }, { origin })).status).toBe(404);
    expect(await inviteFirstAdmin(web.pool, origin)).toBeNull();
    const { rows } = await web.pool.query("SELECT role, password_hash FROM users");
    expect(rows).toHaveLength(1);
    expect(rows[0].role).toBe("admin");
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe("a colleague", () => {
  let made: Console;
  beforeAll(async () => {
    made = await createConsole();
  });
  afterAll(() => made.web.stop());

  const signIn = (address: string, secret: string, client: string) =>
    made.web.post(
      "/console/sign-in",
      { address, password: secret, next: "//evil.example" },
      { origin, "x-forwarded-for": client },
    );

  it("signs in with any case of the address, goes nowhere else, and signs out for good", async () => {
    const response = await signIn("Viewer@Example.com", password, "198.51.100.1");
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("/console");
    const cookie = (response.headers.get("set-cookie") as string).split(";")[0] as string;
    const { rows } = await made.web.pool.query("SELECT encode(token_hash, 'escape') AS hash FROM sessions");
    expect(rows.map((row) => row.hash)).not.toContain(cookie.split("=")[1]);

    const page = await (await made.web.app.request("/console/campaigns", { headers: { cookie } })).text();
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] as string;
    await made.web.post("/console/sign-out", { token }, { cookie, origin });
    expect((await made.web.app.request("/console/campaigns", { headers: { cookie } })).status).toBe(401);
  });

  it("is told the same of a wrong password and of an unknown address", async () => {
    const wrong = await signIn("editor@example.com", "not the password at all", "198.51.100.2");
    const unknown = await signIn("nobody@example.com", "not the password at all", "198.51.100.2");
    const alike = async (response: Response) => (await response.text()).replace(/value="[^"]*@[^"]*"/, "");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await alike(wrong)).toBe(await alike(unknown));
  });

  it("is not guessed: ten tries an account from anywhere, then even the right password waits", async () => {
    const statuses: number[] = [];
    for (let client = 1; client <= 11; client += 1) {
      const secret = client === 11 ? password : "a wrong password here";
      statuses.push((await signIn("approver@example.com", secret, `203.0.113.${client}`)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it("changes the password by the old one; then the new one alone holds, and every session has ended", async () => {
    const { editor } = made.people;
    const next = "another long password";
    const change = (fields: Record<string, string>) => editor.post("/console/account/password", fields);
    expect((await change({ password: "not the password at all", next })).status).toBe(422);
    expect((await change({ password, next: "short" })).status).toBe(422);
    expect((await editor.get("/console/campaigns")).status).toBe(200);

    expect((await change({ password, next })).status).toBe(303);
    expect((await editor.get("/console/campaigns")).status).toBe(401);
    expect((await signIn("editor@example.com", password, "198.51.100.4")).status).toBe(401);
    expect((await signIn("editor@example.com", next, "198.51.100.4")).status).toBe(303);
  });

  it("is out at once when an admin takes the account away, and an idle session ends", async () => {
    const { admin, approver, viewer } = made.people;
    await admin.post(`/console/team/${viewer.id}/disable`);
    expect((await viewer.get("/console/campaigns")).status).toBe(401);
    expect((await signIn("viewer@example.com", password, "198.51.100.3")).status).toBe(401);
    expect((await admin.post(`/console/team/${admin.id}/disable`)).status).toBe(422);

    await made.web.pool.query("UPDATE sessions SET last_seen_at = now() - interval '13 hours' WHERE user_id = $1", [
      approver.id,
    ]);
    expect((await approver.get("/console/campaigns")).status).toBe(401);
  });
});

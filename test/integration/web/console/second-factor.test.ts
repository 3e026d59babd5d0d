import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { matchTotp, totpCode, totpStepAt } from "../../../../src/domain/totp.ts";
import { createConsole, origin, password, type Colleague, type Console } from "../../../support/console.ts";

describe("codes at sign-in", () => {
  let made: Console;
  beforeAll(async () => {
    made = await createConsole();
  });
  afterAll(() => made.web.stop());

  const signIn = (address: string, client: string) =>
    made.web.post(
      "/console/sign-in",
      { address, password, next: "/console/lists" },
      { origin, "x-forwarded-for": client },
    );
  const giveCode = (ticket: string, code: string, client: string) =>
    made.web.post(
      "/console/sign-in/code",
      { ticket, code, next: "/console/lists" },
      { origin, "x-forwarded-for": client },
    );
  const ticketOf = async (response: Response): Promise<string> =>
    /name="ticket" value="([^"]+)"/.exec(await response.text())?.[1] as string;
  /** A code that has not been taken: those of a step ahead hold as well. */
  const freshCode = (secret: string): string => totpCode(secret, totpStepAt(Date.now()) + 1);

  async function setUp(person: Colleague): Promise<{ readonly secret: string; readonly recovery: string[] }> {
    expect((await person.post("/console/account/codes", { password })).status).toBe(303);
    const page = await (await person.get("/console/account")).text();
    const secret = /otpauth:[^"]*secret=([A-Z2-7]{32})/.exec(page)?.[1] as string;
    const code = totpCode(secret, totpStepAt(Date.now()));
    const done = await person.post("/console/account/codes/confirm", { code });
    expect(done.status).toBe(200);
    return { secret, recovery: (await done.text()).match(/(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}/g) ?? [] };
  }

  it("are set up with the password and a first code, and then nobody gets in without one", async () => {
    const { viewer } = made.people;
    expect((await viewer.post("/console/account/codes", { password: "not the password" })).status).toBe(422);
    const { secret, recovery } = await setUp(viewer);
    expect(recovery).toHaveLength(10);
    const { rows } = await made.web.pool.query("SELECT secret, user_id FROM second_factors");
    expect(rows).toHaveLength(1);
    expect((rows[0].secret as Buffer).includes(secret)).toBe(false);

    const asked = await signIn("viewer@example.com", "198.51.100.1");
    expect(asked.status).toBe(200);
    expect(asked.headers.get("set-cookie")).toBeNull();
    const ticket = await ticketOf(asked);
    const wrong = totpCode(secret, 1);
    expect(matchTotp(secret, wrong, Date.now(), 0)).toBeNull();
    expect((await giveCode(ticket, wrong, "198.51.100.1")).status).toBe(401);
    expect((await giveCode(`${ticket.slice(0, -4)}AAAA`, freshCode(secret), "198.51.100.1")).status).toBe(401);
    const code = freshCode(secret);
    const inside = await giveCode(ticket, code, "198.51.100.1");
    expect([inside.status, inside.headers.get("location")]).toEqual([303, "/console/lists"]);
    expect(inside.headers.get("set-cookie")).toMatch(/^broadsheet_session=/);
    // Neither twice, nor once more with the same ticket.
    expect((await giveCode(ticket, code, "198.51.100.1")).status).toBe(401);
  });

  it("can be a recovery code, once; password and code turn it off", async () => {
    const { editor } = made.people;
    const { recovery } = await setUp(editor);
    const ticket = await ticketOf(await signIn("editor@example.com", "198.51.100.2"));
    const [first, second] = recovery as [string, string];
    expect((await giveCode(ticket, first.toLowerCase(), "198.51.100.2")).status).toBe(303);
    expect((await giveCode(ticket, first, "198.51.100.2")).status).toBe(401);
    const page = await (await editor.get("/console/account")).text();
    expect(page).toContain("<strong>9</strong>");
    expect(page).not.toContain("otpauth:");
    expect(page).not.toContain(second);

    expect((await editor.post("/console/account/codes/off", { password, code: first })).status).toBe(422);
    expect((await editor.post("/console/account/codes/off", { password, code: second })).status).toBe(303);
    expect((await signIn("editor@example.com", "198.51.100.2")).status).toBe(303);
  });

  it("are not guessed: tries at them count as tries at the password, from anywhere", async () => {
    const { approver } = made.people;
    const { secret } = await setUp(approver);
    // Two tries went into setting it up, this is the third.
    const ticket = await ticketOf(await signIn("approver@example.com", "203.0.113.1"));
    const statuses: number[] = [];
    for (let client = 2; client <= 9; client += 1) {
      const code = client === 9 ? freshCode(secret) : "no code";
      statuses.push((await giveCode(ticket, code, `203.0.113.${client}`)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 7 }, () => 401), 429]);
    expect((await approver.post("/console/account/codes/off", { password, code: freshCode(secret) })).status).toBe(422);
  });

  it("are taken away by another admin alone, and the log says so", async () => {
    const { admin, approver } = made.people;
    await setUp(admin);
    expect((await admin.post(`/console/team/${admin.id}/codes/reset`)).status).toBe(422);
    expect((await approver.post(`/console/team/${admin.id}/codes/reset`)).status).toBe(403);
    expect((await admin.post(`/console/team/${approver.id}/codes/reset`)).status).toBe(303);
    const left = await made.web.pool.query("SELECT 1 FROM second_factors WHERE user_id = $1", [approver.id]);
    expect(left.rowCount).toBe(0);
    const { rows } = await made.web.pool.query(
      "SELECT actor, action, subject FROM audit_entries WHERE action LIKE 'second-factor-%' ORDER BY number DESC LIMIT 2",
    );
    expect(rows).toEqual([
      { actor: `user:${admin.id}`, action: "second-factor-reset", subject: `user:${approver.id}` },
      { actor: `user:${admin.id}`, action: "second-factor-on", subject: `user:${admin.id}` },
    ]);
  });
});

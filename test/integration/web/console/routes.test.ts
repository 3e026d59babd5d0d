import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roles } from "../../../../src/domain/access.ts";
import { consoleRoutes, type ConsoleRoute } from "../../../../src/web/console/routes.ts";
import { createConsole, origin, type Console } from "../../../support/console.ts";

let console_: Console;
beforeAll(async () => {
  console_ = await createConsole();
});
afterAll(() => console_.web.stop());

/** Numbers that nothing has: what is let through finds nothing, and changes nothing. */
const routes = (Object.entries(consoleRoutes) as [string, ConsoleRoute][]).map(([name, route]) => ({
  name,
  ...route,
  address: route.path
    .replace(":id", "999999")
    .replace(":key", "none.yaml")
    .replace(":slug", "none")
    .replace(":token", "none"),
}));
const closed = routes.filter(({ may }) => may !== "anyone");

describe("the console's table of routes", () => {
  it("is all that answers under /console", () => {
    const registered = console_.web.app.routes
      .filter(
        ({ path, method }) => path.startsWith("/console") && !path.startsWith("/console-assets") && method !== "ALL",
      )
      .map(({ path, method }) => `${method} ${path}`);
    expect(new Set(registered)).toEqual(new Set(routes.map(({ path, method }) => `${method} ${path}`)));
  });

  it.each(closed)("$method $path asks somebody without a session to sign in", async ({ method, address }) => {
    const response = await console_.web.app.request(address, { method, headers: { origin } });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("Sign in");
  });

  // Signing out would end the session that the other routes are walked with.
  const walked = closed.filter(({ name }) => name !== "signOut");
  it.each(walked.flatMap((route) => roles.map((role) => ({ ...route, role }))))(
    "$method $path answers $role as the table says",
    async ({ method, address, may, role }) => {
      const person = console_.people[role];
      const response = await (method === "GET" ? person.get(address) : person.post(address));
      expect(may.includes(role) ? [200, 303, 404, 422] : [403]).toContain(response.status);
    },
  );

  const forms = closed.filter(({ method }) => method === "POST");
  it.each(forms)("$path refuses a form from another site, without an origin, or without its token", async (route) => {
    const { cookie, formToken } = console_.people.admin;
    const { web } = console_;
    const foreign = await web.post(route.address, { token: formToken }, { cookie, origin: "https://evil.example" });
    const unsaid = await web.post(route.address, { token: formToken }, { cookie });
    const tokenless = await web.post(route.address, {}, { cookie, origin });
    const wrong = await web.post(route.address, { token: "guessed" }, { cookie, origin });
    expect([foreign, unsaid, tokenless, wrong].map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await console_.people.admin.get("/console/campaigns")).status).toBe(200);
  });

  it("lets no page be framed, kept in a cache or fed from elsewhere", async () => {
    for (const { address } of routes.filter(({ method }) => method === "GET")) {
      const { headers } = await console_.people.admin.get(address);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });
});

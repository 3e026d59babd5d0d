import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../../../src/app/access/sessions.ts";
import { apiScopes, type ApiScope } from "../../../../src/domain/api-scope.ts";
import { apiRoutes, honoPath, type ApiRoute } from "../../../../src/web/api/routes.ts";
import { createApi, type Api } from "../../../support/api.ts";

let api: Api;
const tokens = {} as Record<ApiScope, string>;
beforeAll(async () => {
  api = await createApi();
  for (const scope of Object.keys(apiScopes) as ApiScope[]) tokens[scope] = await api.tokenFor(scope);
});
afterAll(() => api.web.stop());

const routes = (Object.entries(apiRoutes) as [string, ApiRoute][]).map(([name, route]) => ({
  name,
  ...route,
  method: route.method.toUpperCase(),
  address: route.path.replace("{id}", "999999").replace("{slug}", "none"),
}));

async function ask(method: string, address: string, headers: Record<string, string>): Promise<Response> {
  return api.web.app.request(address, { method, headers });
}

describe("the API's table of routes", () => {
  it("is all that answers under /api, beside its description", () => {
    const registered = api.web.app.routes
      // The sign-up form of other people's pages is open to everybody; it has its own tests.
      .filter(({ path, method }) => path.startsWith("/api") && path !== "/api/subscribe" && method !== "ALL")
      .map(({ path, method }) => `${method} ${path}`);
    const known = routes.map(({ method, path }) => `${method} ${honoPath(path)}`);
    expect(new Set(registered)).toEqual(new Set([...known, "GET /api/openapi.json"]));
  });

  it("is described in valid OpenAPI 3.1, each address with its scope", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(api.document) as never)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
    const described = Object.entries(api.document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { "x-scope": scope }]) => `${method.toUpperCase()} ${path} ${scope}`),
    );
    expect(described.toSorted()).toEqual(
      routes.map(({ method, path, scope }) => `${method} ${path} ${scope}`).toSorted(),
    );
  });

  it.each(routes)("$method $path answers nobody without a token, nor by a session of the console", async (route) => {
    const { rows } = await api.web.pool.query("SELECT id FROM users");
    const cookie = `broadsheet_session=${await openSession(api.web.pool, rows[0].id)}`;
    for (const headers of [
      {},
      { cookie },
      { authorization: "Bearer bsht_guessed" },
      { authorization: `Basic ${tokens[route.scope]}` },
    ] as Record<string, string>[]) {
      const response = await ask(route.method, route.address, headers);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect(await response.json()).toMatchObject({ code: "no-token", status: 401 });
    }
  });

  it.each(
    routes.flatMap((route) => (Object.keys(apiScopes) as ApiScope[]).map((scope) => ({ ...route, given: scope }))),
  )("$method $path answers a token of $given as the table says", async ({ method, address, scope, given }) => {
    const response = await ask(method, address, { authorization: `Bearer ${tokens[given]}` });
    expect(given === scope ? [200, 404, 422] : [403]).toContain(response.status);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("says by problem details that an address isn't there, or not by this method", async () => {
    const unknown = await ask("GET", "/api/everything", {});
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    const wrong = await ask("PUT", "/api/subscribers/1", {});
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, PATCH, DELETE"]);
  });
});

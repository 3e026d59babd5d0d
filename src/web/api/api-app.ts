/**
 * Registers the API's table of routes, each behind the same gate: whose token it is, what that may do, how often, and whether
 * what was sent is what the route takes. Nothing is reached around it.
 */
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import { readApiCaller, type ApiCaller } from "../../app/access/api-tokens.ts";
import { InputError, messageOf, UnavailableError } from "../../lib/errors.ts";
import { readSource } from "../../lib/project-root.ts";
import { createRateLimit } from "../public/rate-limit.ts";
import { securityHeaders } from "../public/security-headers.ts";
import type { WebContext } from "../web-app.ts";
import { answerOnce, type Answered } from "./answer-once.ts";
import type { ApiAnswer, ApiHandlers, ApiRequest } from "./api-request.ts";
import { audienceHandlers } from "./audience-handlers.ts";
import { campaignHandlers } from "./campaign-handlers.ts";
import { describeApi } from "./openapi.ts";
import { answerProblem, statusOf, type ApiProblem } from "./problem.ts";
import { apiRoutes, honoPath, type ApiRoute, type ApiRouteName } from "./routes.ts";

/** A person with a hundred attributes of a thousand characters, and room. */
const bodyBytesMax = 256 * 1024;

/** A token's requests in a minute, in each process: a sync of a big list takes its time, and pages stay quick. */
const requestsMax = 3_000;
const windowMs = 60_000;

/** The first few; the others follow from them. */
const problemsMax = 20;

const handlers: ApiHandlers = { ...audienceHandlers, ...campaignHandlers };
type AnyHandler = (request: ApiRequest<ApiRouteName>) => Promise<ApiAnswer<ApiRouteName>>;

export function addApiRoutes(app: Hono, context: WebContext): void {
  const limits = createRateLimit(requestsMax, windowMs);
  const tooLong = bodyLimit({
    maxSize: bodyBytesMax,
    onError: (c) =>
      answerProblem(c, 413, { code: "body-too-long", message: `A body has at most ${bodyBytesMax} bytes.` }),
  });
  app.use("/api/*", securityHeaders(context.config.publicUrl), tooLong);

  const described = JSON.stringify(describeApi(readVersion(), context.config.publicUrl));
  app.get("/api/openapi.json", (c) => c.body(described, 200, { "content-type": "application/json" }));

  for (const [name, route] of Object.entries(apiRoutes) as [ApiRouteName, ApiRoute][]) {
    app.on(route.method.toUpperCase(), honoPath(route.path), async (c) => {
      try {
        const caller = await readApiCaller(context.pool, c.req.header("authorization"));
        const refused = refuse(c, route, caller, limits);
        if (refused) return refused;
        return await answer(c, name, route, context, caller as ApiCaller);
      } catch (error) {
        return answerError(c, context, name, error, route);
      }
    });
  }
  addRefusals(app);
}

/** Known addresses by other methods, and addresses that there aren't. */
function addRefusals(app: Hono): void {
  const methods = new Map<string, string[]>();
  for (const { path, method } of Object.values(apiRoutes))
    methods.set(path, [...(methods.get(path) ?? []), method.toUpperCase()]);
  for (const [path, allowed] of methods)
    app.all(honoPath(path), (c) =>
      answerProblem(
        c,
        405,
        { code: "wrong-method", message: `Only ${allowed.join(", ")} can be asked here.` },
        { allow: allowed.join(", ") },
      ),
    );
  app.all("/api/*", (c) =>
    answerProblem(c, 404, {
      code: "unknown-address",
      message: "There is nothing here; /api/openapi.json says what there is.",
    }),
  );
}

function refuse(
  c: Context,
  route: ApiRoute,
  caller: ApiCaller | null,
  limits: ReturnType<typeof createRateLimit>,
): Response | null {
  if (!caller)
    return answerProblem(
      c,
      401,
      { code: "no-token", message: "Send a token that an admin made in the console: Authorization: Bearer bsht_.." },
      { "www-authenticate": 'Bearer realm="broadsheet"' },
    );
  if (!caller.scopes.has(route.scope))
    return answerProblem(
      c,
      403,
      { code: "no-scope", message: `This needs a token with the scope ${route.scope}.` },
      { "www-authenticate": `Bearer realm="broadsheet", error="insufficient_scope", scope="${route.scope}"` },
    );
  if (!limits.take(String(caller.token)))
    return answerProblem(
      c,
      429,
      { code: "too-many-requests", message: `A token has ${requestsMax} requests in a minute.` },
      { "retry-after": String(windowMs / 1000) },
    );
  return null;
}

async function answer(
  c: Context,
  name: ApiRouteName,
  route: ApiRoute,
  context: WebContext,
  caller: ApiCaller,
): Promise<Response> {
  const text = route.body ? await c.req.text() : "";
  if (text !== "" && !/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? ""))
    return answerProblem(c, 415, { code: "not-json", message: "Send JSON, with Content-Type: application/json." });
  const body = route.body ? readJson(text) : undefined;
  if (body && "problem" in body) return answerProblem(c, 400, { code: "bad-json", message: body.problem });

  const problems: ApiProblem[] = [];
  const params = check(route.params, c.req.param(), "", problems);
  const query = check(route.query, route.query ? c.req.query() : undefined, "", problems);
  const checked = check(route.body, body?.value, "/", problems);
  if (problems.length > 0) return answerProblem(c, 422, problems.slice(0, problemsMax));

  const request = { ...context, caller, actor: `token:${caller.token}`, params, query, body: checked };
  const work = async (): Promise<Answered> => {
    try {
      const {
        status,
        body: answered,
        subscriber,
      } = await (handlers[name] as AnyHandler)(request as ApiRequest<ApiRouteName>);
      const response =
        status === 204
          ? c.body(null, 204)
          : c.body(JSON.stringify(answered), status ?? 200, { "content-type": "application/json" });
      return { response, subscriber: subscriber ?? null };
    } catch (error) {
      return { response: answerError(c, context, name, error, route), subscriber: null };
    }
  };
  if (route.method !== "post") return (await work()).response;
  return answerOnce(c, context.pool, { token: caller.token, body: text }, work);
}

function readJson(text: string): { readonly value: unknown } | { readonly problem: string } {
  // Where nothing has to be said nothing has to be sent.
  if (text === "") return { value: {} };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { problem: `The body is no JSON: ${messageOf(error)}` };
  }
}

function check(schema: z.ZodType | undefined, given: unknown, root: "" | "/", problems: ApiProblem[]): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    const field =
      path.length === 0
        ? ""
        : root + path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
    problems.push({ code: "bad-field", message: field === "" ? message : `${field}: ${message}`, field });
  }
  return undefined;
}

function answerError(c: Context, { log }: WebContext, name: ApiRouteName, error: unknown, route: ApiRoute): Response {
  if (error instanceof InputError) return answerProblem(c, statusOf(error, route), error.problems);
  if (error instanceof UnavailableError) {
    log.warn({ route: name, reason: messageOf(error) }, "the API could not answer");
    return answerProblem(c, 503, { code: error.code, message: error.message }, { "retry-after": "5" });
  }
  log.error({ route: name, reason: messageOf(error) }, "a request to the API failed");
  return answerProblem(c, 500, { code: "failed", message: "Something went wrong here. Please try again later." });
}

function readVersion(): string {
  const text = readSource("package.json");
  return (JSON.parse(text) as { version: string }).version;
}

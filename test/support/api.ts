/** Programs with tokens, asked without a socket; every answer is held against /api/openapi.json by a validator of its own. */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";
import { makeApiToken } from "../../src/app/access/api-tokens.ts";
import { acceptInvitation, inviteFirstAdmin } from "../../src/app/access/invitations.ts";
import { apiScopes, type ApiScope } from "../../src/domain/api-scope.ts";
import { createPublicWeb, type PublicWeb } from "./public-web.ts";

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

export interface Api {
  readonly web: PublicWeb;
  readonly document: OpenApi;
  /** A token with these scopes; all of them when none is named. */
  tokenFor(...scopes: ApiScope[]): Promise<string>;
  /** Asks with a token of every scope, and checks the answer against the document. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiReply>;
  /** What the document says against an answer; null where it says nothing. */
  judge(method: string, path: string, reply: ApiReply): string | null;
}

export interface OpenApi {
  readonly paths: Record<string, Record<string, OpenApiOperation>>;
  readonly components: unknown;
}

interface OpenApiOperation {
  readonly operationId: string;
  readonly "x-scope": ApiScope;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>;
}

export async function createApi(): Promise<Api> {
  const web = await createPublicWeb();
  const link = (await inviteFirstAdmin(web.pool, "https://news.example.com")) as string;
  const person = { address: "admin@example.com", name: "The admin", password: "a few words in a row" };
  const id = await acceptInvitation(web.pool, web.config, link.split("/").at(-1) as string, person);
  const admin = { id, address: person.address, name: person.name, role: "admin" } as const;
  const tokenFor = (...scopes: ApiScope[]): Promise<string> =>
    makeApiToken(web.pool, web.config, admin, {
      name: "a program",
      scopes: scopes.length > 0 ? scopes : Object.keys(apiScopes),
    });
  const everything = await tokenFor();
  const document = (await (await web.app.request("/api/openapi.json")).json()) as OpenApi;
  const judge = createJudge(document);
  return {
    web,
    document,
    tokenFor,
    judge,
    async ask(method, path, body, headers = {}) {
      const response = await web.app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${everything}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const reply = {
        status: response.status,
        headers: response.headers,
        body: text === "" ? null : (JSON.parse(text) as unknown),
      };
      expect(judge(method, path, reply)).toBeNull();
      return reply;
    },
  };
}

function createJudge(document: OpenApi): Api["judge"] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api");
  return (method, path, { status, headers, body }) => {
    const { pathname } = new URL(path, "https://news.example.com");
    const template = Object.keys(document.paths).find((known) =>
      new RegExp(`^${known.replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
    );
    const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
    const described = operation?.responses[status];
    const problemOfAll = ![404, 405].includes(status) || operation !== undefined;
    if (!described) return problemOfAll ? `${method} ${path} answered ${status}, which is not described` : null;
    const type = (headers.get("content-type") ?? "").split(";")[0] as string;
    if (!described.content) return body === null ? null : "a body where none is described";
    if (!described.content[type]) return `${status} came as ${type}`;
    const pointer = ["paths", template, method.toLowerCase(), "responses", String(status), "content", type, "schema"]
      .map((part) => encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const validate = ajv.getSchema(`api#/${pointer}`);
    if (!validate) return `there is no schema at ${pointer}`;
    return validate(body) ? null : `${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`;
  };
}

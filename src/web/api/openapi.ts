/** /api/openapi.json: OpenAPI 3.1, made from the table of routes and the schemas that check the requests. */
import { z } from "zod";
import { apiRoutes, type ApiRoute } from "./routes.ts";
import { problem } from "./schemas.ts";

type Json = Record<string, unknown>;

const problemsOf: Readonly<Record<number, string>> = {
  400: "The request can't be read",
  401: "No token, or one that is worth nothing",
  403: "The token has not this scope",
  404: "There is no such thing",
  409: "Not as things stand",
  413: "The body is too long",
  415: "The body is no JSON",
  422: "Something in it is wrong",
  429: "Too many requests in this minute",
  500: "A bug of ours",
  503: "The world does not answer",
};

/** @param version of Broadsheet. @param url where readers and programs reach it */
export function describeApi(version: string, url: string): Json {
  const schemas: Record<string, unknown> = {};
  const reference = (schema: z.ZodType, io: "input" | "output"): Json => {
    const { $schema: _dialect, $defs, ...described } = z.toJSONSchema(schema, { io }) as Json;
    Object.assign(schemas, moveReferences($defs ?? {}));
    return moveReferences(described) as Json;
  };
  const paths: Record<string, Json> = {};
  for (const [name, route] of Object.entries(apiRoutes) as [string, ApiRoute][])
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(name, route, reference) };
  return {
    openapi: "3.1.0",
    info: {
      title: "Broadsheet",
      version,
      description: "Lists, people, campaigns and what became of each mail. See docs/api.md.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "Made in the console, under API." } },
      schemas,
    },
  };
}

/** What zod puts beside each schema stands in one place here. */
function moveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moveReferences);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "$ref" ? String(inner).replace("#/$defs/", "#/components/schemas/") : moveReferences(inner),
    ]),
  );
}

function describeRoute(
  name: string,
  route: ApiRoute,
  reference: (schema: z.ZodType, io: "input" | "output") => Json,
): Json {
  const failures = [
    401,
    403,
    422,
    429,
    500,
    503,
    ...(route.body ? [400, 413, 415] : []),
    ...(route.missing ? [404] : []),
    ...(route.conflicts || route.method === "post" ? [409] : []),
  ].toSorted((a, b) => a - b);
  const answerOf = (status: number): Json =>
    status === 204
      ? { description: "Done" }
      : { description: "Done", content: { "application/json": { schema: reference(route.answer, "output") } } };
  return {
    operationId: name,
    summary: route.summary,
    description: `Needs the scope \`${route.scope}\`.`,
    "x-scope": route.scope,
    parameters: [
      ...parametersOf(route.params, "path", reference),
      ...parametersOf(route.query, "query", reference),
      ...(route.method === "post" ? [idempotencyKey] : []),
    ],
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: reference(route.body, "input") } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(route.statuses.map((status) => [status, answerOf(status)])),
      ...Object.fromEntries(
        failures.map((status) => [
          status,
          {
            description: problemsOf[status],
            content: { "application/problem+json": { schema: reference(problem, "output") } },
          },
        ]),
      ),
    },
  };
}

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Any text of yours. The same request again within a day, with the same key, gets the first one's answer.",
  schema: { type: "string", minLength: 1, maxLength: 200 },
};

function parametersOf(
  schema: z.ZodType | undefined,
  place: "path" | "query",
  reference: (schema: z.ZodType, io: "input" | "output") => Json,
): Json[] {
  if (!schema) return [];
  const { properties, required = [] } = reference(schema, "input") as {
    properties: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...own }]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: own,
  }));
}

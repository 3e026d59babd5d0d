/** Answers that say what is wrong: problem details (RFC 9457), with the codes of docs/errors.md. */
import type { Context } from "hono";
import type { InputError, Problem } from "../../lib/errors.ts";

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

const titles: Readonly<Record<ProblemStatus, string>> = {
  400: "This can't be read",
  401: "No token",
  403: "Not within the token's scopes",
  404: "There is no such thing",
  405: "Not by this method",
  409: "Not as things stand",
  413: "Too long",
  415: "Not JSON",
  422: "Something in it is wrong",
  429: "Too many requests",
  500: "Something went wrong here",
  503: "Not now",
};

export interface ApiProblem extends Pick<Problem, "code" | "message"> {
  /** A JSON pointer into the body, or the name of a parameter. */
  readonly field?: string;
}

export function answerProblem(
  c: Context,
  status: ProblemStatus,
  given: ApiProblem | readonly ApiProblem[],
  headers: Readonly<Record<string, string>> = {},
): Response {
  const problems: readonly ApiProblem[] = Array.isArray(given) ? given : [given as ApiProblem];
  const code = problems[0]?.code ?? "";
  const body = {
    // A name, not an address: the codes are explained by the documentation of whatever version this is.
    type: `urn:broadsheet:error:${code}`,
    title: titles[status],
    status,
    detail: problems.map(({ message }) => message).join("\n"),
    code,
    problems: problems.map(({ message, field, ...rest }) => ({
      code: rest.code,
      message,
      ...(field === undefined ? {} : { field }),
    })),
  };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json", ...headers });
}

/** What a use case refused, by the route's own word for it. */
export function statusOf(
  error: InputError,
  route: { readonly missing?: readonly string[]; readonly conflicts?: readonly string[] },
): 404 | 409 | 422 {
  const code = error.problems[0]?.code ?? "";
  if (route.missing?.includes(code)) return 404;
  return route.conflicts?.includes(code) ? 409 : 422;
}

/** Idempotency-Key: the same request again, with the same key, gets the first one's answer and no second effect. */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import type { Pool } from "../../adapters/postgres/connect.ts";
import { claimAnswer, giveUpAnswer, keepAnswer } from "../../adapters/postgres/api-answers.ts";
import { answerProblem } from "./problem.ts";

/** Visible ASCII, as a header carries it. */
const keyPattern = /^[\u0021-\u007e]{1,200}$/;

/** What a request came to, with whom it is about. */
export interface Answered {
  readonly response: Response;
  readonly subscriber: number | null;
}

/** @param request what the key stands for: method, address and body, and who asks */
export async function answerOnce(
  c: Context,
  pool: Pool,
  request: { readonly token: number; readonly body: string },
  answer: () => Promise<Answered>,
): Promise<Response> {
  const key = c.req.header("idempotency-key");
  if (key === undefined) return (await answer()).response;
  if (!keyPattern.test(key))
    return answerProblem(c, 400, {
      code: "bad-idempotency-key",
      message: "An Idempotency-Key has 1 to 200 visible ASCII characters.",
      field: "Idempotency-Key",
    });
  const { pathname, search } = new URL(c.req.url);
  const hash = createHash("sha256")
    .update(JSON.stringify([c.req.method, pathname, search, request.body]))
    .digest();
  const claimed = await claimAnswer(pool, { token: request.token, key, request: hash });
  switch (claimed.state) {
    case "running":
      return answerProblem(
        c,
        409,
        { code: "still-running", message: "The first request with this Idempotency-Key is still under way." },
        { "retry-after": "1" },
      );
    case "another-request":
      return answerProblem(c, 422, {
        code: "idempotency-key-reused",
        message: "This Idempotency-Key was used for another request within the last day.",
        field: "Idempotency-Key",
      });
    case "answered":
      return c.body(claimed.body, claimed.status as 200, {
        "content-type": claimed.status < 400 ? "application/json" : "application/problem+json",
        "idempotency-replayed": "true",
      });
    case "mine":
      return keepOrGiveUp(pool, claimed.id, answer);
  }
}

async function keepOrGiveUp(pool: Pool, id: number, answer: () => Promise<Answered>): Promise<Response> {
  const { response, subscriber } = await answer();
  // What failed by our own or the world's fault may be tried again.
  if (response.status >= 500) await giveUpAnswer(pool, id);
  else await keepAnswer(pool, id, { status: response.status, body: await response.clone().text(), subscriber });
  return response;
}

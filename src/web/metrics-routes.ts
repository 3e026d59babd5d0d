import type { Hono } from "hono";
import { readApiCaller } from "../app/access/api-tokens.ts";
import { readFigures } from "../app/read-figures.ts";
import { systemClock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import type { WebContext } from "./web-app.ts";

/** Several that ask within this get the same answer: counting a big campaign's rows is worth a moment's wait. */
const freshMs = 5_000;

/**
 * `/metrics` for Prometheus, by a token of the scope `metrics:read`. A request from this machine is not enough: behind a proxy on
 * the same machine everybody comes from there.
 */
export function addMetricsRoutes(app: Hono, { config, pool, log }: WebContext): void {
  let latest: { readonly atMs: number; readonly text: Promise<string> } | null = null;
  const read = (): Promise<string> => {
    if (latest && systemClock.monotonicMs() - latest.atMs < freshMs) return latest.text;
    latest = { atMs: systemClock.monotonicMs(), text: readFigures(pool, config) };
    return latest.text;
  };
  app.get("/metrics", async (c) => {
    c.header("cache-control", "no-store");
    c.header("x-content-type-options", "nosniff");
    try {
      const caller = await readApiCaller(pool, c.req.header("authorization"));
      if (!caller) {
        c.header("www-authenticate", 'Bearer realm="broadsheet"');
        return c.text("Send a token of the scope metrics:read.\n", 401);
      }
      if (!caller.scopes.has("metrics:read")) return c.text("This token has not the scope metrics:read.\n", 403);
      return c.body(await read(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    } catch (error) {
      latest = null;
      log.warn({ reason: messageOf(error) }, "the figures could not be read");
      return c.text("the database does not answer\n", 503);
    }
  });
}

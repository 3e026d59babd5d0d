/**
 * The catcher's web port: the inbox for people, the API for tests. Pages are made on the server and read without a script.
 * Reads change nothing but a mail's being read.
 */
import { Hono } from "hono";
import { systemClock } from "../lib/clock.ts";
import { createCatcherApi } from "./catcher-api.ts";
import { assets } from "./catcher-assets.ts";
import { createEvents } from "./catcher-events.ts";
import { createGuard } from "./catcher-guard.ts";
import { createInbox } from "./catcher-inbox.tsx";
import { createMailFiles } from "./catcher-files.ts";
import type { CatcherAppOptions } from "./catcher-options.ts";

/** To be served on a port of its own, at `/`. */
export function createCatcherApp(options: CatcherAppOptions): Hono {
  const clock = options.clock ?? systemClock;
  const { store } = options;
  const app = new Hono();
  app.use(createGuard({ hosts: options.hosts ?? [] }));
  app.get("*", async (context, next) => {
    const { pathname, search } = new URL(context.req.url);
    // cypress-mailpit asks for //view/ID.html; Go's router, which Mailpit has, sends such requests to the clean path.
    if (pathname.includes("//")) return context.redirect(pathname.replace(/\/{2,}/g, "/") + search, 301);
    return next();
  });
  app.route("/", assets.routes);
  app.get("/livez", (context) => context.text("ok"));
  app.get("/readyz", (context) => context.text("ok"));
  app.get("/events", createEvents(store, clock));
  const { faults, version = "1" } = options;
  app.route("/", createCatcherApi({ store, faults, clock, version }));
  app.route("/", createMailFiles({ store, pictureSources: options.pictureSources ?? options.ownOrigins ?? [] }));
  app.route("/", createInbox({ ...options, clock }));
  return app;
}

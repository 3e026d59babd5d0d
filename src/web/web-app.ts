import { Hono } from "hono";
import type { Pool } from "../adapters/postgres/connect.ts";
import type { Config } from "../app/config.ts";
import type { Logger } from "../app/log.ts";
import { addApiRoutes } from "./api/api-app.ts";
import { addAssetRoutes } from "./asset-routes.ts";
import { addConsoleRoutes } from "./console/console-app.ts";
import { addHealthRoutes } from "./health-routes.ts";
import { addMetricsRoutes } from "./metrics-routes.ts";
import { addPublicRoutes } from "./public/public-routes.ts";
import { addWebhookRoutes } from "./webhook-routes.ts";

export interface WebContext {
  readonly config: Config;
  readonly pool: Pool;
  readonly log: Logger;
  /** Aborted when the server stops: what a page started and left running ends. */
  readonly stopping?: AbortSignal;
}

/** Every page and address of the web server; each group of routes is a file of its own. */
export function createWebApp(context: WebContext): Hono {
  const app = new Hono();
  // Readers come by their own links; whoever types the bare address is one of us.
  app.get("/", (c) => c.redirect("/console", 302));
  addHealthRoutes(app, context);
  addMetricsRoutes(app, context);
  addAssetRoutes(app, context);
  addPublicRoutes(app, context);
  addWebhookRoutes(app, context);
  addConsoleRoutes(app, context);
  addApiRoutes(app, context);
  app.onError((error, c) => {
    context.log.error({ path: c.req.path.split("/").slice(0, 2).join("/"), reason: error.message }, "a request failed");
    return c.text("Something went wrong here. Please try again later.\n", 500);
  });
  return app;
}

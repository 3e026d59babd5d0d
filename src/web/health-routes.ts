import type { Hono } from "hono";
import { messageOf } from "../lib/errors.ts";
import type { WebContext } from "./web-app.ts";

/** `/healthz`: the process answers. `/readyz`: the database does, too. */
export function addHealthRoutes(app: Hono, { pool, log }: WebContext): void {
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    try {
      await pool.query("SELECT 1");
      return c.text("ok\n");
    } catch (error) {
      log.warn({ reason: messageOf(error) }, "not ready: the database does not answer");
      return c.text("the database does not answer\n", 503);
    }
  });
}

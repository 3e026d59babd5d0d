import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { loadTokenKeys } from "../../app/secret.ts";
import type { WebContext } from "../web-app.ts";
import { addArchiveRoutes } from "./archive-routes.tsx";
import { addConfirmRoutes } from "./confirm-routes.tsx";
import { addJoinRoutes } from "./join-routes.tsx";
import { addLeaveRoutes } from "./leave-routes.tsx";
import { addPreferencesRoutes } from "./preferences-routes.tsx";
import { publicAssets } from "./public-assets.ts";
import type { PublicContext } from "./public-context.ts";
import { formBytesMax } from "./read-form.ts";
import { securityHeaders } from "./security-headers.ts";
import { addViewRoutes } from "./view-routes.ts";

/** Everything that readers meet: leaving, choosing, joining, a mail in the browser, the archive. */
export function addPublicRoutes(app: Hono, context: WebContext): void {
  const pages = new Hono();
  const limit = bodyLimit({
    maxSize: formBytesMax,
    onError: (c) => c.text("The form is too long.\n", 413),
  });
  const headers = securityHeaders(context.config.publicUrl);
  for (const path of ["/u/*", "/v/*", "/p/*", "/c/*", "/join/*", "/api/subscribe", "/archive/*", "/calendar/*"]) {
    pages.use(path, headers, limit);
  }
  const publicContext: PublicContext = { ...context, tokens: loadTokenKeys(context.config) };
  addLeaveRoutes(pages, publicContext);
  addViewRoutes(pages, publicContext);
  addPreferencesRoutes(pages, publicContext);
  addJoinRoutes(pages, publicContext);
  addConfirmRoutes(pages, publicContext);
  addArchiveRoutes(pages, publicContext);
  app.route("/", publicAssets.routes);
  app.route("/", pages);
}

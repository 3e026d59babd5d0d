import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { MiddlewareHandler } from "hono";
import { loadTokenKeys } from "../../app/secret.ts";
import type { WebContext } from "../web-app.ts";
import { addArchiveRoutes } from "./archive-routes.tsx";
import { addConfirmRoutes } from "./confirm-routes.tsx";
import { addJoinRoutes } from "./join-routes.tsx";
import { clientAddress, networkOf } from "./client-address.ts";
import { addLeaveRoutes } from "./leave-routes.tsx";
import { addPreferencesRoutes } from "./preferences-routes.tsx";
import { publicAssets } from "./public-assets.ts";
import type { PublicContext } from "./public-context.ts";
import { choosePageLanguage } from "./page-language.ts";
import { renderSaying } from "./public-page.tsx";
import { createRateLimit } from "./rate-limit.ts";
import { formBytesMax } from "./read-form.ts";
import { securityHeaders } from "./security-headers.ts";
import { addViewRoutes } from "./view-routes.ts";
import { pageWords } from "./words/words.ts";

/** Everything that readers meet: leaving, choosing, joining, a mail in the browser, the archive. */
export function addPublicRoutes(app: Hono, context: WebContext): void {
  const pages = new Hono();
  const limit = bodyLimit({
    maxSize: formBytesMax,
    onError: (c) => c.text("The form is too long.\n", 413),
  });
  const headers = securityHeaders(context.config.publicUrl);
  const tooMany = limitReading();
  for (const path of ["/u/*", "/v/*", "/p/*", "/c/*", "/join/*", "/api/subscribe", "/archive/*", "/calendar/*"]) {
    pages.use(path, headers, tooMany, limit);
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

/** Pages that one network reads in a minute: an office that opens a mail together is far below. */
const readsMax = 600;
const readsWindowMs = 60_000;

/** Presses have limits of their own, and the one-click POST has none: it comes from few machines for many people. */
function limitReading(): MiddlewareHandler {
  const reads = createRateLimit(readsMax, readsWindowMs);
  return async (c, next) => {
    if (c.req.method === "POST" || reads.take(networkOf(clientAddress(c)))) return next();
    const language = choosePageLanguage(c);
    const { common } = pageWords(language);
    c.header("retry-after", String(readsWindowMs / 1_000));
    return c.html(renderSaying(c, { language, title: common.tooManyTitle, text: common.tooMany }), 429);
  };
}

/**
 * Registers the console's table of routes, each behind the same gate: where the request comes from, whose session it is,
 * what that role may do, and for a form its token. Nothing is reached around it.
 */
import { rm } from "node:fs/promises";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { readSession, type Session } from "../../app/access/sessions.ts";
import { isSameToken } from "../../app/access/secret-token.ts";
import { uploadFolder } from "../../app/import-runs.ts";
import { InputError, messageOf, UnavailableError } from "../../lib/errors.ts";
import { formBytesMax, readForm } from "../public/read-form.ts";
import { securityHeaders } from "../public/security-headers.ts";
import type { WebContext } from "../web-app.ts";
import { createAccessHandlers } from "./access-pages.tsx";
import { auditHandlers } from "./audit-pages.tsx";
import { calendarHandlers } from "./calendar-pages.tsx";
import { campaignHandlers } from "./campaign-pages.tsx";
import { consoleAssets } from "./console-assets.ts";
import { renderFailure } from "./console-page.tsx";
import type { ConsoleHandler, OpenHandler, OpenRequest } from "./console-request.ts";
import { isSameOrigin } from "./same-origin.ts";
import { importHandlers } from "./import-pages.tsx";
import { issueHandlers } from "./issue-pages.tsx";
import { listHandlers } from "./list-pages.tsx";
import { peopleHandlers } from "./people-pages.tsx";
import { personHandlers } from "./person-pages.tsx";
import { recurrenceHandlers } from "./recurrence-pages.tsx";
import { receiveUpload } from "./receive-upload.ts";
import { resultHandlers } from "./results-pages.tsx";
import { consoleRoutes, isAllowed, type ClosedRoute, type ConsoleRoute, type OpenRoute } from "./routes.ts";
import { segmentHandlers } from "./segment-page.tsx";
import { sendHandlers } from "./send-pages.tsx";
import { readSessionCookie } from "./session-cookie.ts";
import { renderSignIn } from "./sign-in-page.tsx";
import { suppressionHandlers } from "./suppression-pages.tsx";
import { teamHandlers } from "./team-pages.tsx";
import { tokenHandlers } from "./token-pages.tsx";
import { webhookHandlers } from "./webhook-pages.tsx";

/** Our own styles, script, pictures and forms; the script asks our own pages alone. */
const consolePolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function addConsoleRoutes(app: Hono, context: WebContext): void {
  app.route("/", consoleAssets.routes);
  const limit = bodyLimit({ maxSize: formBytesMax, onError: (c) => c.text("The form is too long.\n", 413) });
  const headers = securityHeaders(context.config.publicUrl);
  for (const path of ["/console", "/console/*"]) {
    app.use(
      path,
      headers,
      (c, next) => (isUpload(c) ? next() : limit(c, next)),
      async (c, next) => {
        await next();
        c.res.headers.set("content-security-policy", consolePolicy);
        // With "no-referrer" browsers send `Origin: null` with our own forms.
        c.res.headers.set("referrer-policy", "same-origin");
      },
    );
  }
  const { open, closed } = createHandlers();
  for (const [name, route] of Object.entries(consoleRoutes) as [OpenRoute | ClosedRoute, ConsoleRoute][]) {
    app.on(route.method, route.path, async (c) => {
      if (route.method === "POST" && !isSameOrigin(c, context.config.publicUrl))
        return renderFailure(c, 403, "This form was not sent from this page", "Open the console itself and try again.");
      const takesFile = route.takesFile && isUpload(c);
      const form = route.method === "POST" && !takesFile ? await readForm(c) : new URLSearchParams();
      if (!form) return renderFailure(c, 400, "This is no form", "Go back and try again.");
      const request: OpenRequest = { ...context, c, form };
      if (route.may === "anyone") return answer(request, () => open[name as OpenRoute](request));

      const session = await readSession(context.pool, readSessionCookie(c));
      if (!session)
        return renderSignIn(request, { status: 401, next: route.method === "GET" ? c.req.path : "/console" });
      if (!isAllowed(session.user.role, name as ClosedRoute))
        return renderFailure(c, 403, "This is not yours to do", `You are here as ${session.user.role}.`);
      if (takesFile) return answer(request, () => takeFile(request, session, closed[name as ClosedRoute]));
      if (route.method === "POST" && !isSameToken(form.get("token") ?? "", session.formToken)) return renderOutdated(c);
      return answer(request, () => closed[name as ClosedRoute]({ ...request, session }));
    });
  }
}

/** The one form whose body is bounded while it is written to the disk. */
function isUpload(c: Context): boolean {
  const { method, path } = consoleRoutes.uploadImport;
  const isForm = /^multipart\/form-data\b/i.test(c.req.header("content-type") ?? "");
  return c.req.method === method && c.req.path === path && isForm;
}

/** The same gate for a form with a file, whose word of the session comes with it. */
async function takeFile(request: OpenRequest, session: Session, handle: ConsoleHandler): Promise<Response> {
  const { c, config } = request;
  const upload = await receiveUpload(c, await uploadFolder(config));
  try {
    if (!isSameToken(upload.fields.get("token") ?? "", session.formToken)) return await renderOutdated(c);
    return await handle({ ...request, form: upload.fields, session, upload });
  } finally {
    // Whoever took it has moved it.
    await rm(upload.path, { force: true });
  }
}

function renderOutdated(c: Context): Promise<Response> {
  return renderFailure(c, 403, "This form is out of date", "Go back, reload the page and try again.");
}

function createHandlers(): { open: Record<OpenRoute, OpenHandler>; closed: Record<ClosedRoute, ConsoleHandler> } {
  const { open, closed } = createAccessHandlers();
  return {
    open,
    closed: {
      ...closed,
      ...campaignHandlers,
      ...resultHandlers,
      ...calendarHandlers,
      ...recurrenceHandlers,
      ...sendHandlers,
      ...issueHandlers,
      ...listHandlers,
      ...segmentHandlers,
      ...suppressionHandlers,
      ...peopleHandlers,
      ...personHandlers,
      ...importHandlers,
      ...teamHandlers,
      ...auditHandlers,
      ...tokenHandlers,
      ...webhookHandlers,
    },
  };
}

/** What a person can mend is said in words; a form's other troubles are bugs and go to the app's own handler. */
async function answer({ c, log }: OpenRequest, handle: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof InputError)
      return c.req.method === "GET"
        ? renderFailure(c, 404, "There is nothing here", error.message)
        : renderFailure(c, 422, "That was not done", error.message);
    if (error instanceof UnavailableError) {
      log.warn({ reason: messageOf(error) }, "the console could not answer");
      return renderFailure(c, 503, "Not now", error.message);
    }
    throw error;
  }
}

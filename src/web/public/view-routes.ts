import type { Hono } from "hono";
import { createMailViews } from "../../app/view-mail.ts";
import { readToken, tokenPaths } from "../../domain/token.ts";
import { renderBroken } from "./leave-routes.tsx";
import { choosePageLanguage } from "./page-language.ts";
import type { PublicContext } from "./public-context.ts";
import { renderSaying } from "./public-page.tsx";
import { mailPolicy } from "./security-headers.ts";
import { pageWords } from "./words/words.ts";

/** An edition never changes: its digest's id is the hash of its inputs. */
const cacheForEver = "public, max-age=31536000, immutable";

/** A mail in the browser, and the calendar files that mails link to. */
export function addViewRoutes(app: Hono, { pool, config, tokens }: PublicContext): void {
  const views = createMailViews(pool, config);
  const policy = mailPolicy(config.publicUrl);

  app.get(`${tokenPaths.view}:token`, async (c) => {
    const payload = readToken(c.req.param("token"), tokens, "view");
    if (!payload) return renderBroken(c);
    const html = await views.view(payload);
    if (html === null) {
      const language = choosePageLanguage(c);
      const words = pageWords(language).view;
      return c.html(renderSaying(c, { language, title: words.goneTitle, text: words.goneText }), 410);
    }
    return c.body(html, 200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
  });

  app.get("/calendar/:digest{[\\w.-]{1,200}}/:file{[0-9]{1,3}\\.ics}", async (c) => {
    const file = c.req.param("file");
    const calendar = await views.calendar(c.req.param("digest"), Number.parseInt(file, 10));
    if (calendar === null) return c.text("There is no such event.\n", 404);
    return c.body(calendar, 200, {
      "content-type": "text/calendar; charset=utf-8",
      "content-disposition": `inline; filename="event-${file}"`,
      "cache-control": cacheForEver,
    });
  });
}

/** The API of one mail: read, in pieces, and what the checks of a relay would be. */
import { type Context, Hono } from "hono";
import type { CaughtMail, CaughtMailStore } from "../domain/caught-mail.ts";
import { writeHeaders, writeMail } from "./catcher-json.ts";
import { searchMails } from "./catcher-search.ts";

export function createMailApi(store: CaughtMailStore): Hono {
  const api = new Hono();

  /** `latest` is the newest, or with `?query=` the newest that fits. */
  const find = async (context: Context): Promise<CaughtMail | undefined> => {
    const id = context.req.param("id") ?? "";
    if (id !== "latest") return store.get(id);
    const query = context.req.query("query") ?? "";
    return query === "" ? store.list()[0] : (await searchMails(store, query, context.req.query("tz")))[0];
  };
  const missing = (context: Context) => context.text("404 page not found", 404);

  api.get("/api/v1/message/:id", async (context) => {
    const mail = await find(context);
    const written = mail && (await writeMail(mail, store));
    if (!mail || !written) return missing(context);
    store.setRead([mail.id], true);
    return context.json(written);
  });
  api.get("/api/v1/message/:id/headers", async (context) => {
    const mail = await find(context);
    return mail ? context.json(writeHeaders(mail)) : missing(context);
  });
  api.get("/api/v1/message/:id/raw", async (context) => {
    const mail = await find(context);
    const raw = mail && (await store.raw(mail.id));
    if (!mail || !raw) return missing(context);
    const name = `attachment; filename="${mail.id}.eml"`;
    return context.body(new Uint8Array(raw), 200, {
      "Content-Type": "text/plain; charset=utf-8",
      ...(context.req.query("dl") === "1" ? { "Content-Disposition": name } : {}),
    });
  });
  const sendPart = async (context: Context, partId: string) => {
    const mail = await find(context);
    const found = mail && (await store.part(mail.id, partId));
    if (!found) return missing(context);
    const name = encodeURIComponent(found.part.fileName ?? found.part.contentId ?? "part");
    return context.body(new Uint8Array(found.bytes), 200, {
      "Content-Type": found.part.type,
      "Content-Disposition": `inline; filename="${name}"`,
      // Whatever type a mail claims, nothing in it runs.
      "Content-Security-Policy": "default-src 'none'; sandbox",
    });
  };
  api.get("/api/v1/message/:id/part/:part", (context) => sendPart(context, context.req.param("part")));
  // Mailpit makes a small picture; the whole one serves as well.
  api.get("/api/v1/message/:id/part/:part/thumb", (context) => sendPart(context, context.req.param("part")));
  api.get("/api/v1/message/:id/link-check", async (context) => {
    const mail = await find(context);
    const content = mail && (await store.content(mail.id));
    if (!content) return missing(context);
    const text = `${content.html ?? ""}\n${content.text ?? ""}`;
    const urls = new Set(
      [...text.matchAll(/https?:\/\/[^\s"'<>)]+/gi)].map((match) => match[0].replaceAll("&amp;", "&")),
    );
    const links = [...urls].map((URL) => ({ URL, StatusCode: 0, Status: "not asked: the catcher makes no requests" }));
    return context.json({ Errors: 0, Links: links });
  });
  for (const check of ["html-check", "sa-check"]) {
    api.get(`/api/v1/message/:id/${check}`, (context) =>
      context.text(`${check} is not part of the catcher: "broadsheet check" does it, with more rules.\n`, 501),
    );
  }
  api.post("/api/v1/message/:id/release", (context) =>
    context.text("The catcher never relays: nothing leaves it.\n", 400),
  );

  return api;
}

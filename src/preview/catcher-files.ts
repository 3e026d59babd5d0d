/** A mail's pieces as they are: the framed HTML, the raw bytes, the parts. Each under a policy that lets nothing run. */
import { type Context, Hono } from "hono";
import type { CaughtMail, CaughtMailStore } from "../domain/caught-mail.ts";
import { framePolicy, renderFrame } from "./catcher-frame.ts";

const inert = "default-src 'none'; sandbox";

export function createMailFiles(options: { store: CaughtMailStore; pictureSources: readonly string[] }): Hono {
  const { store, pictureSources } = options;
  const files = new Hono();
  const find = (id: string): CaughtMail | undefined => (id === "latest" ? store.list()[0] : store.get(id));

  async function sendFrame(context: Context, id: string) {
    const mail = find(id);
    const content = mail && (await store.content(mail.id));
    if (!mail || !content) return context.notFound();
    const withRemote = context.req.query("remote") === "1";
    context.header("Content-Security-Policy", framePolicy(pictureSources, withRemote));
    context.header("Referrer-Policy", "no-referrer");
    return context.html(await renderFrame(store, mail.id, content));
  }

  files.get("/mail/:id/frame", (context) => sendFrame(context, context.req.param("id")));

  files.get("/mail/:id/raw", async (context) => {
    const raw = await store.raw(context.req.param("id"));
    if (!raw) return context.notFound();
    return context.body(new Uint8Array(raw), 200, {
      "Content-Type": "message/rfc822",
      "Content-Disposition": `attachment; filename="${context.req.param("id")}.eml"`,
      "Content-Security-Policy": inert,
    });
  });

  files.get("/mail/:id/part/:part", async (context) => {
    const found = await store.part(context.req.param("id"), context.req.param("part"));
    if (!found) return context.notFound();
    const name = found.part.fileName ?? `part-${found.part.id}.${found.part.type.split("/").at(-1) ?? "bin"}`;
    return context.body(new Uint8Array(found.bytes), 200, {
      // Never shown by the browser, whatever it claims to be.
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      "Content-Security-Policy": inert,
    });
  });

  // As in Mailpit, for user interface tests; under the frame's policy, since people open it in a browser.
  files.get("/view/:file{.+\\.(?:html|txt)}", async (context) => {
    const [, id = "", kind] = /^(.+)\.(html|txt)$/.exec(context.req.param("file")) ?? [];
    const mail = find(id);
    const content = mail && (await store.content(mail.id));
    if (!mail || !content) return context.text("Message not found", 404);
    store.setRead([mail.id], true);
    if (kind === "txt") return context.text(content.text ?? "");
    if (content.html === null) return context.text("This message does not contain a HTML part", 404);
    return sendFrame(context, mail.id);
  });
  return files;
}

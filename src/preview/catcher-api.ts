/**
 * Mailpit's API, version 1, as far as it makes sense for a catcher that never relays, so that its clients work unchanged;
 * beside it waiting and faults of our own. What is left out answers 501 and says where to look instead.
 */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { CatcherFaults, CaughtMail, CaughtMailStore } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { createMailApi } from "./catcher-api-mail.ts";
import { createOwnApi } from "./catcher-api-own.ts";
import { composeMail, sendSchema } from "./catcher-compose.ts";
import { writeMailSummary } from "./catcher-json.ts";
import { listedDefault, readNumber } from "./catcher-numbers.ts";
import { openApiDocument } from "./catcher-openapi.ts";
import { searchMails } from "./catcher-search.ts";

export interface CatcherApiOptions {
  readonly store: CaughtMailStore;
  readonly faults: CatcherFaults | undefined;
  readonly clock: Clock;
  /** What `/api/v1/info` says. */
  readonly version: string;
}

/** Each listed mail is parsed for its snippet. */
const listedMax = 1_000;
const jsonBytesMax = 5 * 1024 * 1024;
const sendBytesMax = 35 * 1024 * 1024; // a mail of 25 MB in base64

const idsSchema = z.object({ IDs: z.array(z.string()).nullish() });
const readSchema = idsSchema.extend({ Read: z.boolean().default(false), Search: z.string().default("") });
const tagsSchema = z.object({ IDs: z.array(z.string()).default([]), Tags: z.array(z.string()).nullish() });

/** To mount at `/`. */
export function createCatcherApi(options: CatcherApiOptions): Hono {
  const { store, clock } = options;
  const startedMs = clock.monotonicMs();
  const api = new Hono();

  api.onError((error, context) => {
    if (error instanceof SyntaxError || error instanceof z.ZodError || error instanceof InputError) {
      return context.text(error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error), 400);
    }
    throw error;
  });
  api.use("/api/v1/send", bodyLimit({ maxSize: sendBytesMax }));
  api.use("/api/v1/messages", bodyLimit({ maxSize: jsonBytesMax }));
  api.use("/api/v1/tags/*", bodyLimit({ maxSize: jsonBytesMax }));
  api.use("/api/v1/chaos", bodyLimit({ maxSize: jsonBytesMax }));
  api.use("/api/faults", bodyLimit({ maxSize: jsonBytesMax }));

  const tagCounts = () => {
    const counts = new Map<string, number>();
    for (const mail of store.list()) for (const tag of mail.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    return new Map([...counts].sort(([first], [second]) => first.localeCompare(second)));
  };
  const zoneOf = (context: Context) => context.req.query("tz");

  async function writeList(context: Context, found: readonly CaughtMail[], start: number, limit: number) {
    const { kept, unread } = store.counts();
    const page = found.slice(start, start + limit);
    const messages = [];
    for (const mail of page) messages.push(await writeMailSummary(mail, store));
    return context.json({
      total: kept,
      unread,
      count: page.length,
      messages_count: found.length,
      messages_unread: found.filter((mail) => !mail.read).length,
      start,
      tags: [...tagCounts().keys()],
      messages,
    });
  }

  api.get("/api/v1/messages", (context) => {
    const { start, limit } = readPage(context);
    return writeList(context, store.list(), start, limit);
  });
  api.put("/api/v1/messages", async (context) => {
    const { IDs: ids, Read, Search } = readSchema.parse(await context.req.json());
    if (ids && ids.length > 0 && Search !== "") {
      return context.text("You may specify either IDs or a search query, not both", 400);
    }
    if (Search !== "")
      store.setRead(
        (await searchMails(store, Search, zoneOf(context))).map(({ id }) => id),
        Read,
      );
    else store.setRead(ids && ids.length > 0 ? ids : undefined, Read);
    return context.text("ok");
  });
  api.delete("/api/v1/messages", async (context) => {
    // Mailpit reads an empty or unreadable body as "all". A test's typo must not empty the box: only an empty one does here.
    const text = await context.req.text();
    const { IDs: ids } = text.trim() === "" ? {} : idsSchema.parse(JSON.parse(text));
    await store.remove(ids && ids.length > 0 ? ids : undefined);
    return context.text("ok");
  });

  api.get("/api/v1/search", async (context) => {
    const query = context.req.query("query")?.trim() ?? "";
    if (query === "") return context.text("Error: no search query", 400);
    const { start, limit } = readPage(context);
    return writeList(context, await searchMails(store, query, zoneOf(context)), start, limit);
  });
  api.delete("/api/v1/search", async (context) => {
    const query = context.req.query("query")?.trim() ?? "";
    if (query === "") return context.text("Error: no search query", 400);
    const found = await searchMails(store, query, zoneOf(context));
    if (found.length > 0) await store.remove(found.map(({ id }) => id));
    return context.text("ok");
  });

  api.post("/api/v1/send", async (context) => {
    const parsed = sendSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) return context.json({ Error: z.prettifyError(parsed.error) }, 400);
    const { From, To, Cc, Bcc, Tags } = parsed.data;
    const addresses = [...[...To, ...Cc].map(({ Email }) => Email), ...Bcc];
    const to = addresses.map((address) => ({ address, notify: [], originalRecipient: null }));
    const client = { address: "", hello: "the API", user: null, tls: false };
    const envelope = { from: From.Email, to, smtpUtf8: false, returnBody: null, envelopeId: null, client };
    const mail = await store.take(envelope, composeMail(parsed.data, clock.now()));
    if (Tags.length > 0) store.setTags([mail.id], cleanTags(Tags));
    return context.json({ ID: mail.id });
  });

  api.get("/api/v1/tags", (context) => context.json([...tagCounts().keys()]));
  api.put("/api/v1/tags", async (context) => {
    const { IDs, Tags } = tagsSchema.parse(await context.req.json());
    store.setTags(IDs, cleanTags(Tags ?? []));
    return context.text("ok");
  });
  const retag = (tag: string, replacement: readonly string[]) => {
    for (const mail of store.list()) {
      if (!mail.tags.includes(tag)) continue;
      store.setTags(
        [mail.id],
        mail.tags.flatMap((known) => (known === tag ? replacement : [known])),
      );
    }
  };
  api.put("/api/v1/tags/:tag", async (context) => {
    const { Name } = z.object({ Name: z.string() }).parse(await context.req.json());
    const [name] = cleanTags([Name]);
    if (name === undefined) return context.text("a tag has at least one letter or digit", 400);
    retag(context.req.param("tag"), [name]);
    return context.text("ok");
  });
  api.delete("/api/v1/tags/:tag", (context) => {
    retag(context.req.param("tag"), []);
    return context.text("ok");
  });

  api.get("/api/v1/info", (context) => {
    const counts = store.counts();
    return context.json({
      Version: options.version,
      LatestVersion: "",
      Database: "",
      DatabaseSize: counts.keptBytes,
      Messages: counts.kept,
      Unread: counts.unread,
      Tags: Object.fromEntries(tagCounts()),
      RuntimeStats: {
        Uptime: Math.floor((clock.monotonicMs() - startedMs) / 1000),
        Memory: process.memoryUsage.rss(),
        MessagesDeleted: counts.removed + counts.evicted,
        SMTPAccepted: counts.taken,
        SMTPAcceptedSize: counts.takenBytes,
        SMTPRejected: options.faults?.counts()["reply"] ?? 0,
        SMTPIgnored: 0,
      },
      // Beside Mailpit's, what a test of a sender wants to know.
      Catch: { ...counts, repeatedMessageIds: store.repeatedMessageIds() },
    });
  });
  api.get("/api/v1/webui", (context) =>
    context.json({
      Label: "Broadsheet",
      MessageRelay: { Enabled: false, SMTPServer: "", ReturnPath: "", AllowedRecipients: "", BlockedRecipients: "" },
      SpamAssassin: false,
      ChaosEnabled: options.faults !== undefined,
      DuplicatesIgnored: false,
      HideDeleteAllButton: false,
    }),
  );

  api.route("/", createMailApi(store));
  api.route("/", createOwnApi({ store, faults: options.faults, clock, writeList }));

  api.get("/api/openapi.json", (context) => context.json(openApiDocument(options.version)));
  api.all("/api/*", (context) => context.text("404 page not found", 404));
  return api;
}

function readPage(context: Context): { start: number; limit: number } {
  return {
    start: readNumber(context.req.query("start"), 0, 0, Number.MAX_SAFE_INTEGER),
    limit: readNumber(context.req.query("limit"), listedDefault, 0, listedMax),
  };
}

/** Mailpit's letters for tags; the others are taken away. */
function cleanTags(tags: readonly string[]): string[] {
  return tags.map((tag) => tag.replace(/[^\w .-]/g, "").trim()).filter((tag) => tag !== "");
}

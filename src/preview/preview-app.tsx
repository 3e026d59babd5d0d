/**
 * The preview's pages. Everything that is shown stands in the address; reads change nothing. It listens on loopback, and the
 * guard keeps other sites' pages out.
 */
import { Hono, type Context } from "hono";
import { streamSSE } from "hono/streaming";
import { randomUUID } from "node:crypto";
import { pause, type Clock } from "../lib/clock.ts";
import type { IssueFile } from "../app/issue-files.ts";
import type { LivePreview, PreviewedMail } from "../app/live-preview.ts";
import { createGuard } from "./catcher-guard.ts";
import { previewAssets } from "./preview-assets.ts";
import { compareLines } from "./preview-diff.ts";
import { framePolicy, renderFrame, renderNothing, type ReadPicture } from "./preview-frame.ts";
import { withSource, type PreviewModel, type TestResult } from "./preview-model.ts";
import { renderPreview } from "./preview-page.tsx";
import { Problems } from "./preview-problems.tsx";
import { hrefOf, readQuery, type PreviewQuery } from "./preview-query.ts";

export interface PreviewAppOptions {
  readonly preview: LivePreview;
  /** Shown first; it may lie outside of the issues' folder. */
  readonly first: IssueFile | null;
  readonly templatesRoot: string;
  readonly readPicture: ReadPicture;
  readonly inboxUrl: string;
  /** The caught copy of a mail, once it has arrived. */
  readonly findCaught: (messageId: string) => Promise<string | null>;
  readonly hosts: readonly string[];
  readonly clock: Clock;
}

/** Pages open at once. */
const listenersMax = 50;
const heartbeatMs = 25_000;
/** Results of tests remembered for the page that follows. */
const testsMax = 50;
/** The last mails that could be made, kept to be shown behind what is wrong. */
const lastGoodMax = 20;

export function createPreviewApp(options: PreviewAppOptions): Hono {
  const { preview, clock } = options;
  const lastGood = new Map<string, PreviewedMail>();
  const tests = new Map<string, TestResult>();
  let listeners = 0;
  const app = new Hono();
  app.use(createGuard({ hosts: options.hosts }));
  app.route("/", previewAssets.routes);
  app.get("/livez", (context) => context.text("ok"));

  app.get("/", async (context) => {
    const found = await find(context);
    if (!found) return context.text("There is no issue to show: write one into issues/.\n", 404);
    return context.html(renderPreview(await model(context, found)));
  });

  app.get("/frame", async (context) => {
    const found = await find(context);
    const { mail } = found ? await look(found) : { mail: null };
    context.header("Content-Security-Policy", framePolicy);
    const html = mail?.content.html;
    if (!found || typeof html !== "string") return context.html(renderNothing("There is nothing to show yet."));
    return context.html(await renderFrame(html, found.query, options.readPicture));
  });

  app.get("/raw", async (context) => {
    const found = await find(context);
    const { mail } = found ? await look(found) : { mail: null };
    if (!mail) return context.text("This issue has something to mend first.\n", 409);
    context.header("Content-Disposition", 'attachment; filename="message.eml"');
    return context.body(new Uint8Array(mail.message.bytes), 200, { "Content-Type": "message/rfc822" });
  });

  app.post("/test", async (context) => {
    const found = await find(context);
    if (!found) return context.text("There is no such issue.\n", 404);
    const form = await context.req.formData();
    const to = String(form.get("to") ?? "").trim();
    const result = await sendTest(found, to);
    const id = randomUUID();
    tests.set(id, result);
    if (tests.size > testsMax) tests.delete(tests.keys().next().value as string);
    const back = hrefOf(found.query);
    return context.redirect(`${back}${back.includes("?") ? "&" : "?"}sent=${id}#test`, 303);
  });

  app.get("/events", async (context) => {
    const found = await find(context);
    if (!found) return context.text("There is no such issue.\n", 404);
    if (listeners >= listenersMax) return context.text("Too many previews are open.\n", 503);
    return streamSSE(context, async (stream) => {
      listeners += 1;
      const gone = new AbortController();
      let wake = new AbortController();
      // What was saved while the page was on its way.
      let isChanged = true;
      const unwatch = preview.watch(() => {
        isChanged = true;
        wake.abort();
      });
      stream.onAbort(() => {
        gone.abort();
        wake.abort();
      });
      const { file, query } = found;
      try {
        let state = context.req.query("state") ?? "";
        await stream.write(": here\n\n");
        while (!gone.signal.aborted) {
          wake = new AbortController();
          if (!isChanged) await pause(clock, heartbeatMs, wake.signal);
          if (gone.signal.aborted) break;
          if (!isChanged) {
            await stream.write(": still here\n\n");
            continue;
          }
          isChanged = false;
          const now = await preview.stateOf(file.file, query.reader);
          // Most changes concern another issue or another template.
          if (now === state) continue;
          state = now;
          const revision = preview.revision();
          // A digest's state has its variant behind a space; only what could not be compiled is looked at here.
          const problems = now.includes(" ") ? [] : (await look(found)).problems;
          const shown = problems.length === 0 ? "" : String(<Problems problems={problems} />);
          await stream.writeSSE({ event: "change", data: JSON.stringify({ revision, problems: shown }) });
        }
      } finally {
        unwatch();
        listeners -= 1;
      }
    });
  });
  return app;

  interface Found {
    readonly file: IssueFile;
    readonly files: readonly IssueFile[];
    readonly query: PreviewQuery;
  }

  async function find(context: Context): Promise<Found | null> {
    const query = readQuery(new URL(context.req.url));
    const files = await preview.files();
    const { first } = options;
    const file =
      query.issue === ""
        ? (first ?? files[0])
        : first?.key === query.issue
          ? first
          : files.find(({ key }) => key === query.issue);
    return file ? { file, files, query: { ...query, issue: file.key } } : null;
  }

  /** The mail with what is wrong; where nothing can be made, the last one that could. */
  async function look({ file, query }: Found): Promise<Pick<PreviewModel, "mail" | "problems">> {
    const answer = await preview.show(file.file, query.reader);
    if (answer.mail) {
      lastGood.delete(file.file);
      lastGood.set(file.file, answer.mail);
      if (lastGood.size > lastGoodMax) lastGood.delete(lastGood.keys().next().value as string);
      return { mail: answer.mail, problems: [] };
    }
    return {
      mail: lastGood.get(file.file) ?? null,
      problems: await withSource(answer.problems, options.templatesRoot),
    };
  }

  async function model(context: Context, found: Found): Promise<PreviewModel> {
    const { file, files, query } = found;
    const revision = preview.revision();
    const state = await preview.stateOf(file.file, query.reader);
    const { mail, problems } = await look(found);
    return {
      query,
      files,
      file,
      revision,
      state,
      mail,
      problems,
      weights: query.view === "weight" && problems.length === 0 ? await preview.weigh(file.file, query.reader) : null,
      diff: query.view === "diff" && mail ? await compare(found, mail) : null,
      test: tests.get(context.req.query("sent") ?? "") ?? null,
      inboxUrl: options.inboxUrl,
    };
  }

  async function compare({ file, query }: Found, mail: PreviewedMail): Promise<PreviewModel["diff"]> {
    const before = await preview.previous(file.file);
    if (before === null) return null;
    const { mail: earlier } = await preview.show(before, { ...query.reader, variant: "" });
    if (!earlier) return null;
    const lines = compareLines(earlier.content.text ?? "", mail.content.text ?? "");
    return { before: earlier.issue.slug, lines };
  }

  async function sendTest({ file, query }: Found, to: string): Promise<TestResult> {
    try {
      const sent = await preview.sendTest(file.file, query.reader, to);
      const isAccepted = sent.outcome === "accepted";
      const caught = isAccepted ? await options.findCaught(sent.messageId) : null;
      return { to, isAccepted, detail: sent.detail, href: caught ?? options.inboxUrl };
    } catch (error) {
      return {
        to,
        isAccepted: false,
        detail: error instanceof Error ? error.message : String(error),
        href: options.inboxUrl,
      };
    }
  }
}

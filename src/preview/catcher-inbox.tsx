/** The inbox's pages and what their buttons do. */
import { type Context, Hono } from "hono";
import type { CaughtMail, MailContent } from "../domain/caught-mail.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { ChecksView } from "./catcher-checks.tsx";
import { countRemote } from "./catcher-frame.ts";
import { listHref, mailHref, type Place } from "./catcher-links.ts";
import { MailList, MailListContent, type ListProps } from "./catcher-list.tsx";
import { MailPane, type MailView, mailViews } from "./catcher-mail.tsx";
import type { CatcherAppOptions, DkimVerdict } from "./catcher-options.ts";
import { searchMails } from "./catcher-search.ts";
import { renderShell, type ShellProps } from "./catcher-shell.tsx";
import { readUnsubscribe, tryUnsubscribe, type UnsubscribeAnswer } from "./catcher-unsubscribe.ts";
import { frameSchemes, frameWidths, HeadersView, HtmlView, PartsView, RawView, TextView } from "./catcher-views.tsx";
import { ChooseMail, EmptyInbox, Help } from "./catcher-welcome.tsx";

/** Mails on one page of the list: as many as one scrolls through before one searches. */
const pageSize = 50;
/** A verifier looks up keys in the DNS. */
const verifyMsMax = 8_000;
const querySize = 1_000;

export function createInbox(options: CatcherAppOptions & { readonly clock: Clock }): Hono {
  const { store, smtpUrl, clock, faults } = options;
  const ownOrigins = options.ownOrigins ?? [];
  const pictureSources = options.pictureSources ?? ownOrigins;
  const inbox = new Hono();

  async function readList(place: Place, selected: string | undefined): Promise<ListProps> {
    const found = place.query === "" ? store.list() : await searchMails(store, place.query);
    const shown = found.slice(place.start, place.start + pageSize);
    const rows = await Promise.all(shown.map(async (mail) => ({ mail, glance: await store.glance(mail.id) })));
    const unread = found.filter((mail) => !mail.read).length;
    return { rows, place, found: found.length, unread, selected, pageSize, now: clock.now() };
  }

  const render = (context: Context, props: Omit<ShellProps, "smtpUrl" | "taken">, status: 200 | 404 = 200) =>
    context.html(renderShell({ ...props, smtpUrl, taken: store.counts().taken }), status);
  const rules = () => faults?.lines() ?? [];

  inbox.get("/", async (context) => {
    const place = readPlace(context);
    const { kept } = store.counts();
    if (kept === 0 && place.query === "") {
      return render(context, {
        title: "Nothing caught yet",
        query: "",
        shows: "nothing",
        children: <EmptyInbox smtpUrl={smtpUrl} />,
      });
    }
    const list = await readList(place, undefined);
    return render(context, {
      title: place.query === "" ? "Inbox" : `Search: ${place.query}`,
      query: place.query,
      shows: "list",
      children: (
        <main class="panes" id="main">
          <MailList {...list} />
          <ChooseMail smtpUrl={smtpUrl} faults={rules()} />
        </main>
      ),
    });
  });

  inbox.get("/list", async (context) => {
    const selected = context.req.query("selected");
    return context.html(
      <MailListContent {...await readList(readPlace(context), selected === "" ? undefined : selected)} />,
    );
  });

  inbox.get("/help", (context) =>
    render(context, {
      title: "How this works",
      query: "",
      shows: "nothing",
      children: <Help smtpUrl={smtpUrl} faults={rules()} />,
    }),
  );

  async function showMail(context: Context, view: MailView | undefined, answer?: UnsubscribeAnswer) {
    const id = context.req.param("id") ?? "";
    const mail = store.get(id);
    const content = mail && (await store.content(id));
    if (!mail || !content) return showMissing(context);
    store.setRead([id], true);
    const place = readPlace(context);
    const shown = view ?? (content.html === null ? "text" : "html");
    const list = await readList(place, id);
    return render(context, {
      title: mail.subject || "(no subject)",
      query: place.query,
      shows: "mail",
      children: (
        <main class="panes" id="main">
          <MailList {...list} />
          <MailPane mail={mail} content={content} place={place} view={shown}>
            {await renderView(context, mail, content, place, shown, answer)}
          </MailPane>
        </main>
      ),
    });
  }

  async function renderView(
    context: Context,
    mail: CaughtMail,
    content: MailContent,
    place: Place,
    view: MailView,
    answer: UnsubscribeAnswer | undefined,
  ) {
    if (view === "html") {
      const width = readChoice(frameWidths, context.req.query("width"));
      const scheme = readChoice(frameSchemes, context.req.query("scheme"));
      const withRemote = context.req.query("remote") === "1";
      const remote = countRemote(content.html ?? "", pictureSources);
      const shown = { mail, place, width, scheme, withRemote, remote };
      return <HtmlView {...shown} />;
    }
    if (view === "text") return <TextView content={content} />;
    if (view === "headers") return <HeadersView content={content} />;
    if (view === "parts") return <PartsView mail={mail} content={content} />;
    const raw = (await store.raw(mail.id)) ?? Buffer.alloc(0);
    if (view === "raw") return <RawView mail={mail} raw={raw} />;
    const offer = readUnsubscribe(content, ownOrigins);
    const dkim = await verify(raw);
    return <ChecksView mail={mail} content={content} place={place} offer={offer} answer={answer} dkim={dkim} />;
  }

  async function verify(raw: Buffer): Promise<readonly DkimVerdict[] | string | undefined> {
    if (!options.verifyDkim) return undefined;
    let cancel = () => {};
    const late = new Promise<string>((resolve) => {
      cancel = clock.after(verifyMsMax, () =>
        resolve(`No verdict within ${verifyMsMax / 1000} s: the keys could not be looked up.`),
      );
    });
    const judged = options.verifyDkim(raw).catch((error: unknown) => `No verdict: ${messageOf(error)}`);
    return Promise.race([judged, late]).finally(() => cancel());
  }

  function showMissing(context: Context) {
    const children = (
      <main class="welcome is-only" id="main" tabindex={0}>
        <div class="welcome-inner">
          <div class="empty">
            <h1>Not here</h1>
            <p class="muted">This mail was deleted, or made room for newer ones.</p>
            <a class="button" data-kind="primary" href="/">
              All mails
            </a>
          </div>
        </div>
      </main>
    );
    return render(context, { title: "Not here", query: "", shows: "nothing", children }, 404);
  }

  inbox.get("/mail/:id", (context) => {
    const id = context.req.param("id");
    const newest = store.list()[0];
    const view = mailViews.find((known) => known === context.req.query("view"));
    if (id === "latest")
      return context.redirect(newest ? mailHref(newest.id, readPlace(context), { view: view ?? "" }) : "/", 302);
    return showMail(context, view);
  });
  inbox.get("/view/:id", (context) => context.redirect(mailHref(context.req.param("id"), readPlace(context)), 302));

  inbox.post("/mail/:id/unread", (context) => {
    store.setRead([context.req.param("id")], false);
    return context.redirect(listHref(readPlace(context)), 303);
  });

  inbox.post("/mail/:id/delete", async (context) => {
    const place = readPlace(context);
    const id = context.req.param("id");
    const around = place.query === "" ? store.list() : await searchMails(store, place.query);
    const index = around.findIndex((mail) => mail.id === id);
    const next = index < 0 ? undefined : (around[index + 1] ?? around[index - 1]);
    await store.remove([id]);
    return context.redirect(next ? mailHref(next.id, place) : listHref(place), 303);
  });

  inbox.post("/mail/:id/unsubscribe", async (context) => {
    const content = await store.content(context.req.param("id"));
    const url = content && readUnsubscribe(content, ownOrigins).tryUrl;
    if (!url) return showMail(context, "checks");
    return showMail(context, "checks", await tryUnsubscribe(url));
  });

  inbox.post("/read-all", (context) => {
    store.setRead(undefined, true);
    return context.redirect(listHref(readPlace(context)), 303);
  });

  inbox.post("/delete-all", async (context) => {
    const place = readPlace(context);
    const found = place.query === "" ? undefined : (await searchMails(store, place.query)).map(({ id }) => id);
    await store.remove(found);
    return context.redirect("/", 303);
  });

  inbox.notFound(showMissing);
  return inbox;
}

/** One of the choices, or the one that stands for none. */
function readChoice<Choices extends Readonly<Record<string, string>>>(
  choices: Choices,
  value: string | undefined,
): keyof Choices {
  return value !== undefined && Object.hasOwn(choices, value) ? value : "";
}

function readPlace(context: Context): Place {
  const start = context.req.query("start") ?? "";
  return {
    query: (context.req.query("q") ?? "").trim().slice(0, querySize),
    start: /^\d{1,9}$/.test(start) ? Number(start) : 0,
  };
}

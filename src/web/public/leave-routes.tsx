import type { Context, Hono } from "hono";
import { leaveList, lookAtLeaving, takeBackLeaving, type Leaving, type LeavingPress } from "../../app/leave-list.ts";
import { readToken, tokenPaths, type TokenPayload } from "../../domain/token.ts";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { choosePageLanguage } from "./page-language.ts";
import type { PublicContext } from "./public-context.ts";
import { renderPublicPage, renderSaying } from "./public-page.tsx";
import { isOneClick, readForm } from "./read-form.ts";
import { pageWords } from "./words/words.ts";

/**
 * Leaving (RFC 8058). Only a POST changes anything: mail scanners open links and run scripts. The one-click POST comes from a
 * mail program without a cookie, and the token is all the authority that it has and needs.
 */
export function addLeaveRoutes(app: Hono, { pool, log, tokens }: PublicContext): void {
  const path = `${tokenPaths.unsubscribe}:token`;
  const payloadOf = (c: Context): TokenPayload | null => readToken(c.req.param("token") ?? "", tokens, "reader");

  app.get(path, async (c) => {
    const payload = payloadOf(c);
    if (!payload) return renderBroken(c);
    // Scanners do this; whoever counts leavers counts presses.
    log.debug({ list: payload.list, delivery: payload.delivery, method: c.req.method }, "a leave page was looked at");
    const leaving = await lookAtLeaving(pool, payload);
    return c.html(leaving.reader ? renderQuestion(c, leaving) : renderGone(c, leaving));
  });

  app.on("OPTIONS", path, (c) => c.body(null, 204, { allow: "GET, HEAD, OPTIONS, POST" }));

  app.post(path, async (c) => {
    const payload = payloadOf(c);
    if (!payload) return renderBroken(c);
    const fields = await readForm(c);
    const press = fields?.get("press");
    if (fields && isOneClick(fields)) {
      await leave(payload, "one-click");
      return c.text("You have left the list.\n");
    }
    if (press === "leave" || press === "leave-all") {
      const by = press === "leave" ? "page" : "page, every list";
      await leave(payload, by);
      return c.html(renderDone(c, await lookAtLeaving(pool, payload), by));
    }
    if (press === "undo") {
      const undone = await takeBackLeaving(pool, payload);
      return c.html(renderUndone(c, await lookAtLeaving(pool, payload), undone), undone ? 200 : 409);
    }
    const language = choosePageLanguage(c);
    const { common } = pageWords(language);
    return c.html(renderSaying(c, { language, title: common.brokenTitle, text: common.notUnderstood }), 400);
  });

  async function leave(payload: TokenPayload, by: LeavingPress): Promise<void> {
    const ended = await leaveList(pool, payload, by);
    log.info({ list: payload.list, delivery: payload.delivery, by, ended }, "a reader left");
  }
}

export function renderBroken(c: Context) {
  const language = choosePageLanguage(c);
  const { common } = pageWords(language);
  return c.html(renderSaying(c, { language, title: common.brokenTitle, text: common.brokenText }), 404);
}

function languageOf(c: Context, { reader, list }: Leaving) {
  return choosePageLanguage(c, { reader: reader?.lang, list: list?.lang });
}

function renderQuestion(c: Context, leaving: Leaving) {
  const language = languageOf(c, leaving);
  const words = pageWords(language).leave;
  const list = leaving.list?.name ?? "";
  const address = leaving.reader?.address ?? "";
  if (leaving.standing.status === null || leaving.standing.status === "unsubscribed") {
    return renderDone(c, leaving, "page");
  }
  return renderPublicPage(c, {
    language,
    title: words.title(list),
    list: leaving.list,
    children: (
      <div class="card">
        <h1>{words.title(list)}</h1>
        <p>{words.text(address, list)}</p>
        <PressForm press="leave" kind="primary" label={words.press} />
        <a href={c.req.path.replace(tokenPaths.unsubscribe, tokenPaths.preferences)}>{words.preferences}</a>
      </div>
    ),
  });
}

function renderGone(c: Context, leaving: Leaving) {
  const language = languageOf(c, leaving);
  const words = pageWords(language).leave;
  const title = words.doneTitle(leaving.list?.name ?? "");
  return renderSaying(c, { language, title, text: words.gone, list: leaving.list });
}

function renderDone(c: Context, leaving: Leaving, by: LeavingPress) {
  if (!leaving.reader) return renderGone(c, leaving);
  const language = languageOf(c, leaving);
  const words = pageWords(language).leave;
  const list = leaving.list?.name ?? "";
  const title = by === "page, every list" ? words.everyListDone : words.doneTitle(list);
  const { otherLists } = leaving.standing;
  return renderPublicPage(c, {
    language,
    title,
    list: leaving.list,
    children: (
      <>
        <div class="card">
          <h1>{title}</h1>
          <p>{by === "page, every list" ? words.gone : words.doneText(leaving.reader.address, list)}</p>
        </div>
        {otherLists > 0 ? (
          <div class="card">
            <p>{words.everyList(otherLists)}</p>
            <PressForm press="leave-all" label={words.everyListPress} />
          </div>
        ) : null}
        <div class="plain">
          <p class="muted">{words.mistake}</p>
          <PressForm press="undo" label={words.undo} />
        </div>
      </>
    ),
  });
}

function renderUndone(c: Context, leaving: Leaving, undone: boolean) {
  const language = languageOf(c, leaving);
  const words = pageWords(language);
  const list = leaving.list?.name ?? "";
  const title = undone ? words.leave.undone(list) : words.leave.doneTitle(list);
  return renderPublicPage(c, {
    language,
    title,
    list: leaving.list,
    children: (
      <div class="card">
        <h1>{title}</h1>
        {undone ? null : <p>{words.leave.notUndone}</p>}
        {undone ? (
          <LinkButton href={c.req.path.replace(tokenPaths.unsubscribe, tokenPaths.preferences)}>
            {words.leave.preferences}
          </LinkButton>
        ) : null}
      </div>
    ),
  });
}

/** Posts to the page's own address; nothing but a press sends it. */
function PressForm(props: { readonly press: string; readonly label: string; readonly kind?: "primary" }) {
  return (
    <form method="post">
      <SubmitButton name="press" value={props.press} kind={props.kind ?? "normal"}>
        {props.label}
      </SubmitButton>
    </form>
  );
}

import type { Context, Hono } from "hono";
import { findListById } from "../../app/public-list.ts";
import { loadErasureKeys } from "../../app/secret.ts";
import { cancelRequest, confirmRequest, lookAtRequest, type LookedAtRequest } from "../../app/sign-up.ts";
import { readToken, tokenPaths, type TokenPayload } from "../../domain/token.ts";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { clientAddress } from "./client-address.ts";
import { renderBroken } from "./leave-routes.tsx";
import { choosePageLanguage } from "./page-language.ts";
import type { PublicContext } from "./public-context.ts";
import { renderSaying } from "./public-page.tsx";
import { readForm } from "./read-form.ts";
import { pageWords } from "./words/words.ts";

/** Confirming a sign-up or one end of a change of address. The link only shows a button: scanners open links. */
export function addConfirmRoutes(app: Hono, { pool, config, log, tokens }: PublicContext): void {
  const path = `${tokenPaths.confirm}:token`;
  const erasureKeys = loadErasureKeys(config);
  const payloadOf = (c: Context): TokenPayload | null => readToken(c.req.param("token") ?? "", tokens, "confirm");

  app.get(path, async (c) => {
    const payload = payloadOf(c);
    return payload ? show(c, await lookAtRequest(pool, payload.subscriber)) : renderBroken(c);
  });

  app.post(path, async (c) => {
    const payload = payloadOf(c);
    if (!payload) return renderBroken(c);
    const press = (await readForm(c))?.get("press");
    if (press === "confirm") {
      const looked = await confirmRequest(
        pool,
        payload.subscriber,
        { ip: clientAddress(c), page: "confirmation" },
        erasureKeys,
      );
      log.info({ list: payload.list, kind: looked.request?.kind, state: looked.state }, "a reader confirmed");
      return show(c, looked);
    }
    if (press === "not-me") {
      await cancelRequest(pool, payload.subscriber);
      return show(c, await lookAtRequest(pool, payload.subscriber));
    }
    const language = choosePageLanguage(c);
    const { common } = pageWords(language);
    return c.html(renderSaying(c, { language, title: common.brokenTitle, text: common.notUnderstood }), 400);
  });

  async function show(c: Context, looked: LookedAtRequest) {
    const { request, state, other } = looked;
    const list = request ? await findListById(pool, request.listId) : null;
    const language = choosePageLanguage(c, { reader: request?.lang, list: list?.lang });
    const words = pageWords(language).confirm;
    const name = list?.name ?? "";
    const isMove = request !== null && request.kind !== "sign-up";
    const say = (title: string, text: string, status: 200 | 410 = 200, children?: unknown) =>
      c.html(renderSaying(c, { language, title, text, list, children: children as never }), status);
    switch (state) {
      case "open": {
        const address = request?.address ?? "";
        const [from, to] = request?.kind === "address-old" ? [address, other ?? ""] : [other ?? "", address];
        return say(
          isMove ? words.moveTitle : words.title(name),
          isMove ? words.moveText(from, to) : words.text(address, name),
          200,
          <form method="post" class="row">
            <SubmitButton name="press" value="confirm" kind="primary">
              {isMove ? words.movePress : words.press}
            </SubmitButton>
            <SubmitButton name="press" value="not-me" kind="quiet">
              {words.refuse}
            </SubmitButton>
          </form>,
        );
      }
      case "done": {
        const to = request?.kind === "address-old" ? (other ?? "") : (request?.address ?? "");
        return isMove ? say(words.movedTitle, words.movedText(to)) : say(words.doneTitle, words.doneText(to, name));
      }
      case "waits":
        return say(words.moveTitle, words.moveWait);
      case "cancelled":
        return say(words.refusedTitle, words.refusedText);
      case "expired":
      case "gone":
        return say(
          words.expiredTitle,
          words.expiredText,
          410,
          list && !isMove ? <LinkButton href={`/join/${list.slug}`}>{words.again}</LinkButton> : null,
        );
    }
  }
}

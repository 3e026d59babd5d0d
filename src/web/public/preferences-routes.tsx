import type { Context, Hono } from "hono";
import { collectReaderData, eraseReader, formatReaderCsv } from "../../app/reader-data.ts";
import { readPreferences, savePreferences, type Preferences } from "../../app/reader-preferences.ts";
import { requestAddressChange } from "../../app/sign-up.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { readToken, tokenPaths, type TokenPayload } from "../../domain/token.ts";
import { systemClock } from "../../lib/clock.ts";
import { LinkButton, SubmitButton } from "../../ui/button.tsx";
import { clientAddress, networkOf } from "./client-address.ts";
import { renderBroken } from "./leave-routes.tsx";
import { choosePageLanguage } from "./page-language.ts";
import { renderPreferences, type PreferencesSaying } from "./preferences-page.tsx";
import type { PublicContext } from "./public-context.ts";
import { renderSaying } from "./public-page.tsx";
import { createRateLimit } from "./rate-limit.ts";
import { readForm } from "./read-form.ts";
import { pageWords, type PageLanguage } from "./words/words.ts";

/** Presses of one network in ten minutes; each may send mail or gather all that is held on somebody. */
const pressesMax = 100;
const windowMs = 600_000;

/** What a reader chooses, behind the link in her mail. Every change is a press. */
export function addPreferencesRoutes(app: Hono, { pool, config, log, tokens }: PublicContext): void {
  const path = `${tokenPaths.preferences}:token`;
  const presses = createRateLimit(pressesMax, windowMs);
  const payloadOf = (c: Context): TokenPayload | null => readToken(c.req.param("token") ?? "", tokens, "reader");
  const look = (payload: TokenPayload) => readPreferences(pool, payload.subscriber, payload.list);

  app.get(path, async (c) => {
    const payload = payloadOf(c);
    if (!payload) return renderBroken(c);
    const preferences = await look(payload);
    return preferences ? show(c, preferences, null) : showNobody(c);
  });

  app.post(path, async (c) => {
    const payload = payloadOf(c);
    if (!payload) return renderBroken(c);
    const fields = await readForm(c);
    const preferences = await look(payload);
    if (!preferences) return showNobody(c);
    const language = languageOf(c, preferences);
    const { list, reader } = preferences;
    const words = pageWords(language);
    const origin = { ip: clientAddress(c), page: "preferences" };
    if (!presses.take(networkOf(origin.ip))) {
      return c.html(
        renderSaying(c, { language, list, title: words.preferences.title, text: words.common.tooMany }),
        429,
      );
    }
    switch (fields?.get("press")) {
      case "save": {
        const { saved, rejoins } = await savePreferences(pool, preferences, readChoices(fields), {
          today: systemClock.now(),
          origin,
          wording: words.join.consent,
        });
        if (!saved) return show(c, preferences, "invalid", 400);
        log.info({ list: payload.list, rejoins }, "a reader chose");
        return show(c, (await look(payload)) as Preferences, rejoins ? "rejoin" : "saved");
      }
      case "address": {
        const to = parseAddress((fields.get("email") ?? "").trim());
        if (isAddressProblem(to)) return show(c, preferences, "invalid", 400);
        if (to.key !== reader.addressKey && list) {
          await requestAddressChange(pool, { reader, listId: list.id, to, lang: language, origin });
        }
        return show(c, preferences, "address-sent");
      }
      case "json":
        return c.body(JSON.stringify(await collectReaderData(pool, reader), null, 2), 200, {
          "content-type": "application/json; charset=utf-8",
          "content-disposition": 'attachment; filename="my-data.json"',
        });
      case "csv":
        return c.body(formatReaderCsv(await collectReaderData(pool, reader)), 200, {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": 'attachment; filename="my-data.csv"',
        });
      case "erase":
        return showSure(c, preferences, language);
      case "erase-sure":
        await eraseReader(pool, config, reader);
        log.info({ list: payload.list }, "a reader was erased at her wish");
        return c.html(
          renderSaying(c, { language, list, title: words.preferences.erasedTitle, text: words.preferences.erasedText }),
        );
      default:
        return show(c, preferences, "invalid", 400);
    }
  });
}

function show(c: Context, preferences: Preferences, saying: PreferencesSaying | null, status: 200 | 400 = 200) {
  return c.html(renderPreferences(c, preferences, languageOf(c, preferences), saying), status);
}

function languageOf(c: Context, { reader, list }: Preferences): PageLanguage {
  return choosePageLanguage(c, { reader: reader.lang, list: list?.lang });
}

function readChoices(fields: URLSearchParams) {
  const text = (name: string): string => fields.get(name) ?? "";
  return {
    lists: fields.getAll("lists"),
    topics: fields.getAll("topics"),
    cadence: text("cadence"),
    hour: text("hour"),
    lang: text("language"),
    zone: text("zone"),
    pausedUntil: text("pause"),
  };
}

function showNobody(c: Context) {
  const language = choosePageLanguage(c);
  const words = pageWords(language).preferences;
  return c.html(renderSaying(c, { language, title: words.goneTitle, text: words.gone }));
}

function showSure(c: Context, { list }: Preferences, language: PageLanguage) {
  const words = pageWords(language).preferences;
  const saying = {
    language,
    list,
    title: words.eraseSure,
    text: words.eraseText,
    children: (
      <form method="post" class="row">
        <SubmitButton name="press" value="erase-sure" kind="danger">
          {words.eraseYes}
        </SubmitButton>
        <LinkButton href={c.req.path}>{words.eraseNo}</LinkButton>
      </form>
    ),
  };
  return c.html(renderSaying(c, saying));
}

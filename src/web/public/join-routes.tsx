import type { Context, Hono } from "hono";
import { findOpenList, type PublicList } from "../../app/public-list.ts";
import { loadSecrets } from "../../app/secret.ts";
import { requestSignUp } from "../../app/sign-up.ts";
import { isAddressProblem, parseAddress } from "../../domain/address.ts";
import { SubmitButton } from "../../ui/button.tsx";
import { clientAddress } from "./client-address.ts";
import { choosePageLanguage } from "./page-language.ts";
import { createProofOfWork, proofBits } from "./proof-of-work.ts";
import { publicAssets } from "./public-assets.ts";
import type { PublicContext } from "./public-context.ts";
import { renderPublicPage, renderSaying } from "./public-page.tsx";
import { readForm } from "./read-form.ts";
import { joinPolicy } from "./security-headers.ts";
import { createSignUpLimits } from "./sign-up-limits.ts";
import { pageWords, type PageLanguage } from "./words/words.ts";

/** A field that people don't see: who fills it in is a program, and gets the same answer as everybody. */
const trapField = "website";

type SignUpOutcome = "taken" | "invalid" | "too-many" | "closed" | "not-understood";

const statuses = { taken: 202, invalid: 400, "too-many": 429, closed: 404, "not-understood": 400 } as const;

/**
 * Signing up: a page for each list, forms that stand on other sites and post here, and an API. The answer is the same for
 * every address, known or not, and so is its time: what follows is decided by the dispatcher.
 */
export function addJoinRoutes(app: Hono, { pool, config, log }: PublicContext): void {
  const proofs = createProofOfWork(loadSecrets(config)[0] as string);
  const limits = createSignUpLimits(proofs);

  app.get("/join/:list", async (c) => {
    const list = await findOpenList(pool, c.req.param("list"), "signup");
    return list ? showForm(c, list, null) : showClosed(c);
  });

  app.post("/join/:list", async (c) => {
    const fields = await readForm(c);
    const list = await findOpenList(pool, c.req.param("list"), "signup");
    if (!list) return showClosed(c);
    const language = languageOf(c, list, fields);
    const outcome = await signUp(c, list, language, fields);
    if (outcome === "invalid") return showForm(c, list, fields?.get("email") ?? "", language);
    const words = pageWords(language);
    const [title, text] =
      outcome === "taken"
        ? [words.join.sentTitle, words.join.sentText((fields?.get("email") ?? "").trim())]
        : [words.join.title(list.name), outcome === "too-many" ? words.common.tooMany : words.common.notUnderstood];
    return c.html(renderSaying(c, { language, title, text, list }), statuses[outcome]);
  });

  app.on("OPTIONS", "/api/subscribe", (c) =>
    c.body(null, 204, {
      ...openToAll,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    }),
  );

  app.post("/api/subscribe", async (c) => {
    const fields = await readApiFields(c);
    const list = fields && (await findOpenList(pool, fields.get("list") ?? "", "signup"));
    const outcome = !fields
      ? "not-understood"
      : list
        ? await signUp(c, list, languageOf(c, list, fields), fields)
        : "closed";
    return c.json({ status: outcome, message: apiMessages[outcome] }, statuses[outcome], openToAll);
  });

  async function signUp(
    c: Context,
    list: PublicList,
    language: PageLanguage,
    fields: URLSearchParams | null,
  ): Promise<SignUpOutcome> {
    if (!fields) return "not-understood";
    const address = parseAddress((fields.get("email") ?? "").trim());
    if (isAddressProblem(address)) return "invalid";
    if (!limits.allow(c, list.id, fields)) {
      log.warn({ list: list.slug }, "more sign-ups than the limits allow");
      return "too-many";
    }
    if ((fields.get(trapField) ?? "") !== "") return "taken";
    await requestSignUp(pool, {
      listId: list.id,
      address,
      lang: language,
      wording: pageWords(language).join.consent(list.name),
      origin: { ip: clientAddress(c), page: c.req.path },
    });
    return "taken";
  }

  function showForm(c: Context, list: PublicList, refused: string | null, chosen?: PageLanguage) {
    const language = chosen ?? choosePageLanguage(c, { list: list.lang });
    c.header("content-security-policy", joinPolicy);
    const page = renderPublicPage(c, {
      language,
      title: pageWords(language).join.title(list.name),
      list,
      scripts: [publicAssets.href("join.js")],
      children: <JoinForm list={list} language={language} refused={refused} challenge={proofs.create()} />,
    });
    return c.html(page, refused === null ? 200 : 400);
  }
}

const openToAll = { "access-control-allow-origin": "*" } as const;

const apiMessages: Readonly<Record<SignUpOutcome, string>> = {
  taken: "If the address can get this list, a mail is on its way to it; its reader confirms with the link in it.",
  invalid: "The field email is no mail address; one looks like name@example.com.",
  "too-many": "That was a lot at once; try again in ten minutes.",
  closed: "There is no such list, or it takes no sign-ups; name it in the field list.",
  "not-understood": "Send the fields list and email as a form or as JSON.",
};

function JoinForm(props: {
  readonly list: PublicList;
  readonly language: PageLanguage;
  readonly refused: string | null;
  readonly challenge: string;
}) {
  const words = pageWords(props.language).join;
  const { list, refused } = props;
  const description = list.settings["description"];
  return (
    <div class="card">
      <h1>{words.title(list.name)}</h1>
      {typeof description === "string" ? <p>{description}</p> : null}
      <form class="fields" method="post" action={`/join/${list.slug}`} data-bits={proofBits}>
        <input type="hidden" name="lang" value={props.language} />
        <input type="hidden" name="challenge" value={props.challenge} />
        <input type="hidden" name="answer" value="" />
        <p class="trap" aria-hidden="true">
          <label for="website">{words.trap}</label>
          <input id="website" name={trapField} tabindex={-1} autocomplete="off" />
        </p>
        <div class="field">
          <label for="email">{words.address}</label>
          <input
            class="input"
            id="email"
            name="email"
            type="email"
            autocomplete="email"
            required
            value={refused ?? ""}
            maxlength={254}
            dir="ltr"
            aria-invalid={refused === null ? undefined : "true"}
            aria-describedby={refused === null ? undefined : "email-wrong"}
          />
          {refused === null ? null : (
            <p class="wrong" id="email-wrong" role="alert">
              {words.invalid}
            </p>
          )}
        </div>
        <p class="muted">{words.consent(list.name)}</p>
        <SubmitButton kind="primary">{words.press}</SubmitButton>
      </form>
      {list.settings["archive"] === true ? <a href={`/archive/${list.slug}`}>{words.archive}</a> : null}
    </div>
  );
}

function languageOf(c: Context, list: PublicList, fields: URLSearchParams | null): PageLanguage {
  return choosePageLanguage(c, { reader: fields?.get("lang"), list: list.lang });
}

function showClosed(c: Context) {
  const language = choosePageLanguage(c);
  const words = pageWords(language);
  return c.html(renderSaying(c, { language, title: words.archive.closedTitle, text: words.join.closed }), 404);
}

/** A form, or a flat JSON object of texts. */
async function readApiFields(c: Context): Promise<URLSearchParams | null> {
  if (!/^application\/json\b/i.test(c.req.header("content-type") ?? "")) return readForm(c);
  try {
    const given: unknown = await c.req.json();
    if (typeof given !== "object" || given === null) return null;
    return new URLSearchParams(
      Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return null;
  }
}

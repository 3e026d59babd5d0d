import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { renderPage } from "../../ui/page.tsx";
import { publicAssets } from "./public-assets.ts";
import { pageLanguages, pageWords, type PageLanguage } from "./words/words.ts";

export interface PublicPage {
  readonly language: PageLanguage;
  readonly title: string;
  /** Whose page it is, where that is known. */
  readonly list?:
    | { readonly name: string; readonly fromName: string; readonly postalAddress: readonly string[] }
    | null
    | undefined;
  /** For pages that are linked to from elsewhere. */
  readonly openGraph?: {
    readonly url: string;
    readonly picture: string | null;
    readonly feeds: readonly { readonly href: string; readonly type: string; readonly title: string }[];
  };
  /** Nothing depends on them. */
  readonly scripts?: readonly string[];
  readonly children?: Child;
}

/** The frame of every public page: whose it is, what it says, who sends and from where. */
export function renderPublicPage(c: Context, page: PublicPage) {
  const words = pageWords(page.language);
  const { list } = page;
  return renderPage({
    title: list ? `${page.title} · ${list.name}` : page.title,
    language: page.language,
    direction: page.language === "ar" ? "rtl" : "ltr",
    stylesheets: [publicAssets.href("public.css")],
    favicon: publicAssets.href("mark.svg"),
    scripts: page.scripts ?? [],
    head: page.openGraph ? <OpenGraph page={page} of={page.openGraph} /> : null,
    bodyClass: "public",
    children: (
      <>
        <header>
          <a class="skip" href="#main">
            {words.common.skip}
          </a>
          <div class="masthead">
            <img src={publicAssets.href("mark.svg")} alt="" />
            <bdi>{list?.name ?? "Broadsheet"}</bdi>
          </div>
        </header>
        <main id="main" tabindex={-1}>
          {page.children}
        </main>
        <footer class="foot">
          {list ? (
            <p>
              {words.common.sentBy(list.fromName)}
              {list.postalAddress.map((line) => (
                <>
                  <br />
                  <bdi>{line}</bdi>
                </>
              ))}
            </p>
          ) : null}
          <Languages path={c.req.path} current={page.language} label={words.common.languages} />
        </footer>
      </>
    ),
  });
}

function OpenGraph({ page, of }: { readonly page: PublicPage; readonly of: NonNullable<PublicPage["openGraph"]> }) {
  return (
    <>
      <meta property="og:type" content="website" />
      <meta property="og:title" content={page.title} />
      <meta property="og:url" content={of.url} />
      {page.list ? <meta property="og:site_name" content={page.list.name} /> : null}
      {of.picture === null ? null : <meta property="og:image" content={of.picture} />}
      <link rel="canonical" href={of.url} />
      {of.feeds.map(({ href, type, title }) => (
        <link rel="alternate" type={type} title={title} href={href} />
      ))}
    </>
  );
}

function Languages(props: { readonly path: string; readonly current: PageLanguage; readonly label: string }) {
  return (
    <nav class="languages" aria-label={props.label}>
      {pageLanguages.map((language) =>
        language === props.current ? (
          <span lang={language} aria-current="true">
            {pageWords(language).languageName}
          </span>
        ) : (
          <a href={`${props.path}?lang=${language}`} lang={language} hreflang={language}>
            {pageWords(language).languageName}
          </a>
        ),
      )}
    </nav>
  );
}

/** A page that says one thing, such as that a link is broken. */
export function renderSaying(
  c: Context,
  page: Omit<PublicPage, "children"> & { readonly text: string; readonly children?: Child },
) {
  return renderPublicPage(c, {
    ...page,
    children: (
      <div class="card">
        <h1>{page.title}</h1>
        <p>{page.text}</p>
        {page.children}
      </div>
    ),
  });
}

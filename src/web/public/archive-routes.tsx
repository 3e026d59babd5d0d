import type { Context, Hono } from "hono";
import { createArchive, type ArchiveEntry } from "../../app/archive.ts";
import { findOpenList, type PublicList } from "../../app/public-list.ts";
import { escapeHtml } from "../../lib/escape.ts";
import { LinkButton } from "../../ui/button.tsx";
import { feedKinds } from "./feeds.ts";
import { choosePageLanguage } from "./page-language.ts";
import type { PublicContext } from "./public-context.ts";
import { renderPublicPage, renderSaying } from "./public-page.tsx";
import { mailPolicy } from "./security-headers.ts";
import { pageWords, type PageLanguage } from "./words/words.ts";

/** Public pages change when an issue goes out. */
const publicHeaders = { "cache-control": "public, max-age=300", "x-robots-tag": "all" } as const;

/** What was sent, for everybody to read: a list of issues, a page each, and feeds. Nothing personal is ever in it. */
export function addArchiveRoutes(app: Hono, { pool, config }: PublicContext): void {
  const archive = createArchive(pool, config);
  const policy = mailPolicy(config.publicUrl);
  const { publicUrl } = config;

  app.get("/archive/:list", async (c) => {
    const list = await findOpenList(pool, c.req.param("list"), "archive");
    if (!list) return showClosed(c);
    const page = Math.max(1, Math.trunc(Number(c.req.query("page") ?? "1")) || 1);
    const { entries, hasOlder } = await archive.list(list, page);
    const language = choosePageLanguage(c, { list: list.lang });
    return c.html(renderArchive(c, { list, language, entries, page, hasOlder, publicUrl }), 200, publicHeaders);
  });

  for (const [file, { type, write }] of Object.entries(feedKinds)) {
    app.get(`/archive/:list/${file}`, async (c) => {
      const list = await findOpenList(pool, c.req.param("list"), "archive");
      if (!list) return showClosed(c);
      const { entries } = await archive.list(list, 1);
      return c.body(write({ list, entries, publicUrl }), 200, {
        ...publicHeaders,
        "content-type": `${type}; charset=utf-8`,
        "access-control-allow-origin": "*",
      });
    });
  }

  app.get("/archive/:list/:issue", async (c) => {
    const list = await findOpenList(pool, c.req.param("list"), "archive");
    const entry = list && (await archive.find(list, c.req.param("issue")));
    if (!list || !entry) return showClosed(c);
    return c.body(withOpenGraph(entry, list, publicUrl), 200, {
      ...publicHeaders,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
  });
}

/** The mail's HTML with what other sites show of a link to it (ogp.me), and the way to the feeds. */
function withOpenGraph(entry: ArchiveEntry, list: PublicList, publicUrl: string): string {
  const properties: readonly (readonly [string, string | null])[] = [
    ["og:type", "article"],
    ["og:title", entry.title],
    ["og:url", entry.url],
    ["og:site_name", list.name],
    ["og:locale", entry.lang.replace("-", "_")],
    ["og:description", entry.summary === "" ? null : entry.summary],
    ["og:image", entry.picture],
    ["article:published_time", entry.sentAt.toISOString()],
  ];
  const tags = properties.flatMap(([name, value]) =>
    value === null ? [] : [`<meta property="${name}" content="${escapeHtml(value)}">`],
  );
  const links = [
    `<link rel="canonical" href="${escapeHtml(entry.url)}">`,
    ...Object.entries(feedKinds).map(
      ([file, { type }]) =>
        `<link rel="alternate" type="${type}" href="${escapeHtml(`${publicUrl}/archive/${list.slug}/${file}`)}">`,
    ),
  ];
  const head = [...tags, ...links].join("");
  const end = entry.html.indexOf("</head>");
  return end === -1 ? entry.html : entry.html.slice(0, end) + head + entry.html.slice(end);
}

interface ArchivePage {
  readonly list: PublicList;
  readonly language: PageLanguage;
  readonly entries: readonly ArchiveEntry[];
  readonly page: number;
  readonly hasOlder: boolean;
  readonly publicUrl: string;
}

function renderArchive(c: Context, { list, language, entries, page, hasOlder, publicUrl }: ArchivePage) {
  const words = pageWords(language).archive;
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: list.zone });
  const path = `/archive/${list.slug}`;
  return renderPublicPage(c, {
    language,
    title: words.title(list.name),
    list,
    openGraph: {
      url: publicUrl + path,
      picture: entries[0]?.picture ?? null,
      feeds: Object.entries(feedKinds).map(([file, { type, title }]) => ({ href: `${path}/${file}`, type, title })),
    },
    children: (
      <>
        <h1>{words.title(list.name)}</h1>
        {entries.length === 0 ? <p class="card">{words.empty}</p> : null}
        {entries.length > 0 ? (
          <ul class="issues">
            {entries.map((entry) => (
              <li>
                <a href={entry.path} lang={entry.lang}>
                  <bdi>{entry.title}</bdi>
                </a>
                {entry.summary === "" ? null : <p lang={entry.lang}>{entry.summary}</p>}
                <time class="muted" datetime={entry.sentAt.toISOString()}>
                  {date.format(entry.sentAt)}
                </time>
              </li>
            ))}
          </ul>
        ) : null}
        {page > 1 || hasOlder ? (
          <nav class="row" aria-label={words.all}>
            {page > 1 ? <LinkButton href={`${path}?page=${page - 1}`}>{words.newer}</LinkButton> : null}
            {hasOlder ? <LinkButton href={`${path}?page=${page + 1}`}>{words.older}</LinkButton> : null}
          </nav>
        ) : null}
        <div class="plain">
          {list.settings["signup"] === false ? null : (
            <LinkButton kind="primary" href={`/join/${list.slug}`}>
              {words.join(list.name)}
            </LinkButton>
          )}
          <p class="muted feeds">
            {words.feeds}:{" "}
            {Object.entries(feedKinds).map(([file, { title }]) => (
              <>
                <a href={`${path}/${file}`}>{title}</a>{" "}
              </>
            ))}
          </p>
        </div>
      </>
    ),
  });
}

function showClosed(c: Context) {
  const language = choosePageLanguage(c);
  const words = pageWords(language).archive;
  return c.html(renderSaying(c, { language, title: words.closedTitle, text: words.closedText }), 404);
}

import type { ArchiveEntry } from "../../app/archive.ts";
import type { PublicList } from "../../app/public-list.ts";
import { escapeHtml } from "../../lib/escape.ts";

export interface FeedInputs {
  readonly list: PublicList;
  readonly entries: readonly ArchiveEntry[];
  readonly publicUrl: string;
}

export const feedKinds = {
  "feed.atom": { type: "application/atom+xml", title: "Atom", write: writeAtom },
  "feed.rss": { type: "application/rss+xml", title: "RSS", write: writeRss },
  "feed.json": { type: "application/feed+json", title: "JSON Feed", write: writeJsonFeed },
} as const;

/** RFC 4287. Entries are told apart by their address, which stays for good. */
function writeAtom({ list, entries, publicUrl }: FeedInputs): string {
  const home = `${publicUrl}/archive/${list.slug}`;
  const updated = (entries[0]?.sentAt ?? new Date(0)).toISOString();
  return xml(
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${escapeXml(list.lang)}">` +
      `<title>${escapeXml(list.name)}</title><id>${escapeXml(home)}</id><updated>${updated}</updated>` +
      `<author><name>${escapeXml(list.fromName)}</name></author>` +
      `<link rel="self" type="application/atom+xml" href="${escapeXml(`${home}/feed.atom`)}"/><link href="${escapeXml(home)}"/>` +
      entries
        .map(
          (entry) =>
            `<entry xml:lang="${escapeXml(entry.lang)}"><title>${escapeXml(entry.title)}</title><id>${escapeXml(entry.url)}</id>` +
            `<link href="${escapeXml(entry.url)}"/><updated>${entry.sentAt.toISOString()}</updated>` +
            (entry.summary === "" ? "" : `<summary>${escapeXml(entry.summary)}</summary>`) +
            `<content type="text">${escapeXml(entry.text)}</content></entry>`,
        )
        .join("") +
      "</feed>",
  );
}

/** RSS 2.0, for readers that know nothing else. */
function writeRss({ list, entries, publicUrl }: FeedInputs): string {
  const home = `${publicUrl}/archive/${list.slug}`;
  return xml(
    `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>${escapeXml(list.name)}</title>` +
      `<link>${escapeXml(home)}</link><description>${escapeXml(list.name)}</description><language>${escapeXml(list.lang)}</language>` +
      `<atom:link rel="self" type="application/rss+xml" href="${escapeXml(`${home}/feed.rss`)}"/>` +
      entries
        .map(
          (entry) =>
            `<item><title>${escapeXml(entry.title)}</title><link>${escapeXml(entry.url)}</link>` +
            `<guid isPermaLink="true">${escapeXml(entry.url)}</guid><pubDate>${entry.sentAt.toUTCString()}</pubDate>` +
            `<description>${escapeXml(entry.summary === "" ? entry.title : entry.summary)}</description></item>`,
        )
        .join("") +
      "</channel></rss>",
  );
}

/** JSON Feed 1.1. */
function writeJsonFeed({ list, entries, publicUrl }: FeedInputs): string {
  const home = `${publicUrl}/archive/${list.slug}`;
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: list.name,
    home_page_url: home,
    feed_url: `${home}/feed.json`,
    language: list.lang,
    authors: [{ name: list.fromName }],
    items: entries.map((entry) => ({
      id: entry.url,
      url: entry.url,
      title: entry.title,
      language: entry.lang,
      date_published: entry.sentAt.toISOString(),
      content_text: entry.text,
      ...(entry.summary === "" ? {} : { summary: entry.summary }),
      ...(entry.picture === null ? {} : { image: entry.picture }),
    })),
  });
}

function xml(body: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${body}\n`;
}

/** XML 1.0 has no place at all for most control characters. */
function escapeXml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return escapeHtml(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""));
}

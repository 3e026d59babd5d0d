import type { Pool } from "pg";
import { findArchived, listArchive, type ArchivedIssue } from "../adapters/postgres/archive.ts";
import { loadDigest } from "../adapters/postgres/ledger/digests.ts";
import { fillNeutral } from "../digest/neutral-mail.ts";
import type { Config } from "./config.ts";
import type { PublicList } from "./public-list.ts";

/** Issues on one page, and in a feed. */
export const archivePageSize = 20;
/** More pages than any newsletter fills; bounds what a query skips. */
const pagesMax = 500;
/** An edition never changes, so what is read of it once is kept; some 200 KB each. */
const keptMax = 60;

export interface ArchiveEntry {
  readonly url: string;
  readonly path: string;
  readonly title: string;
  readonly sentAt: Date;
  readonly lang: string;
  readonly html: string;
  readonly text: string;
  /** The line that inboxes show after the subject; empty where there is none. */
  readonly summary: string;
  /** The first picture, absolute; `null` without one. */
  readonly picture: string | null;
}

export interface Archive {
  /** Newest first. @param page from 1 */
  list(
    list: PublicList,
    page: number,
  ): Promise<{ readonly entries: readonly ArchiveEntry[]; readonly hasOlder: boolean }>;
  find(list: PublicList, issueSlug: string): Promise<ArchiveEntry | null>;
}

/** What was sent to whole lists, as it reads to everybody. */
export function createArchive(pool: Pool, config: Pick<Config, "publicUrl">): Archive {
  const kept = new Map<string, ArchiveEntry>();
  const read = async (list: PublicList, issue: ArchivedIssue): Promise<ArchiveEntry> => {
    const key = `${list.slug} ${issue.issueSlug} ${issue.digestId}`;
    const known = kept.get(key);
    if (known) return known;
    const digest = await loadDigest(pool, issue.digestId);
    const path = `/archive/${list.slug}/${encodeURIComponent(issue.issueSlug)}`;
    const url = config.publicUrl + path;
    const mail = fillNeutral(digest, (link) => (link === "view" ? url : `${config.publicUrl}/join/${list.slug}`));
    const entry: ArchiveEntry = {
      url,
      path,
      title: mail.subject,
      sentAt: issue.sentAt,
      lang: digest.lang,
      html: mail.html,
      text: mail.text,
      summary: readPreheader(mail.html),
      picture: /<img\b[^>]*\bsrc="(https?:\/\/[^"]+\.(?:png|jpe?g|gif|webp))"/i.exec(mail.html)?.[1] ?? null,
    };
    kept.set(key, entry);
    if (kept.size > keptMax) kept.delete(kept.keys().next().value as string);
    return entry;
  };
  return {
    async list(list, page) {
      const offset = (Math.min(page, pagesMax) - 1) * archivePageSize;
      const issues = await listArchive(pool, list.id, archivePageSize + 1, offset);
      const entries: ArchiveEntry[] = [];
      for (const issue of issues.slice(0, archivePageSize)) entries.push(await read(list, issue));
      return { entries, hasOlder: issues.length > archivePageSize };
    },
    async find(list, issueSlug) {
      // PostgreSQL takes no NUL, and no file has it in its name.
      const issue = issueSlug.includes("\0") ? null : await findArchived(pool, list.id, issueSlug);
      return issue && read(list, issue);
    },
  };
}

/** The hidden first line of the built-in templates (templates/shared/preheader.mjml.hbs), unescaped. */
function readPreheader(html: string): string {
  const text = /<div\b[^>]*display:none[^>]*>([^<]{1,500})<\/div>/.exec(html)?.[1] ?? "";
  const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };
  return text.replace(/&(\w+|#\w+);/g, (whole, name: string) => entities[name] ?? whole).trim();
}

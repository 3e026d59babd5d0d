import type { Context } from "hono";
import { pageLanguages, type PageLanguage } from "./words/words.ts";

/** Tags longer than this, or more of them, are no browser's. */
const acceptCharactersMax = 500;

/**
 * The language of a page: the one asked for by its link, the one the reader chose, the first her browser names that we
 * speak, the list's, English.
 */
export function choosePageLanguage(
  c: Context,
  known: { readonly reader?: string | null | undefined; readonly list?: string | null | undefined } = {},
): PageLanguage {
  const wishes = [
    c.req.query("lang"),
    known.reader,
    ...readAcceptLanguage(c.req.header("accept-language") ?? ""),
    known.list,
  ];
  for (const wish of wishes) {
    const found = pageLanguages.find((language) => language === wish?.toLowerCase().split(/[-_]/)[0]);
    if (found) return found;
  }
  return "en";
}

/** RFC 9110 section 12.5.4, best first. */
function readAcceptLanguage(header: string): readonly string[] {
  return header
    .slice(0, acceptCharactersMax)
    .split(",")
    .map((entry) => {
      const [tag = "", ...parameters] = entry.trim().split(/\s*;\s*/);
      const quality = Number(/^q=([\d.]+)$/.exec(parameters[0] ?? "")?.[1] ?? "1");
      return { tag, quality };
    })
    .filter(({ quality }) => quality > 0)
    .toSorted((one, other) => other.quality - one.quality)
    .map(({ tag }) => tag);
}

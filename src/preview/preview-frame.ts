/**
 * A mail's HTML in its frame: the bytes that are sent, with only that changed which a reader's program would change. The
 * browser keeps it harmless: no script, no form, no frame, and nothing loads but what is written into the document.
 */
import { escapeHtml } from "../lib/escape.ts";
import { applyScheme } from "./preview-dark.ts";
import type { PreviewQuery } from "./preview-query.ts";

/** The page keeps the place in the mail over a change, so it may look into the frame; scripts never run in there. */
export const frameSandbox = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";

export const framePolicy = [
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  `sandbox ${frameSandbox}`,
].join("; ");

/** The bytes of one of our own pictures, by its address; `null` for any other. */
export type ReadPicture = (url: string) => Promise<{ readonly bytes: Buffer; readonly contentType: string } | null>;

/** Pictures written into the document up to this sum. */
const inlinedBytesMax = 20 * 1024 * 1024;

export async function renderFrame(html: string, query: PreviewQuery, readPicture: ReadPicture): Promise<string> {
  const pictured = query.pictures ? await inlinePictures(html, readPicture) : dropPictures(html);
  return neutralise(applyScheme(pictured, query.scheme));
}

/** As with a reader who never lets pictures load: their words stand where they would be. */
function dropPictures(html: string): string {
  return html
    .replace(/(<img\b[^>]*?)\ssrc="[^"]*"/gi, "$1")
    .replace(/(<(?:td|table|body|div)\b[^>]*?)\sbackground="[^"]*"/gi, "$1")
    .replace(/url\(\s*['"]?https?:[^)]*\)/gi, "none");
}

async function inlinePictures(html: string, readPicture: ReadPicture): Promise<string> {
  const urls = new Set(
    [...html.matchAll(/\b(?:src|background)="(https?:[^"]+)"/gi)].map((match) => match[1] as string),
  );
  let total = 0;
  const inlined = new Map<string, string>();
  for (const url of urls) {
    const picture = await readPicture(url.replaceAll("&amp;", "&"));
    total += picture?.bytes.length ?? 0;
    if (picture && total <= inlinedBytesMax)
      inlined.set(url, `data:${picture.contentType};base64,${picture.bytes.toString("base64")}`);
  }
  return html.replace(
    /(\b(?:src|background)=")(https?:[^"]+)(")/gi,
    (whole, open: string, url: string, close: string) =>
      inlined.has(url) ? open + (inlined.get(url) as string) + close : whole,
  );
}

/** Hints to connect early stand outside every policy, and a refused frame may have connected before it was refused. */
function neutralise(html: string): string {
  const safe = html.replace(/<(\/?)(link|base|i?frame|script|object|embed)(?=[\s/>])/gi, "<$1x-$2");
  const doctype = /^\s*<!doctype[^>]*>/i.exec(safe)?.[0] ?? "";
  return `${doctype}<base target="_blank"><meta name="referrer" content="no-referrer">${safe.slice(doctype.length)}`;
}

/** What the frame says where there is no mail to show. */
export function renderNothing(words: string): string {
  return `<!doctype html><html lang="en"><head><title>Nothing to show</title></head><body><p>${escapeHtml(words)}</p></body></html>`;
}

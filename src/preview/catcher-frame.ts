/**
 * A mail's HTML, made safe to look at. The browser enforces it: an origin of its own, no script, no form, no frame, and a
 * policy that lets nothing load but what the mail brings along and our own pictures. Rewriting only takes away what such a
 * policy does not cover: hints to connect early, and directions to the browser.
 */
import type { CaughtMailStore, MailContent } from "../domain/caught-mail.ts";
import { escapeHtml } from "../lib/escape.ts";

/** Pictures brought along are written into the page up to this sum. */
const inlinedBytesMax = 10 * 1024 * 1024;
/** SVG is left out: as a picture it runs nothing, but it is more than a mail can use. */
const pictureTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);

/** For the frame's own attribute and its policy: links may open a tab of their own, and nothing else is given back. */
export const frameSandbox = "allow-popups allow-popups-to-escape-sandbox";

/**
 * @param pictureSources where our own pictures come from, as sources of a Content-Security-Policy
 * @param withRemote whether everything else that is remote may load, too
 */
export function framePolicy(pictureSources: readonly string[], withRemote: boolean): string {
  const remote = withRemote ? " https: http:" : "";
  const pictures = withRemote ? "" : pictureSources.map((source) => ` ${source}`).join("");
  return [
    "default-src 'none'",
    `img-src data:${pictures}${remote}`,
    `style-src 'unsafe-inline'${remote}`,
    ...(withRemote ? ["font-src https: http: data:", "media-src https: http:"] : []),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    `sandbox ${frameSandbox}`,
  ].join("; ");
}

/** The document for the frame. */
export async function renderFrame(store: CaughtMailStore, mailId: string, content: MailContent): Promise<string> {
  const html = content.html ?? `<pre>${escapeHtml(content.text ?? "")}</pre>`;
  return neutralise(await inlinePictures(store, mailId, content, html));
}

/**
 * A tag's name can't be disguised in HTML, so renaming it is enough. `link` could connect early (preconnect and
 * dns-prefetch stand outside every policy), a refused `iframe` or `frame` has made Chromium connect before it refused,
 * `base` could turn our target round. A refresh is stopped by the sandbox.
 */
function neutralise(html: string): string {
  const safe = html.replace(/<(\/?)(link|base|i?frame)(?=[\s/>])/gi, "<$1x-$2");
  const head = '<base target="_blank"><meta name="referrer" content="no-referrer">';
  // Before anything of the mail's own; the parser puts it into the head wherever that begins.
  const doctype = /^\s*<!doctype[^>]*>/i.exec(safe)?.[0] ?? "";
  return `${doctype}${head}${safe.slice(doctype.length)}`;
}

/** `cid:` pictures as `data:` URLs, so that the frame needs nothing from this server. */
async function inlinePictures(
  store: CaughtMailStore,
  mailId: string,
  content: MailContent,
  html: string,
): Promise<string> {
  if (!/cid:/i.test(html)) return html;
  const urls = new Map<string, string>();
  let total = 0;
  for (const { id, contentId, type } of content.attachments) {
    if (contentId === null || !pictureTypes.has(type)) continue;
    const found = await store.part(mailId, id);
    total += found?.bytes.length ?? 0;
    if (found && total <= inlinedBytesMax) urls.set(contentId, `data:${type};base64,${found.bytes.toString("base64")}`);
  }
  return html.replace(/cid:([^"'\s)>&]{1,200})/gi, (whole, name: string) => urls.get(decode(name)) ?? whole);
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** How many different remote things the HTML would load, those of our own apart. */
export function countRemote(html: string, pictureSources: readonly string[]): number {
  const urls = new Set<string>();
  const pattern =
    /(?:\b(?:src|background|poster)\s*=\s*["']?|url\(\s*["']?|@import\s+["']|<link\b[^>]{0,500}\bhref\s*=\s*["']?)(https?:\/\/[^"'\s)>]{1,2000})/gi;
  for (const match of html.matchAll(pattern)) urls.add(match[1] as string);
  return [...urls].filter((url) => !pictureSources.some((source) => url.startsWith(source))).length;
}

import { parseSlots } from "../domain/slots.ts";

/** Longer than any honest link; a header or a line must hold it. */
export const hrefLengthMax = 2_000;

/** What is wrong with a link's address, or `null`. Only http(s), mailto and tel; slots only behind the host. */
export function checkHref(href: string): string | null {
  if (href === "") return "A link needs an address, such as https://example.com/";
  const shown = JSON.stringify(href.slice(0, 80));
  if (href.length > hrefLengthMax)
    return `The address ${shown} is longer than ${hrefLengthMax.toLocaleString("en")} characters`;
  // oxlint-disable-next-line no-control-regex -- browsers drop control characters, so "java\nscript:" would run
  if (/[\s\u0000-\u001f\u007f-\u009f]/.test(withoutSlots(href))) {
    return `The address ${shown} has a space or a control character in it: write %20 for a space`;
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(href)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (href.startsWith("#")) return `${shown} points into a web page; in a mail a link leads to https://`;
    return `The address ${shown} has no scheme: write https:// in front of it`;
  }
  if (!["http", "https", "mailto", "tel"].includes(scheme)) {
    return `\`${scheme}:\` links are not allowed: only https, http, mailto and tel`;
  }
  if (scheme === "http" || scheme === "https") {
    const host = /^https?:\/\/([^/?#]*)/i.exec(href)?.[1];
    if (!host) return `The address ${shown} has no host: write it as https://example.com/`;
    if (/[{}]/.test(host)) return `A slot may stand in a path or a query, not in the host of ${shown}`;
    if (/[@\\]/.test(host)) return `The address ${shown} hides its host behind a user name: leave that out`;
    if (!URL.canParse(withoutSlots(href))) return `The address ${shown} is not a valid URL`;
  }
  return null;
}

/** The address as mail programs want it: letters beyond ASCII encoded, slots kept. */
export function normalizeHref(href: string): string {
  if (/^[\u0021-\u007e]*$/.test(href) || parseSlots(href).some((run) => run.type === "slot")) return href;
  return URL.canParse(href) ? new URL(href).href : href;
}

function withoutSlots(href: string): string {
  return parseSlots(href)
    .map((run) => (run.type === "text" ? run.text : "0"))
    .join("");
}

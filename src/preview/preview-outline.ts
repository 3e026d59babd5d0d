/** A mail as a screen reader goes through it: its language, then headings, text, pictures and links in their order. */
export type OutlineItem =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "picture"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

export interface Outline {
  readonly lang: string | null;
  readonly title: string;
  readonly items: readonly OutlineItem[];
}

const blockTags = /^(?:p|div|td|th|tr|table|li|ul|ol|h[1-6]|blockquote|pre|br|body|main|section|article)$/;

/** For the HTML that templates make; not a parser of whatever there is. */
export function readOutline(html: string): Outline {
  const lang = /<html\b[^>]*\blang="([^"]*)"/i.exec(html)?.[1] ?? null;
  const title = decode(/<title>([\s\S]*?)<\/title>/i.exec(html)?.[1] ?? "").trim();
  const body = html
    .slice(Math.max(0, html.search(/<body\b/i)))
    .replace(/<!--[\s\S]*?-->|<(style|script)\b[\s\S]*?<\/\1>/gi, "");
  const items: OutlineItem[] = [];
  let text = "";
  let heading: number | null = null;
  let link: string | null = null;
  let hidden = 0;
  const hiddenTags: string[] = [];

  const flush = (): void => {
    const said = decode(text)
      .replace(/[\s\u034f\u200b-\u200f\u00ad\ufeff]+/g, " ")
      .trim();
    text = "";
    if (said === "") return;
    if (link !== null) items.push({ kind: "link", text: said, href: decode(link) });
    else if (heading !== null) items.push({ kind: "heading", level: heading, text: said });
    else items.push({ kind: "text", text: said });
  };

  for (const [token, slash, name = "", attributes = ""] of body.matchAll(
    /<(\/?)([a-z][a-z0-9]*)\b([^>]*)>|[^<]+|</gi,
  )) {
    if (name === "") {
      if (hidden === 0) text += token;
      continue;
    }
    const tag = name.toLowerCase();
    const isClosing = slash === "/";
    if (hidden > 0) {
      if (tag === hiddenTags.at(-1)) hidden += isClosing ? -1 : 1;
      if (hidden === 0) hiddenTags.pop();
      continue;
    }
    const isVoid = tag === "img" || tag === "br" || tag === "hr" || tag === "meta";
    if (!isClosing && !isVoid && /display:\s*none|aria-hidden="true"/i.test(attributes)) {
      flush();
      hidden = 1;
      hiddenTags.push(tag);
      continue;
    }
    if (tag === "img") {
      const alt = decode(/\balt="([^"]*)"/i.exec(attributes)?.[1] ?? "");
      if (alt !== "") {
        flush();
        items.push({ kind: "picture", text: alt });
      }
    } else if (tag === "a") {
      flush();
      link = isClosing ? null : (/\bhref="([^"]*)"/i.exec(attributes)?.[1] ?? "");
    } else if (/^h[1-6]$/.test(tag)) {
      flush();
      heading = isClosing ? null : Number(tag[1]);
    } else if (blockTags.test(tag)) flush();
  }
  flush();
  return { lang, title, items };
}

function decode(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,6});/gi, (whole, digits: string) => character(Number.parseInt(digits, 16), whole))
    .replace(/&#(\d{1,7});/g, (whole, digits: string) => character(Number(digits), whole))
    .replace(/&(nbsp|lt|gt|quot|amp|zwnj|shy|ndash|mdash|hellip);/g, (_, name: string) => entities[name] as string);
}

const entities: Readonly<Record<string, string>> = {
  nbsp: " ",
  lt: "<",
  gt: ">",
  quot: '"',
  amp: "&",
  zwnj: "",
  shy: "",
  ndash: "–",
  mdash: "—",
  hellip: "…",
};

function character(code: number, otherwise: string): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise;
}

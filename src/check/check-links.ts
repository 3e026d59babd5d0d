import type { Finding } from "./finding.ts";
import { createFinding } from "./create-finding.ts";
import type { FoundLink, IssueParts } from "./walk-issue.ts";

/** Words that say nothing about where a link goes, in the languages of our templates. */
const vagueWords =
  /^(?:(?:click )?here|(?:read |learn |find out )?more|link|this|hier|mehr|weiterlesen|ici|en savoir plus|aquí|más|leer más|هنا|こちら)[.!…»>→ ]*$/iu;

/** Hosts that stand for one that nobody filled in yet. */
const placeholder =
  /^(?:https?:\/\/(?:todo|tbd|xxx|placeholder|url|link)\b|https?:\/\/(?:www\.)?example\.com\/?$|#|https?:\/\/$)/i;

export function checkLinks({ links }: IssueParts): readonly Finding[] {
  return links.flatMap((link) => [insecure, otherHost, vague, leftOver].flatMap((rule) => rule(link) ?? []));
}

function insecure(link: FoundLink): Finding | null {
  if (!/^http:\/\//i.test(link.href)) return null;
  return createFinding(
    "link-insecure",
    link.place,
    `The link to ${link.href} is not encrypted.`,
    "Write https:// if the site has it.",
  );
}

function otherHost(link: FoundLink): Finding | null {
  const shown = /^(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#:].*)?$/i.exec(link.words.trim())?.[1];
  const real = hostOf(link.href);
  if (!shown || !real || bare(shown) === bare(real)) return null;
  return createFinding(
    "link-shows-other-host",
    link.place,
    `A link shows ${shown} and goes to ${real}.`,
    "Readers and filters take that for fraud: show where it goes, or use words.",
  );
}

function vague(link: FoundLink): Finding | null {
  if (!vagueWords.test(link.words.trim())) return null;
  return createFinding(
    "link-vague",
    link.place,
    `"${link.words.trim()}" does not say where the link to ${link.href} goes.`,
    "Name what is behind it; a screen reader reads links alone.",
  );
}

function leftOver(link: FoundLink): Finding | null {
  if (!placeholder.test(link.href)) return null;
  return createFinding(
    "link-placeholder",
    link.place,
    `The link to ${link.href} looks like a placeholder.`,
    "Put the real address in.",
  );
}

function hostOf(href: string): string | null {
  try {
    return new URL(href).hostname || null;
  } catch {
    return null;
  }
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^www\./, "");
}

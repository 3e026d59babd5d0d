import { formatMailtoUnsubscribe } from "../domain/mailto-unsubscribe.ts";
import { createToken, formatToken, tokenPaths, type TokenPayload } from "../domain/token.ts";
import type { TokenPurpose } from "../domain/token-keys.ts";
import type { MailSettings } from "./mail-settings.ts";
import type { SlotLink } from "./slot-source.ts";

/** One reader's links; each token is made when it is first asked for. */
export interface ReaderLinks {
  readonly settings: MailSettings;
  readonly payload: TokenPayload;
  readonly tokens: Partial<Record<TokenPurpose, Buffer>>;
  readonly urls: Partial<Record<SlotLink, string>>;
}

export function createReaderLinks(settings: MailSettings, payload: TokenPayload): ReaderLinks {
  return { settings, payload, tokens: {}, urls: {} };
}

export function urlOf(links: ReaderLinks, link: SlotLink): string {
  return (links.urls[link] ??=
    links.settings.publicUrl + tokenPaths[link] + formatToken(tokenFor(links, purposeOf(link))));
}

/**
 * List-Unsubscribe's value: https first, as the one to be preferred (RFC 2369 section 2), then by mail.
 * `null` where there is neither.
 */
export function leaveUris(links: ReaderLinks, oneClick: boolean): string | null {
  const https = oneClick ? `<${urlOf(links, "unsubscribe")}>` : null;
  const { mailtoUnsubscribe } = links.settings;
  if (mailtoUnsubscribe === null) return https;
  const mailto = `<${formatMailtoUnsubscribe(mailtoUnsubscribe, tokenFor(links, "reader"))}>`;
  return https === null ? mailto : `${https}, ${mailto}`;
}

/** Leaving and choosing are one right; a view link is passed on to others and must not carry it. */
function purposeOf(link: SlotLink): TokenPurpose {
  return link === "view" || link === "confirm" ? link : "reader";
}

function tokenFor(links: ReaderLinks, purpose: TokenPurpose): Buffer {
  return (links.tokens[purpose] ??= createToken(links.payload, links.settings.tokens, purpose));
}

import { formatMailtoUnsubscribe } from "../domain/mailto-unsubscribe.ts";
import { createMailTokens, createToken, formatToken, tokenPaths, type TokenPayload } from "../domain/token.ts";
import type { MailSettings } from "./mail-settings.ts";
import type { SlotLink } from "./slot-source.ts";

/** One reader's links. */
export interface ReaderLinks {
  readonly settings: MailSettings;
  readonly payload: TokenPayload;
  /** Leaves and chooses: one right. */
  readonly reader: Buffer;
  readonly readerText: string;
  /** Only shows the issue: people pass that link on. */
  readonly view: Buffer;
}

export function createReaderLinks(settings: MailSettings, payload: TokenPayload): ReaderLinks {
  const { reader, view } = createMailTokens(payload, settings.tokens);
  return { settings, payload, reader, readerText: formatToken(reader), view };
}

export function urlOf(links: ReaderLinks, link: SlotLink): string {
  return links.settings.publicUrl + tokenPaths[link] + tokenText(links, link);
}

function tokenText(links: ReaderLinks, link: SlotLink): string {
  switch (link) {
    case "unsubscribe":
    case "preferences":
      return links.readerText;
    case "view":
      return formatToken(links.view);
    case "confirm":
      return formatToken(createToken(links.payload, links.settings.tokens, "confirm"));
  }
}

/**
 * List-Unsubscribe's value: https first, as the one to be preferred (RFC 2369 section 2), then by mail.
 * `null` where there is neither.
 */
export function leaveUris(links: ReaderLinks, oneClick: boolean): string | null {
  const https = oneClick ? `<${urlOf(links, "unsubscribe")}>` : null;
  const { mailtoUnsubscribe } = links.settings;
  if (mailtoUnsubscribe === null) return https;
  const mailto = `<${formatMailtoUnsubscribe(mailtoUnsubscribe, links.reader)}>`;
  return https === null ? mailto : `${https}, ${mailto}`;
}

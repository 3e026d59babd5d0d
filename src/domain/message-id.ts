import { timingSafeEqual } from "node:crypto";
import { assert } from "../lib/assert.ts";
import { encodeBase32 } from "../lib/base32.ts";
import { hmacSha256 } from "../lib/hmac.ts";
import type { DeliveryId } from "./delivery.ts";
import type { TokenKeys } from "./token-keys.ts";

/**
 * Which mail this is: a campaign's delivery, or a notice by its number. Follows a mail through its Message-ID, its return
 * path and its links.
 */
export type MailIdentity =
  | { readonly kind: "delivery"; readonly id: DeliveryId }
  | { readonly kind: "notice"; readonly id: number };

/** 80 bits: enough against guessing, which needs a mail for each try. */
const macBytes = 10;

const pattern = /^<?(?:c([1-9]\d{0,14})\.)?n([1-9]\d{0,14})\.([0-9a-v]{16})@[^<>@\s]+>?$/;

/**
 * `<c12.n345.<mac>@domain>`, for a notice `<n345.<mac>@domain>`: the same on every try, so that receivers can drop a
 * second copy, and authenticated, so that a returned mail names its delivery where the return path is lost.
 * @param domain the From address's, as A-label (RFC 5322 section 3.6.4 wants one of ours)
 */
export function formatMessageId(identity: MailIdentity, domain: string, keys: TokenKeys): string {
  const key = keys.messageId[0];
  assert(key !== undefined, "There is a key to make Message-IDs with.");
  const name = identity.kind === "delivery" ? `c${identity.id.campaign}.n${identity.id.number}` : `n${identity.id}`;
  return `<${name}.${computeMac(name, key)}@${domain}>`;
}

/** Reads a Message-ID that came back, with or without brackets; `null` when it is none of ours. */
export function readMessageId(text: string, keys: TokenKeys): MailIdentity | null {
  const match = pattern.exec(text.trim().toLowerCase());
  if (!match) return null;
  const [, campaign, number, mac] = match;
  const name = campaign === undefined ? `n${number}` : `c${campaign}.n${number}`;
  let verified = false;
  for (const key of keys.messageId) {
    if (timingSafeEqual(Buffer.from(computeMac(name, key), "latin1"), Buffer.from(mac as string, "latin1")))
      verified = true;
  }
  if (!verified) return null;
  return campaign === undefined
    ? { kind: "notice", id: Number(number) }
    : { kind: "delivery", id: { campaign: Number(campaign), number: Number(number) } };
}

function computeMac(name: string, key: Buffer): string {
  return encodeBase32(Buffer.from(hmacSha256(key, name).slice(0, macBytes * 2), "hex"));
}

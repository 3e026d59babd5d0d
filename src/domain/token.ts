import { timingSafeEqual } from "node:crypto";
import { assert } from "../lib/assert.ts";
import { decodeBase32, encodeBase32 } from "../lib/base32.ts";
import { hmacSha256 } from "../lib/hmac.ts";
import type { TokenKey, TokenKeys, TokenPurpose } from "./token-keys.ts";

/*
 * The opaque part of the links in a mail (RFC 8058 section 3.1: hard to forge). Bytes: key id, payload as varints
 * (list, subscriber, campaign, number), 16 bytes of HMAC-SHA256 over all of that. In URLs as base64url; in addresses,
 * whose case may be folded on the way, as base32. There is no expiry: leaving works for years.
 */

/** Who reads, on which list, and through which mail; `delivery` is `null` for a mail of no campaign. */
export interface TokenPayload {
  readonly list: number;
  /** 0 where nobody is subscribed yet, as in a test. */
  readonly subscriber: number;
  readonly delivery: { readonly campaign: number; readonly number: number } | null;
}

export const tokenPaths = { unsubscribe: "/u/", preferences: "/p/", view: "/v/", confirm: "/c/" } as const;

const macBytes = 16;

/** Key id, four varints of at most 8 bytes (safe integers), MAC. */
const tokenBytesMax = 1 + 4 * 8 + macBytes;

/** The token's bytes; write them with `formatToken` or `formatFoldedToken`. */
export function createToken(payload: TokenPayload, keys: TokenKeys, purpose: TokenPurpose): Buffer {
  const key = currentKey(keys);
  const signed = writePayload(payload, key);
  return appendMac(signed, takeMac(computeMacs(key, purpose, signed), purpose));
}

/** The two tokens of every mail, for the price of one. */
export function createMailTokens(
  payload: TokenPayload,
  keys: TokenKeys,
): { readonly reader: Buffer; readonly view: Buffer } {
  const key = currentKey(keys);
  const signed = writePayload(payload, key);
  const macs = computeMacs(key, "reader", signed);
  return { reader: appendMac(signed, takeMac(macs, "reader")), view: appendMac(signed, takeMac(macs, "view")) };
}

/** For a URL's path: `/u/` + this. */
export function formatToken(token: Buffer): string {
  return token.toString("base64url");
}

/** For an address: only letters in lower case and digits. */
export function formatFoldedToken(token: Buffer): string {
  return encodeBase32(token);
}

/**
 * Reads a token from a URL.
 * @returns `null` for whatever was not made by us for this purpose, to the bit
 */
export function readToken(text: string, keys: TokenKeys, purpose: TokenPurpose): TokenPayload | null {
  const bytes = Buffer.from(text, "base64url");
  // Base64 has spare bits and forgives strange characters; only our own spelling counts.
  return bytes.toString("base64url") === text ? readBytes(bytes, keys, purpose) : null;
}

/** The same from an address, in any case. */
export function readFoldedToken(text: string, keys: TokenKeys, purpose: TokenPurpose): TokenPayload | null {
  if (text.length > tokenBytesMax * 2) return null;
  const bytes = decodeBase32(text);
  return bytes && readBytes(bytes, keys, purpose);
}

function readBytes(bytes: Buffer, keys: TokenKeys, purpose: TokenPurpose): TokenPayload | null {
  if (bytes.length <= macBytes + 1 || bytes.length > tokenBytesMax) return null;
  const signed = bytes.subarray(0, bytes.length - macBytes);
  const mac = bytes.subarray(bytes.length - macBytes);
  let verified = false;
  for (const key of keys.tokens) {
    if (key.id !== bytes[0]) continue;
    const expected = takeMac(computeMacs(key, purpose, signed), purpose);
    if (timingSafeEqual(Buffer.from(expected, "hex"), mac)) verified = true;
  }
  return verified ? readPayload(signed) : null;
}

function readPayload(signed: Buffer): TokenPayload | null {
  const numbers: number[] = [];
  let index = 1;
  while (index < signed.length) {
    let value = 0;
    let scale = 1;
    let byte: number;
    do {
      if (index >= signed.length) return null;
      byte = signed[index] as number;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      index += 1;
    } while (byte & 0x80);
    numbers.push(value);
  }
  const [list, subscriber, campaign, number] = numbers;
  if (numbers.length !== 4 || list === undefined || subscriber === undefined) return null;
  return { list, subscriber, delivery: campaign && number ? { campaign, number } : null };
}

/** Little end first, seven bits a byte (LEB128). */
function writeVarint(bytes: Buffer, start: number, value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, "A token carries whole numbers from 0.");
  let index = start;
  let rest = value;
  while (rest >= 0x80) {
    bytes[index] = (rest % 128) | 0x80;
    rest = Math.trunc(rest / 128);
    index += 1;
  }
  bytes[index] = rest;
  return index + 1;
}

function currentKey(keys: TokenKeys): TokenKey {
  const key = keys.tokens[0];
  assert(key !== undefined, "There is a key to make tokens with.");
  return key;
}

function writePayload(payload: TokenPayload, key: TokenKey): Buffer {
  const bytes = Buffer.allocUnsafe(tokenBytesMax);
  bytes[0] = key.id;
  let length = 1;
  length = writeVarint(bytes, length, payload.list);
  length = writeVarint(bytes, length, payload.subscriber);
  length = writeVarint(bytes, length, payload.delivery?.campaign ?? 0);
  length = writeVarint(bytes, length, payload.delivery?.number ?? 0);
  return bytes.subarray(0, length);
}

function appendMac(signed: Buffer, mac: string): Buffer {
  const bytes = Buffer.allocUnsafe(signed.length + macBytes);
  bytes.set(signed);
  bytes.write(mac, signed.length, "hex");
  return bytes;
}

/** 32 bytes, in hexadecimal. */
function computeMacs(key: TokenKey, purpose: TokenPurpose, signed: Buffer): string {
  return hmacSha256(purpose === "confirm" ? key.confirm : key.mail, signed);
}

/**
 * The halves of one HMAC are two MACs: HMAC is a pseudo-random function, so either half tells nothing of the other, and a
 * view link that is passed on does not help to forge the reader's own. A mail needs both, and each HMAC costs 3 us.
 */
function takeMac(macs: string, purpose: TokenPurpose): string {
  return purpose === "view" ? macs.slice(macBytes * 2) : macs.slice(0, macBytes * 2);
}

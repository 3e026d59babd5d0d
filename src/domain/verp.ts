import { timingSafeEqual } from "node:crypto";
import { assert } from "../lib/assert.ts";
import { hmacSha256 } from "../lib/hmac.ts";
import type { DeliveryId } from "./delivery.ts";

/*
 * The variable envelope return path: `bounce+<campaign>.<number>.<mac>@domain`. A report that comes back to this address
 * names its delivery, and only we could have written it. Everything after the plus is base32hex in lower case, so that a
 * system which folds the case of local parts breaks nothing. Longest form: 7 + 11 + 1 + 11 + 1 + 26 = 57 octets, within
 * the 64 that RFC 5321 section 4.5.3.1.1 allows.
 */

/** What stands before the token. Part of no secret; the mailbox that the listener or the IMAP reader looks at. */
export const verpPrefix = "bounce+";

/** RFC 5321 section 4.5.3.1.1. */
const localPartOctetsMax = 64;

/** 128 bits: 26 characters, and no forger guesses that. */
const macBytes = 16;
const macCharacters = 26;

/** Separates this use of the key from every other. */
const purpose = "broadsheet verp 1";

const tokenPattern = /^([1-9a-v][0-9a-v]{0,10})\.([1-9a-v][0-9a-v]{0,10})\.([0-9a-v]{26})$/;

/**
 * The local part of a delivery's envelope sender, such as `bounce+1.a4.0c..`.
 * @param keys at least one; the first signs
 */
export function encodeVerp(delivery: DeliveryId, keys: readonly Buffer[]): string {
  const key = keys[0];
  assert(key !== undefined && key.length >= macBytes, "A return path is signed with a key of at least 16 bytes.");
  assert(
    isIdentifier(delivery.campaign) && isIdentifier(delivery.number),
    "A delivery is named by two positive integers.",
  );
  const subject = `${delivery.campaign.toString(32)}.${delivery.number.toString(32)}`;
  const localPart = `${verpPrefix}${subject}.${writeMac(subject, key)}`;
  assert(localPart.length <= localPartOctetsMax, "A return path fits into a local part.");
  return localPart;
}

/**
 * Reads an address (or only its local part) that came back. The case does not matter.
 * @param keys the current key and those it replaced: mail sent years ago still bounces
 * @returns the delivery, or `null` when this is not one of our return paths or its MAC is wrong
 */
export function verifyVerp(address: string, keys: readonly Buffer[]): DeliveryId | null {
  const at = address.lastIndexOf("@");
  const localPart = (at === -1 ? address : address.slice(0, at)).trim().toLowerCase();
  if (localPart.length > localPartOctetsMax || !localPart.startsWith(verpPrefix)) return null;
  const match = tokenPattern.exec(localPart.slice(verpPrefix.length));
  if (!match) return null;
  const [, campaignText, numberText, mac] = match as unknown as [string, string, string, string];
  // Every key is tried whatever the earlier ones gave, so that the time tells nothing.
  let verified = false;
  for (const key of keys) {
    const expected = writeMac(`${campaignText}.${numberText}`, key);
    if (timingSafeEqual(Buffer.from(mac, "latin1"), Buffer.from(expected, "latin1"))) verified = true;
  }
  if (!verified) return null;
  const campaign = Number.parseInt(campaignText, 32);
  const number = Number.parseInt(numberText, 32);
  return isIdentifier(campaign) && isIdentifier(number) ? { campaign, number } : null;
}

/** Whether an address has the form of our return paths, verified or not: what a forgery is told by. */
export function looksLikeVerp(address: string): boolean {
  return address.trim().toLowerCase().startsWith(verpPrefix);
}

function isIdentifier(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function writeMac(subject: string, key: Buffer): string {
  const mac = hmacSha256(key, `${purpose}\0${subject}`).slice(0, macBytes * 2);
  // 26 characters hold 130 bits; the two spare bits stand in front as zeroes, so each MAC has one spelling only.
  return BigInt(`0x${mac}`).toString(32).padStart(macCharacters, "0");
}

import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { InputError } from "../lib/errors.ts";

/** An address as it is written in SMTP commands and header fields. */
export interface WireAddress {
  readonly address: string;
  /** As A-label, in lower case. */
  readonly domain: string;
  /** The local part is not ASCII (RFC 6531 section 3.2). */
  readonly needsSmtpUtf8: boolean;
}

/** Nearly all addresses: they are written as they are given. The reading of the rest takes some microseconds. */
const plain = /^[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@([a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,})$/;

/** @throws InputError `address-unusable`; addresses are checked when they are imported, so this is the second net */
export function toWireAddress(address: string): WireAddress {
  const match = plain.exec(address);
  if (match) return { address, domain: match[1] as string, needsSmtpUtf8: false };
  const parsed = parseAddress(address);
  if (isAddressProblem(parsed)) throw new InputError({ code: "address-unusable", message: parsed.problem });
  return { address: parsed.wire, domain: parsed.domain, needsSmtpUtf8: parsed.needsSmtpUtf8 };
}

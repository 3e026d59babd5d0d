import { isAscii } from "node:buffer";
import type { Message } from "../../domain/message.ts";
import type { SmtpReply } from "../../domain/outcome.ts";
import type { Capabilities } from "./capabilities.ts";

/** RFC 5321 section 4.5.3.1: 64 octets of local part, 255 of domain, and the "@". */
const pathBytesMax = 320;

/** What must never stand in a command line. A space or a bracket inside a quoted local part is refused as well. */
// oxlint-disable-next-line no-control-regex -- NUL, CR and LF are what this is about
const unsafePath = /[\u0000-\u0020\u007f<>]/;

/**
 * Why a server with these capabilities can't be given the message, as the reply it would have to give; `null` when it
 * can. Nothing is sent then. It is a refusal and not a deferral: no retry makes the address or the message another one,
 * and a person waiting for a result is told at once. Servers that are able are tried first (transport.ts).
 */
export function objectionTo(message: Message, server: string, capabilities: Capabilities): SmtpReply | null {
  const { envelope, bytes } = message;
  if ([envelope.from, envelope.to].some((path) => unsafePath.test(path) || Buffer.byteLength(path) > pathBytesMax)) {
    return unsent(553, "5.1.3", "the address can't be written in an SMTP command");
  }
  const needsUtf8 = envelope.needsSmtpUtf8 || !isPlain(envelope.to) || !isPlain(envelope.from);
  if (needsUtf8 && !capabilities.smtpUtf8) {
    return unsent(553, "5.6.7", `the address is not ASCII before its "@", and ${server} does not announce SMTPUTF8`);
  }
  if (capabilities.sizeBytesMax > 0 && bytes.length > capabilities.sizeBytesMax) {
    const most = capabilities.sizeBytesMax;
    return unsent(552, "5.3.4", `the message has ${bytes.length} bytes, and ${server} takes at most ${most} (SIZE)`);
  }
  if (!capabilities.eightBitMime && !isAscii(bytes)) {
    return unsent(554, "5.6.3", `the message holds 8-bit bytes, and ${server} does not announce 8BITMIME`);
  }
  return null;
}

function unsent(code: number, enhanced: string, why: string): SmtpReply {
  return { code, enhanced, text: `not sent: ${why}` };
}

function isPlain(address: string): boolean {
  // oxlint-disable-next-line no-control-regex -- tells ASCII from the rest
  return /^[\u0000-\u007f]*$/.test(address);
}

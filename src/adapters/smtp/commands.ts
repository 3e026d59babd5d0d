import { isAscii } from "node:buffer";
import type { Message } from "../../domain/message.ts";
import type { Capabilities } from "./capabilities.ts";

export interface EnvelopeCommands {
  readonly mail: string;
  readonly rcpt: string;
}

/** RFC 3461 section 4.4: an envelope identifier has at most 100 characters. */
const envidCharactersMax = 100;
/** RFC 3461 section 4.2: the ORCPT parameter has at most 500 characters. */
const orcptCharactersMax = 500;

/**
 * MAIL FROM and RCPT TO with every parameter the server can use (RFC 5321 section 4.1.2; 1870, 6152, 6531, 3461).
 * RET=HDRS: a report needs our headers, not 100 KB of digest. NOTIFY=FAILURE,DELAY: never of success, which would send
 * one report for each mail; delays are asked for since they prove that a mail in doubt was taken. ENVID is the
 * Message-ID, so that a report finds its delivery even where the relay rewrote the return path.
 */
export function envelopeCommands(message: Message, capabilities: Capabilities, dsn: boolean): EnvelopeCommands {
  const { envelope, bytes } = message;
  let mail = `MAIL FROM:<${envelope.from}>`;
  let rcpt = `RCPT TO:<${envelope.to}>`;
  if (capabilities.size) mail += ` SIZE=${bytes.length}`;
  if (capabilities.eightBitMime && !isAscii(bytes)) mail += " BODY=8BITMIME";
  if (capabilities.smtpUtf8 && (envelope.needsSmtpUtf8 || !isAscii(Buffer.from(envelope.from + envelope.to)))) {
    mail += " SMTPUTF8";
  }
  if (dsn && capabilities.dsn) {
    const envid = encodeXtext(message.messageId.replace(/^<|>$/g, ""));
    mail += " RET=HDRS";
    if (envid !== null && envid !== "" && envid.length <= envidCharactersMax) mail += ` ENVID=${envid}`;
    rcpt += " NOTIFY=FAILURE,DELAY";
    const orcpt = encodeXtext(envelope.to);
    if (orcpt !== null && orcpt.length + "rfc822;".length <= orcptCharactersMax) rcpt += ` ORCPT=rfc822;${orcpt}`;
  }
  return { mail: `${mail}\r\n`, rcpt: `${rcpt}\r\n` };
}

/** RFC 3461 section 4: "+", "=", and all but printable ASCII as +HH. `null` for text that is not ASCII. */
function encodeXtext(text: string): string | null {
  if (!/^[\u0020-\u007e]*$/.test(text)) return null;
  return text.replace(/[+= ]/g, (character) => `+${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

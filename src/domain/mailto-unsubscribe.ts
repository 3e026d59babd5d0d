import { formatFoldedToken } from "./token.ts";

/*
 * Leaving by mail (RFC 2369 section 3.2): the token stands in the address, `leave+<token>@example.com`, so that any mail
 * to it counts, whoever it is from. Where it does not fit there it stands in the subject.
 */

/** RFC 5321 section 4.5.3.1.1. */
const localPartOctetsMax = 64;

const subjectWord = "unsubscribe";

/** The URI for List-Unsubscribe, without brackets. */
export function formatMailtoUnsubscribe(address: string, token: Buffer): string {
  const at = address.lastIndexOf("@");
  const folded = formatFoldedToken(token);
  const localPart = `${address.slice(0, at)}+${folded}`;
  return localPart.length <= localPartOctetsMax
    ? `mailto:${localPart}${address.slice(at)}?subject=${subjectWord}`
    : `mailto:${address}?subject=${subjectWord}%20${folded}`;
}

/** The token's text in a mail that came to the address; read it with `readFoldedToken`. */
export function findMailtoToken(recipient: string, subject: string): string | null {
  const inAddress = /\+([0-9a-v]+)@[^@]*$/i.exec(recipient.trim());
  const inSubject = /^(?:re:\s*)?unsubscribe\s+([0-9a-v]+)\s*$/i.exec(subject.trim());
  return inAddress?.[1] ?? inSubject?.[1] ?? null;
}

/*
 * Addresses in free text and in the typed fields of reports. Not a validator: what a report names is compared with what we
 * sent to, so the aim is to cut an address out of its surroundings exactly.
 */

/** One address inside text, without anchors: a quoted or plain local part, and a domain or a literal. */
const addressSource = String.raw`(?:"[^"\s\\]{1,64}"|[^\s<>()\[\]{},;:"@|\\'*]{1,64}(?:'[^\s<>()\[\]{},;:"@|\\*]{1,32})?)@(?:[\p{L}\p{N}](?:[\p{L}\p{N}._-]{0,252}[\p{L}\p{N}_])?|\[[0-9a-f.:]{3,45}\])`;

const addressPattern = new RegExp(addressSource, "iu");
const addressesPattern = new RegExp(addressSource, "giu");

export { addressSource };

/** The first address in the text, or `null`. */
export function findAddress(text: string): string | null {
  const match = addressPattern.exec(text.slice(0, 2000));
  return match ? cleanAddress(match[0]) : null;
}

/** Every address in the text, each once, in order. */
export function findAddresses(text: string, countMax = 100): string[] {
  const found = new Set<string>();
  for (const match of text.slice(0, 64_000).matchAll(addressesPattern)) {
    found.add(cleanAddress(match[0]));
    if (found.size === countMax) break;
  }
  return [...found];
}

/** Without what sticks to it in prose: a leading `rfc822;` is not part of it, nor is a trailing dot. */
export function cleanAddress(address: string): string {
  return address.replace(/^(?:mailto:|smtp:|rfc822;|[.-]+(?=[^@]))/i, "").replace(/[.\-_]+$/, "");
}

/** RFC 3464 section 2.3.2: `rfc822; user@example.com`; RFC 6533 section 3: `utf-8; ..` with `\x{3bb}` forms. */
export function readTypedAddress(value: string): string | null {
  const semicolon = value.indexOf(";");
  const type = semicolon === -1 ? "" : value.slice(0, semicolon).trim().toLowerCase();
  let text = (semicolon === -1 ? value : value.slice(semicolon + 1)).trim();
  if (type === "utf-8" || type === "rfc822") {
    text = text.replace(/\\x\{([0-9a-f]{1,6})\}/gi, (whole, digits) => {
      const point = Number.parseInt(digits, 16);
      return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole;
    });
  }
  text = text.replace(/^<|>(?:\s.*)?$/g, "");
  // A source route or a local form is not what we sent to; the caller has other fields for that.
  if (text.startsWith("@") || text.startsWith("|") || text.startsWith("/")) return null;
  // What is no address at all was sent to as it stands, and is what the report is about.
  return findAddress(text) ?? (/^[^\s<>@\\;,]{1,64}@[^\s<>@\\;,]{1,255}$/.test(text) ? text : null);
}

/** One spelling for comparing: the domain's and the local part's case folded, quotes of a plain local part dropped. */
export function foldAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/^"([^"]{1,64})"@/, "$1@")
    .normalize("NFC");
}

/** Whether an address belongs to the mail system rather than to a person. */
export function isDaemonAddress(address: string): boolean {
  return /^(?:mailer[-_.]?daemon|post[-_]?master|mail[-_.]?daemon|mdaemon|majordomo|listserv|nobody|double-bounce)@/i.test(
    `${address.split("@")[0] ?? ""}@`,
  );
}

/*
 * DKIM's canonical forms (RFC 6376 section 3.4) of any message. Our own mails never pass here: they are written in
 * relaxed form. Text is Latin-1 throughout, so that every octet keeps its value.
 */

export type Canonicalisation = "simple" | "relaxed";

export interface SplitMessage {
  /** Each field as it stands, with its folding, without its last CRLF. */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** Cuts a message at its empty line; one without has no body. */
export function splitMessage(raw: Buffer): SplitMessage {
  const end = raw.indexOf("\r\n\r\n");
  const startsWithBody = raw.subarray(0, 2).equals(Buffer.from("\r\n"));
  if (startsWithBody) return { fields: [], body: raw.subarray(2) };
  const head = raw.toString("latin1", 0, end === -1 ? raw.length : end);
  return {
    fields: head.split(/\r\n(?![ \t])/).filter((field) => field !== ""),
    body: end === -1 ? Buffer.alloc(0) : raw.subarray(end + 4),
  };
}

/** The field's name, lower case. */
export function fieldName(field: string): string {
  const colon = field.indexOf(":");
  return (colon === -1 ? field : field.slice(0, colon)).trim().toLowerCase();
}

/** One field, without CRLF at its end (sections 3.4.1 and 3.4.2). */
export function canonicaliseField(form: Canonicalisation, field: string): string {
  if (form === "simple") return field;
  const colon = field.indexOf(":");
  const value = field
    .slice(colon + 1)
    .replace(/\r\n(?=[ \t])/g, "")
    .replace(/[ \t]+/g, " ")
    .replace(/^ | $/g, "");
  return `${fieldName(field)}:${value}`;
}

/**
 * The whole body (sections 3.4.3 and 3.4.4). Only CRLF ends a line: blanks after the last one are not at a line's end and
 * keep one of theirs, as other verifiers have it (no mail that came by SMTP has such an end).
 */
export function canonicaliseBody(form: Canonicalisation, body: Buffer): Buffer {
  const text = body.toString("latin1");
  const reduced = form === "simple" ? text : text.replace(/[ \t]+/g, " ").replace(/ \r\n/g, "\r\n");
  const lines = reduced.split("\r\n");
  let length = lines.length;
  while (length > 0 && lines[length - 1] === "") length -= 1;
  if (length === 0) return Buffer.from(form === "simple" ? "\r\n" : "", "latin1");
  return Buffer.from(`${lines.slice(0, length).join("\r\n")}\r\n`, "latin1");
}

/**
 * What a signature signs besides the body: the fields of `h=` and the signature's own field without its value.
 * Of several fields with one name the lowest is taken first (section 5.4.2); a name listed once more than there are
 * fields adds nothing, which is what oversigning rests on.
 * @param signatureField as it stands, with `b=` in any state
 */
export function signedHeader(
  form: Canonicalisation,
  fields: readonly string[],
  names: readonly string[],
  signatureField: string,
): Buffer {
  const taken = new Map<string, number>();
  let text = "";
  for (const name of names) {
    const same = fields.filter((field) => fieldName(field) === name);
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    const field = same[same.length - 1 - count];
    if (field !== undefined) text += `${canonicaliseField(form, field)}\r\n`;
  }
  return Buffer.from(text + canonicaliseField(form, withoutSignature(signatureField)), "latin1");
}

/** Section 3.7: `b=` with an empty value, white space around it gone. */
function withoutSignature(field: string): string {
  const colon = field.indexOf(":");
  return field.slice(0, colon + 1) + field.slice(colon + 1).replace(/((?:^|;)\s*b\s*=)[^;]*/, "$1");
}

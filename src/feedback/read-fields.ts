/*
 * Header fields of RFC 5322 section 2.2, read from bytes that anybody may have sent: line ends may be LF, CRLF or CR, a line
 * may be no field at all, and nothing here throws. Text is kept as latin1, one character a byte, until a reader asks for it.
 */

/** One unfolded field. */
export interface Field {
  /** Lower case. */
  readonly name: string;
  /** Trimmed; runs of white space from folding are one space. Bytes as latin1. */
  readonly value: string;
}

/** No report has more; what follows is not read. */
const fieldsMax = 500;
/** RFC 5322 section 2.1.1 allows 998 a line; folded DKIM and ARC fields reach some thousands. */
const valueCharactersMax = 16_000;

const fieldPattern = /^([!-9;-~]{1,76})[ \t]*:[ \t]*(.*)$/;

/** Reads the fields of a header block given as lines without their line ends. A line that is no field ends nothing. */
export function readFields(lines: readonly string[]): Field[] {
  const fields: { name: string; value: string }[] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if (line.startsWith(" ") || line.startsWith("\t")) {
      if (last && last.value.length < valueCharactersMax) last.value = `${last.value} ${line.trim()}`.trim();
      continue;
    }
    const match = fieldPattern.exec(line);
    if (!match) continue;
    if (fields.length === fieldsMax) break;
    fields.push({ name: (match[1] as string).toLowerCase(), value: (match[2] as string).trim() });
  }
  return fields;
}

/** The first field of that name, decoded to text, or `""`. */
export function fieldText(fields: readonly Field[], name: string): string {
  return decodeWords(fields.find((field) => field.name === name)?.value ?? "");
}

/** Every field of that name, as it stands. */
export function fieldValues(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field.name === name).map((field) => field.value);
}

/** A value such as Content-Type's: the first token and the parameters (RFC 2045 section 5.1, RFC 2231 continuations). */
export function readParameters(value: string): {
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
} {
  const parameters = new Map<string, string>();
  const pattern = /;\s*([\w.-]{1,60})(?:\*\d{0,2})?\*?\s*=\s*(?:"((?:[^"\\]|\\.){0,1000})"?|([^;\s"]{1,1000}))/g;
  for (const match of value.matchAll(pattern)) {
    const name = (match[1] as string).toLowerCase();
    const text = (match[2] ?? match[3] ?? "").replace(/\\(.)/g, "$1");
    parameters.set(name, (parameters.get(name) ?? "") + text);
  }
  const token = /^\s*([^;\s]{1,200})/.exec(value)?.[1] ?? "";
  return { value: token.toLowerCase(), parameters };
}

/** Decodes the encoded words of RFC 2047; what can't be decoded stays as it is. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(=\?)/g, "$1$2");
  const decoded = joined.replace(
    /=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bq])\?([^?\s]{0,2000})\?=/gi,
    (whole, charset, encoding, text) => {
      const bytes =
        String(encoding).toLowerCase() === "b"
          ? Buffer.from(String(text), "base64")
          : decodeQuotedPrintable(String(text).replace(/_/g, " "));
      return decodeText(bytes, String(charset)) ?? whole;
    },
  );
  return decoded === value ? decodeRaw(value) : decoded;
}

/** Quoted-printable (RFC 2045 section 6.7) of latin1 text; what is not encoded stays. White space before a soft break counts. */
export function decodeQuotedPrintable(text: string): Buffer {
  const joined = text.replace(/=[ \t]*\n/g, "");
  const raw = joined.replace(/=([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(raw, "latin1");
}

/** Text from bytes in a charset that the mail names; `null` when the name is unknown. */
export function decodeText(bytes: Buffer, charset: string): string | null {
  const name = charset.trim().toLowerCase();
  if (name === "" || name === "us-ascii" || name === "ascii") return decodeRaw(bytes.toString("latin1"));
  if (name === "utf-7" || name === "unicode-1-1-utf-7") return decodeUtf7(bytes.toString("latin1"));
  try {
    return decoderOf(name).decode(bytes);
  } catch {
    return null; // The charset is unknown to this runtime; a mail may name anything.
  }
}

/** UTF-7 (RFC 2152), which Exchange wrote its notices in until 2003 and no runtime reads: `Empf+AOQ-nger`. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9+/]{0,400})-?/g, (whole, encoded: string) => {
    if (encoded === "") return whole === "+-" ? "+" : whole;
    const bytes = Buffer.from(encoded, "base64");
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString("utf16le");
  });
}

/** Decoders are kept: making one costs more than reading a mail. Only names that TextDecoder knows get here. */
const decoders = new Map<string, TextDecoder>();
const decodersMax = 60;

function decoderOf(name: string): TextDecoder {
  const known = decoders.get(name);
  if (known) return known;
  const decoder = new TextDecoder(name);
  if (decoders.size < decodersMax) decoders.set(name, decoder);
  return decoder;
}

/** Bytes without a charset: UTF-8 where they are valid as that, else ISO-2022-JP where its escapes stand, else latin1. */
function decodeRaw(latin1: string): string {
  const bytes = Buffer.from(latin1, "latin1");
  if (latin1.includes("\u001b$") || latin1.includes("\u001b(")) return decoderOf("iso-2022-jp").decode(bytes);
  // oxlint-disable-next-line no-control-regex -- ASCII is what is asked for
  if (/^[\u0000-\u007f]*$/.test(latin1)) return latin1;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return latin1; // Not UTF-8.
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

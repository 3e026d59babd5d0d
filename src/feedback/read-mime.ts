import { decodeQuotedPrintable, decodeText, readFields, readParameters, type Field } from "./read-fields.ts";

/*
 * A small, tolerant reader of MIME (RFC 2045, 2046). Reports come from systems of forty years: boundaries that are never
 * closed, parts without a blank line, types without a subtype. Everything that can be read is read, in bounded time.
 */

/** One entity: a leaf, or a multipart with its parts. */
export interface MimeEntity {
  readonly fields: readonly Field[];
  /** Lower case `type/subtype`; `text/plain` where none is named. */
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** The lines of the body as they stand (latin1); of a multipart, all of them. */
  readonly lines: readonly string[];
  readonly parts: readonly MimeEntity[];
}

/** Bounces hold the whole message at most; the parts that say something stand first. */
export const mailBytesMax = 4 * 1024 * 1024;
const depthMax = 8;
const partsMax = 60;

/** Bytes to lines, whatever ends them. */
export function splitLines(raw: Buffer): string[] {
  const text = raw.subarray(0, mailBytesMax).toString("latin1");
  return (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text).split("\n");
}

/** Reads a whole mail. Never throws. */
export function readMime(raw: Buffer): MimeEntity {
  const lines = splitLines(raw);
  // Some stores keep blank lines or an mbox line in front.
  let start = 0;
  while (start < lines.length - 1 && (lines[start] as string).trim() === "") start += 1;
  if (/^>?From \S/.test(lines[start] ?? "")) start += 1;
  return readEntity(lines.slice(start), 0, { partsLeft: partsMax });
}

/** Reads an entity inside a part, such as the message in `message/rfc822`. */
export function readInner(lines: readonly string[]): MimeEntity {
  let start = 0;
  while (start < lines.length - 1 && (lines[start] as string).trim() === "") start += 1;
  return readEntity(lines.slice(start), depthMax / 2, { partsLeft: partsMax / 2 });
}

function readEntity(lines: readonly string[], depth: number, budget: { partsLeft: number }): MimeEntity {
  const blank = depth === 0 ? endOfMailHeader(lines) : endOfHeader(lines);
  const fields = readFields(lines.slice(0, blank));
  const body = lines.slice(blank + 1);
  const contentType = readParameters(fields.find((field) => field.name === "content-type")?.value ?? "");
  const type = contentType.value.includes("/") ? contentType.value : "text/plain";
  const boundary = contentType.parameters.get("boundary");
  const parts =
    type.startsWith("multipart/") && boundary && depth < depthMax
      ? splitParts(body, boundary, budget).map((part) => readEntity(part, depth + 1, budget))
      : [];
  return { fields, type, parameters: contentType.parameters, lines: body, parts };
}

/** A mail's header ends at the first blank line, whatever else stands in it. */
function endOfMailHeader(lines: readonly string[]): number {
  const blank = lines.findIndex((line) => line.trim() === "");
  return blank === -1 ? lines.length : blank;
}

/** The index of the blank line; a part that begins with text has an empty header in front of it. */
function endOfHeader(lines: readonly string[]): number {
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    if (line.trim() === "") return index;
    if (!/^[ \t]|^[!-9;-~]{1,76}[ \t]*:/.test(line)) return index === 0 ? -1 : index - 1;
  }
  return lines.length;
}

function splitParts(lines: readonly string[], boundary: string, budget: { partsLeft: number }): string[][] {
  const open = `--${boundary.trimEnd()}`;
  const parts: string[][] = [];
  let current: string[] | null = null;
  for (const line of lines) {
    if (line.startsWith(open)) {
      const rest = line.slice(open.length).trim();
      if (rest === "" || rest === "--") {
        if (current) parts.push(current);
        current = null;
        if (rest === "--") break;
        if (budget.partsLeft <= 0) return parts;
        budget.partsLeft -= 1;
        current = [];
        continue;
      }
    }
    current?.push(line);
  }
  if (current) parts.push(current);
  return parts;
}

/** The leaves in their order. A `message/*` part is a leaf. */
export function listLeaves(entity: MimeEntity): MimeEntity[] {
  return entity.parts.length === 0 ? [entity] : entity.parts.flatMap(listLeaves);
}

/** A leaf's text, transfer encoding and charset undone; at most `charactersMax` characters of it. */
export function entityText(entity: MimeEntity, charactersMax: number): string {
  const raw = entity.lines.join("\n").slice(0, charactersMax);
  const bytes = decodeTransfer(raw, transferEncoding(entity));
  const charset = entity.parameters.get("charset") ?? "";
  return (decodeText(bytes, charset) ?? decodeText(bytes, "") ?? "").replace(/\r\n?/g, "\n");
}

/** The lines of a leaf with its transfer encoding undone, still latin1: for fields inside a part. */
export function decodedLines(entity: MimeEntity, charactersMax: number): string[] {
  const encoding = transferEncoding(entity);
  if (encoding !== "base64" && encoding !== "quoted-printable") return [...entity.lines];
  const bytes = decodeTransfer(entity.lines.join("\n").slice(0, charactersMax), encoding);
  return bytes.toString("latin1").replace(/\r\n?/g, "\n").split("\n");
}

function transferEncoding(entity: MimeEntity): string {
  return (entity.fields.find((field) => field.name === "content-transfer-encoding")?.value ?? "").trim().toLowerCase();
}

function decodeTransfer(text: string, encoding: string): Buffer {
  if (encoding === "base64") return Buffer.from(text, "base64");
  if (encoding === "quoted-printable") return decodeQuotedPrintable(text);
  return Buffer.from(text, "latin1");
}

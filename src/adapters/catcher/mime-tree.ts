/**
 * The structure of a mail with the place of each part in its bytes (RFC 2045, 2046). Tolerant: an unclosed boundary ends
 * with its parent. Bounded in depth and parts, so that no mail can make it work without end.
 */
import type { MailPart } from "../../domain/caught-mail.ts";
import { decodeEncodedWords } from "./encoded-words.ts";
import { readHeaderFields } from "./header-scan.ts";

export interface MimeNode extends MailPart {
  readonly parts: readonly MimeNode[];
  /** Where the body lies in the mail. */
  readonly start: number;
  readonly end: number;
}

const depthMax = 20;
const partsMax = 1_000;
/** One part's header; what is longer is read cut. */
const partHeaderBytesMax = 64 * 1024;

export function readMimeTree(raw: Buffer): MimeNode {
  return readEntity(raw, 0, raw.length, "", 0, { partsLeft: partsMax });
}

/** Depth first, the node itself included. */
export function listMimeNodes(node: MimeNode): MimeNode[] {
  return [node, ...node.parts.flatMap(listMimeNodes)];
}

/** The bytes of a leaf with its transfer encoding undone; of a multipart, as they stand. */
export function decodeMimeNode(raw: Buffer, node: MimeNode): Buffer {
  const body = raw.subarray(node.start, node.end);
  if (node.encoding === "base64") return Buffer.from(body.toString("latin1"), "base64");
  if (node.encoding === "quoted-printable") return decodeQuotedPrintable(body);
  return body;
}

function readEntity(
  raw: Buffer,
  from: number,
  end: number,
  id: string,
  depth: number,
  budget: { partsLeft: number },
): MimeNode {
  const headerEnd = endOfHeader(raw, from, end);
  const header = raw.toString("utf8", from, Math.min(headerEnd.at, from + partHeaderBytesMax));
  const fields = new Map(readHeaderFields(header).map(({ name, value }) => [name.toLowerCase(), value]));
  const contentType = readParameters(fields.get("content-type") ?? "");
  const disposition = readParameters(fields.get("content-disposition") ?? "");
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(contentType.value) ? contentType.value : "text/plain";
  const boundary = contentType.parameters.get("boundary") ?? "";
  const isMultipart = type.startsWith("multipart/") && boundary !== "" && depth < depthMax;
  const start = headerEnd.next;
  const parts = isMultipart
    ? splitParts(raw, start, end, boundary, budget).map((part, index) =>
        readEntity(raw, part.from, part.end, id === "" ? `${index + 1}` : `${id}.${index + 1}`, depth + 1, budget),
      )
    : [];
  const node = {
    id: id === "" ? (parts.length > 0 ? "0" : "1") : id,
    type,
    charset: contentType.parameters.get("charset") ?? null,
    disposition: readDisposition(disposition.value),
    fileName: disposition.parameters.get("filename") ?? contentType.parameters.get("name") ?? null,
    contentId: fields.get("content-id")?.replace(/^<|>$/g, "") ?? null,
    encoding: (fields.get("content-transfer-encoding") ?? "7bit").toLowerCase(),
    parts,
    start,
    end,
  };
  const sizeBytes = parts.length > 0 ? end - start : decodeMimeNode(raw, { ...node, sizeBytes: 0 }).length;
  return { ...node, sizeBytes };
}

function readDisposition(value: string): MailPart["disposition"] {
  return value === "attachment" || value === "inline" ? value : null;
}

/** Where the header ends and where the body begins; a header may be empty, a body missing. */
function endOfHeader(raw: Buffer, from: number, end: number): { readonly at: number; readonly next: number } {
  if (raw[from] === 0x0d && raw[from + 1] === 0x0a) return { at: from, next: from + 2 };
  if (raw[from] === 0x0a) return { at: from, next: from + 1 };
  for (let at = raw.indexOf(0x0a, from); at >= 0 && at < end; at = raw.indexOf(0x0a, at + 1)) {
    if (raw[at + 1] === 0x0a) return { at, next: at + 2 };
    if (raw[at + 1] === 0x0d && raw[at + 2] === 0x0a) return { at, next: at + 3 };
  }
  return { at: end, next: end };
}

function splitParts(raw: Buffer, start: number, end: number, boundary: string, budget: { partsLeft: number }) {
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: { from: number; end: number }[] = [];
  let from = -1;
  for (
    let at = raw.indexOf(delimiter, start);
    at >= 0 && at < end;
    at = raw.indexOf(delimiter, at + delimiter.length)
  ) {
    if (at > start && raw[at - 1] !== 0x0a) continue; // only at the start of a line
    const lineEnd = raw.indexOf(0x0a, at);
    const rest = raw.toString("latin1", at + delimiter.length, lineEnd < 0 ? end : lineEnd).trimEnd();
    if (rest !== "" && rest !== "--") continue; // the start of a longer boundary
    if (from >= 0) parts.push({ from, end: Math.max(from, beforeLineEnd(raw, at)) });
    from = -1;
    if (rest === "--" || budget.partsLeft <= 0 || lineEnd < 0) break;
    budget.partsLeft -= 1;
    from = Math.min(end, lineEnd + 1);
  }
  if (from >= 0) parts.push({ from, end });
  return parts;
}

/** The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1). */
function beforeLineEnd(raw: Buffer, at: number): number {
  return raw[at - 2] === 0x0d ? at - 2 : at - 1;
}

/** A structured value with its parameters, RFC 2231 continuations and charsets included. */
function readParameters(field: string): { readonly value: string; readonly parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>();
  const pattern = /;\s*([\w.-]{1,60}?)(?:\*(\d{1,2}))?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"?|([^;\s"]{1,2000}))/g;
  for (const match of field.matchAll(pattern)) {
    const name = (match[1] as string).toLowerCase();
    const text = (match[4] ?? match[5] ?? "").replace(/\\(.)/g, "$1");
    const value = match[3] ? decodeExtended(text) : decodeEncodedWords(text);
    parameters.set(name, match[2] ? (parameters.get(name) ?? "") + value : value);
  }
  return { value: (/^\s*([^;\s]{1,200})/.exec(field)?.[1] ?? "").toLowerCase(), parameters };
}

function decodeExtended(text: string): string {
  const [, charset = "", encoded = text] = /^([^']*)'[^']*'(.*)$/s.exec(text) ?? [];
  try {
    return /^utf-?8$/i.test(charset) || charset === "" ? decodeURIComponent(encoded) : unescape(encoded);
  } catch {
    return encoded;
  }
}

/** RFC 2045 section 6.7. */
function decodeQuotedPrintable(body: Buffer): Buffer {
  const text = body
    .toString("latin1")
    .replace(/[ \t]+(?=\r?$)/gm, "")
    .replace(/=\r?\n/g, "")
    .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

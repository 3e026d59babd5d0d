import type { DigestVariant, EncodedPart } from "../domain/digest.ts";
import type { Slot } from "../domain/slotted-text.ts";
import { assert } from "../lib/assert.ts";
import { encodeBase64Lines } from "./base64-chunks.ts";
import { isSafeBoundary } from "./boundary.ts";
import { encodeQuotedPrintable } from "./quoted-printable.ts";

/*
 * The body of a variant as a list of pieces: bytes that every recipient gets, and places that a value fills. Made once,
 * filled for each recipient.
 */

export type BodyPiece =
  | { readonly type: "fixed"; readonly bytes: Buffer }
  | { readonly type: "value"; readonly value: number }
  | { readonly type: "base64"; readonly part: EncodedPart; readonly values: readonly number[] };

/**
 * multipart/alternative: text first, HTML last (RFC 2046 section 5.1.4).
 * @param indexOf gives a slot its place among the message's values; equal slots share one
 */
export function prepareBody(variant: DigestVariant, indexOf: (slot: Slot) => number): BodyPiece[] {
  const { boundary, text, html } = variant;
  assert(isSafeBoundary(boundary), "A boundary holds =_, which no encoded part can contain.");
  return mergeFixed([
    fixed(`--${boundary}\r\n${partHead(text)}`),
    ...partPieces(text, indexOf),
    fixed(`\r\n--${boundary}\r\n${partHead(html)}`),
    ...partPieces(html, indexOf),
    fixed(`\r\n--${boundary}--\r\n`),
  ]);
}

function fixed(text: string): BodyPiece {
  return { type: "fixed", bytes: Buffer.from(text, "latin1") };
}

function partHead(part: EncodedPart): string {
  return `Content-Type: ${part.contentType}\r\nContent-Transfer-Encoding: ${part.encoding}\r\n\r\n`;
}

function partPieces(part: EncodedPart, indexOf: (slot: Slot) => number): BodyPiece[] {
  const values = part.source.slots.map(indexOf);
  if (part.encoding === "base64") return [{ type: "base64", part, values }];
  return part.chunks.flatMap((chunk, index): BodyPiece[] => {
    assert(chunk.encoding === "quoted-printable", "A part's chunks share its encoding.");
    const value = values[index - 1];
    const bytes: BodyPiece = { type: "fixed", bytes: chunk.bytes };
    return value === undefined ? [bytes] : [{ type: "value", value }, bytes];
  });
}

function mergeFixed(pieces: readonly BodyPiece[]): BodyPiece[] {
  const merged: BodyPiece[] = [];
  for (const piece of pieces) {
    const before = merged.at(-1);
    if (piece.type === "fixed" && piece.bytes.length === 0) continue;
    if (piece.type === "fixed" && before?.type === "fixed") {
      merged[merged.length - 1] = { type: "fixed", bytes: Buffer.concat([before.bytes, piece.bytes]) };
    } else {
      merged.push(piece);
    }
  }
  return merged;
}

/**
 * The body's bytes in order, as buffers and Latin-1 strings.
 * @param values escaped for their places, not yet encoded
 */
export function fillBody(pieces: readonly BodyPiece[], values: readonly string[]): (Buffer | string)[] {
  const quoted: string[] = [];
  const filled: (Buffer | string)[] = [];
  for (const piece of pieces) {
    if (piece.type === "fixed") filled.push(piece.bytes);
    else if (piece.type === "value") {
      filled.push((quoted[piece.value] ??= encodeQuotedPrintable(values[piece.value] as string)));
    } else fillBase64(piece.part, piece.values, values, filled);
  }
  return filled;
}

/** A slot's value is encoded with the bytes that the chunks beside it left over; everything else is ready. */
function fillBase64(
  part: EncodedPart,
  indexes: readonly number[],
  values: readonly string[],
  filled: (Buffer | string)[],
): void {
  let pending: Buffer[] = [];
  let pendingLength = 0;
  const keep = (bytes: Buffer) => {
    pending.push(bytes);
    pendingLength += bytes.length;
  };
  const flush = () => {
    if (pendingLength > 0) filled.push(encodeBase64Lines(Buffer.concat(pending, pendingLength)));
    pending = [];
    pendingLength = 0;
  };
  part.chunks.forEach((chunk, index) => {
    assert(chunk.encoding === "base64", "A part's chunks share its encoding.");
    if (index > 0) keep(Buffer.from(values[indexes[index - 1] as number] as string, "utf8"));
    const aligned = chunk.alignments[(pendingLength % 3) as 0 | 1 | 2];
    keep(aligned.head);
    // A chunk too short to complete the group is all head.
    if (pendingLength % 3 !== 0) return;
    flush();
    filled.push(aligned.encoded);
    keep(aligned.tail);
  });
  flush();
}

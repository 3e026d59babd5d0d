import type { EncodedChunk, EncodedPart } from "../domain/digest.ts";
import type { SlottedText } from "../domain/slotted-text.ts";
import { assert } from "../lib/assert.ts";
import { alignBase64Chunk } from "./base64-chunks.ts";
import { encodeQuotedPrintableChunks } from "./quoted-printable.ts";

/**
 * Encodes one MIME part once for all its recipients, cut at its slots, in whichever of quoted-printable and base64 is
 * smaller (Japanese in quoted-printable is three times its size). Either way no line needs dot-stuffing and the bytes are
 * their own DKIM relaxed form.
 * @param contentType the field's whole value, such as `text/html; charset=utf-8`; the bytes are UTF-8
 */
export function encodePart(source: SlottedText, contentType: string): EncodedPart {
  assert(source.chunks.length === source.slots.length + 1, "Text with holes has one chunk more than slots.");
  const quoted = encodeQuotedPrintableChunks(source.chunks);
  const lastIndex = source.chunks.length - 1;
  const aligned = source.chunks.map((chunk, index) => alignBase64Chunk(chunk, index === lastIndex));
  const quotedSize = quoted.reduce((size, bytes) => size + bytes.length, 0);
  const plainSize = source.chunks.reduce((size, chunk) => size + Buffer.byteLength(chunk, "utf8"), 0);
  const alignedSize = base64Size(plainSize) + source.slots.length * slotLineEnds;
  const encoding = quotedSize <= alignedSize ? "quoted-printable" : "base64";
  const chunks: EncodedChunk[] =
    encoding === "quoted-printable"
      ? quoted.map((bytes) => ({ encoding, bytes }))
      : aligned.map((alignments) => ({ encoding, alignments }));
  return { contentType, encoding, source, chunks };
}

/** A slot ends the line before it and its own. */
const slotLineEnds = 4;

/** With a CRLF after each 76 characters (RFC 2045 section 6.8). */
function base64Size(bytes: number): number {
  const characters = Math.ceil(bytes / 3) * 4;
  return characters + Math.ceil(characters / 76) * 2;
}

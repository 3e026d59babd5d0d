import type { SegmentExpression } from "./segment.ts";
import type { SlottedText } from "./slotted-text.ts";

/**
 * An Issue through a Template for one Sender: fixed, already encoded chunks with typed slots between them. Immutable; its
 * id is the hash of its inputs, so that the same inputs give the same Digest on every machine.
 */
export interface Digest {
  readonly id: string;
  readonly issueSlug: string;
  readonly listSlug: string;
  readonly lang: string;
  /** The `audience:` expressions of the issue's blocks, distinct, in order of first use. */
  readonly audiences: readonly SegmentExpression[];
  /** The issue's events, for the slots that show the reader's own time. */
  readonly events: readonly DigestEvent[];
  readonly sender: DigestSender;
  /**
   * By key: one character an audience, "1" where the recipient belongs to it ("" when there is no audience). Those that
   * were compiled, not all that could be: a campaign compiles the ones that its readers have. None ever changes.
   */
  readonly variants: ReadonlyMap<string, DigestVariant>;
}

export interface DigestEvent {
  readonly instantMs: number;
  readonly zone: string;
  readonly wholeDay: boolean;
  /** The event as an iCalendar file (RFC 5545), served at the address that the mail's calendar link names. */
  readonly calendar: string;
}

/** The sender's fields that stand in every message's head. */
export interface DigestSender {
  readonly fromName: string;
  readonly fromAddress: string;
  readonly replyTo: string | null;
  readonly listName: string;
  readonly listId: string;
}

export interface DigestVariant {
  readonly key: string;
  readonly subject: SlottedText;
  /** RFC 2046 section 5.1.1; occurs in no part. */
  readonly boundary: string;
  readonly text: EncodedPart;
  readonly html: EncodedPart;
}

/** One MIME part in its transfer encoding, cut at its slots. */
export interface EncodedPart {
  readonly contentType: string;
  readonly encoding: "quoted-printable" | "base64";
  /** The part before encoding; kept so that previews and checks read what is sent. */
  readonly source: SlottedText;
  /** Encoded chunks; for base64 in the three alignments that a slot before them can leave. */
  readonly chunks: readonly EncodedChunk[];
}

export type EncodedChunk =
  | { readonly encoding: "quoted-printable"; readonly bytes: Buffer }
  | { readonly encoding: "base64"; readonly alignments: readonly [Base64Chunk, Base64Chunk, Base64Chunk] };

/** A chunk's bytes when `n` bytes (0, 1 or 2) of the group before it are still open. */
export interface Base64Chunk {
  /** Bytes that complete the open group. */
  readonly head: Buffer;
  readonly encoded: Buffer;
  /** Bytes left over for the next group. */
  readonly tail: Buffer;
}

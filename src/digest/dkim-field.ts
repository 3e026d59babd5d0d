import { assert } from "../lib/assert.ts";
import type { Signer } from "./dkim-signer.ts";

/*
 * The DKIM-Signature field (RFC 6376 section 3.5), written folded and in relaxed form side by side, with a length that is
 * known before anything is signed.
 */

const lineCharactersMax = 76;
const signatureLineCharacters = 72;

/** SHA-256 in base64. */
const bodyHashCharacters = 44;

/**
 * Names listed once more than they occur, so that a field put on top breaks the signature (RFC 6376 section 8.15). A
 * Reply-To or Content-Type added by a stranger would mislead as a second From would.
 */
const oversigned = ["from", "subject", "to", "reply-to", "content-type", "list-unsubscribe", "list-unsubscribe-post"];

/** The `h=` tag, cut into lines. */
export interface SignedNames {
  readonly lines: readonly string[];
}

/** @param names lower case, in the order in which their canonical fields are joined; no name twice */
export function listSignedNames(names: readonly string[]): SignedNames {
  assert(!names.includes("dkim-signature"), "A signature does not sign signatures.");
  const all = [...names, ...oversigned];
  const lines: string[] = [];
  let line = "h=";
  all.forEach((name, index) => {
    const item = name + (index === all.length - 1 ? ";" : ":");
    if (line.length + 1 + item.length > lineCharactersMax) {
      lines.push(line);
      line = "";
    }
    line += item;
  });
  return { lines: [...lines, line] };
}

/** A field that lacks only its two hashes. */
export interface SignatureLayout {
  /** Octets of the finished field with its CRLF. */
  readonly length: number;
  /**
   * Signs.
   * @param bodyHash base64
   * @param canonicalFields the signed fields in relaxed form, in the order of the names
   */
  finish(bodyHash: string, canonicalFields: string): string;
}

/** @param timestampSeconds `t=`; frozen with the delivery, so that every try gives the same bytes */
export function layOutSignature(signer: Signer, names: SignedNames, timestampSeconds: number): SignatureLayout {
  const lines = [
    `v=1; a=${signer.algorithm}; c=relaxed/relaxed; d=${signer.domain};`,
    `s=${signer.selector}; t=${timestampSeconds};`,
    ...names.lines,
  ];
  const folded = `DKIM-Signature: ${lines.join("\r\n ")}\r\n bh=`;
  const signatureLines = Math.ceil(signer.signatureCharacters / signatureLineCharacters);
  return {
    length:
      folded.length +
      bodyHashCharacters +
      ";\r\n b=".length +
      signer.signatureCharacters +
      (signatureLines - 1) * 3 +
      2,
    finish(bodyHash, canonicalFields) {
      // `b=` is empty in what is signed, and no CRLF follows (RFC 6376 section 3.7).
      const canonical = `${canonicalFields}dkim-signature:${lines.join(" ")} bh=${bodyHash}; b=`;
      const signature = signer.sign(Buffer.from(canonical, "utf8"));
      return `${folded}${bodyHash};\r\n b=${foldSignature(signature)}\r\n`;
    },
  };
}

function foldSignature(signature: string): string {
  let folded = signature.slice(0, signatureLineCharacters);
  for (let start = signatureLineCharacters; start < signature.length; start += signatureLineCharacters) {
    folded += `\r\n ${signature.slice(start, start + signatureLineCharacters)}`;
  }
  return folded;
}

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

/** The `h=` tag with its semicolon, as it is sent and in relaxed form. */
export interface SignedNames {
  readonly folded: string;
  readonly canonical: string;
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
  lines.push(line);
  return { folded: lines.join("\r\n "), canonical: lines.join(" ") };
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
  const identity = `v=1; a=${signer.algorithm}; c=relaxed/relaxed; d=${signer.domain};`;
  const key = `s=${signer.selector}; t=${timestampSeconds};`;
  const folded = `DKIM-Signature: ${identity}\r\n ${key}\r\n ${names.folded}\r\n bh=`;
  const signatureLines = Math.ceil(signer.signatureCharacters / signatureLineCharacters);
  const signatureLength = signer.signatureCharacters + (signatureLines - 1) * fold.length;
  return {
    length: folded.length + bodyHashCharacters + beforeSignature.length + signatureLength + "\r\n".length,
    finish(bodyHash, canonicalFields) {
      // `b=` is empty in what is signed, and no CRLF follows (RFC 6376 section 3.7).
      const field = `dkim-signature:${identity} ${key} ${names.canonical} bh=${bodyHash}; b=`;
      const signature = signer.sign(Buffer.from(canonicalFields + field, "utf8"));
      return `${folded}${bodyHash}${beforeSignature}${foldSignature(signature)}\r\n`;
    },
  };
}

const fold = "\r\n ";
const beforeSignature = ";\r\n b=";

function foldSignature(signature: string): string {
  let folded = signature.slice(0, signatureLineCharacters);
  for (let start = signatureLineCharacters; start < signature.length; start += signatureLineCharacters) {
    folded += fold + signature.slice(start, start + signatureLineCharacters);
  }
  return folded;
}

import { hash } from "node:crypto";
import type { FrozenDelivery } from "../domain/delivery.ts";
import type { Digest } from "../domain/digest.ts";
import { formatMessageId, type MailIdentity } from "../domain/message-id.ts";
import type { Message } from "../domain/message.ts";
import { encodeVerp, verpPrefix } from "../domain/verp.ts";
import { assert } from "../lib/assert.ts";
import { UnavailableError } from "../lib/errors.ts";
import { layOutSignature, type SignatureLayout } from "./dkim-field.ts";
import type { Signer } from "./dkim-signer.ts";
import type { MailSettings } from "./mail-settings.ts";
import { fillBody } from "./prepare-body.ts";
import { prepareMail, type PreparedMail, type PreparedSource } from "./prepare-mail.ts";
import { createReaderLinks, leaveUris, urlOf, type ReaderLinks } from "./reader-links.ts";
import { findReaderTime } from "./reader-times.ts";
import { chooseValue, escapeForContext } from "./slot-source.ts";
import { toWireAddress } from "./wire-address.ts";
import { writeHead, type Head } from "./write-head.ts";

/** Whom one mail is for. */
export interface MailRecipient {
  readonly identity: MailIdentity;
  /** The list's number, for the reader's token. */
  readonly list: number;
  readonly frozen: FrozenDelivery;
}

/**
 * One recipient's finished mail: the Digest's fixed bytes with the recipient's values between them, under its headers,
 * signed. The same digest, recipient, settings and keys always give the same bytes. Nothing in here makes a named closure:
 * it runs for every mail.
 * @param signers those of `frozen.selectors` must be among them; with none named there the mail is not signed
 * @param allocate where the bytes go; a pool's `take` saves the time that fresh memory costs
 * @throws MissingValueError where a slot has neither value nor fallback
 * @throws InputError where the address can't be written
 * @throws UnavailableError `dkim-signer-missing`: a mail is never sent unsigned for want of a key
 */
export function personalise(
  digest: Digest,
  recipient: MailRecipient,
  settings: MailSettings,
  signers: readonly Signer[],
  allocate: (length: number) => Buffer = Buffer.allocUnsafe,
): Message {
  const { identity, list, frozen } = recipient;
  const mail = prepareMail(digest, frozen.variant, settings);
  const signatures = layOutSignatures(mail, frozen, signers);
  const to = toWireAddress(frozen.address);
  const delivery = identity.kind === "delivery" ? identity.id : null;
  const links = createReaderLinks(settings, { list, subscriber: frozen.subscriberId, delivery });
  const given = mail.sources.map((source) => valueOf(source, digest, frozen, links));
  const values = mail.places.map((place) => escapeForContext(given[place.source] as string, place.context));
  const messageId = formatMessageId(identity, mail.fromDomain, settings.tokens);
  const leave = leaveUris(links, mail.oneClick);
  const head = writeHead(mail, { identity, frozen, address: to.address, messageId, leave, values });
  const needsSmtpUtf8 = to.needsSmtpUtf8 || mail.needsSmtpUtf8;
  return {
    envelope: { from: writeReturnPath(identity, settings), to: to.address, needsSmtpUtf8 },
    bytes: assemble({ signatures, head, needsSmtpUtf8, body: fillBody(mail.body, values) }, allocate),
    messageId,
  };
}

function valueOf({ slot, source }: PreparedSource, digest: Digest, frozen: FrozenDelivery, links: ReaderLinks): string {
  switch (source.type) {
    case "subscriber": {
      const given = Object.hasOwn(frozen.values, source.field) ? frozen.values[source.field] : undefined;
      return chooseValue(slot, given === undefined && source.field === "address" ? frozen.address : given);
    }
    case "link":
      return urlOf(links, source.link);
    case "readerTime":
      return findReaderTime(digest, source.event, frozen.zone);
  }
}

/** In the order in which the delivery names its keys, and no more than the relay takes. */
function layOutSignatures(mail: PreparedMail, frozen: FrozenDelivery, signers: readonly Signer[]): SignatureLayout[] {
  if (frozen.selectors === "") return [];
  const timestampSeconds = Math.trunc(frozen.dateMs / 1000);
  return frozen.selectors
    .split(",")
    .slice(0, mail.rules.signaturesMax)
    .map((selector) => layOutSignature(findSigner(selector.trim(), signers), mail.signedNames, timestampSeconds));
}

function findSigner(selector: string, signers: readonly Signer[]): Signer {
  const signer = signers.find((candidate) => candidate.selector === selector);
  if (signer) return signer;
  const message = `There is no DKIM key with the selector "${selector}", which this delivery is signed with.`;
  throw new UnavailableError("dkim-signer-missing", message);
}

interface Assembly {
  readonly signatures: readonly SignatureLayout[];
  readonly head: Head;
  /** The head holds addresses that are not ASCII. */
  readonly needsSmtpUtf8: boolean;
  readonly body: readonly (Buffer | string)[];
}

/** One buffer of the exact length: signatures, header, body. The signatures are written last, into the room kept for them. */
function assemble({ signatures, head, needsSmtpUtf8, body }: Assembly, allocate: (length: number) => Buffer): Buffer {
  const headEncoding = needsSmtpUtf8 ? "utf8" : "latin1";
  let signaturesLength = 0;
  for (const signature of signatures) signaturesLength += signature.length;
  const bodyStart = signaturesLength + Buffer.byteLength(head.text, headEncoding);
  let length = bodyStart;
  for (const piece of body) length += piece.length;

  const bytes = allocate(length);
  bytes.write(head.text, signaturesLength, headEncoding);
  let offset = bodyStart;
  for (const piece of body) {
    if (typeof piece === "string") writeLatin1(bytes, piece, offset);
    else bytes.set(piece, offset);
    offset += piece.length;
  }
  if (signatures.length === 0) return bytes;

  // The body is its own relaxed form, so the hash is over the bytes as they stand.
  const bodyHash = hash("sha256", bytes.subarray(bodyStart), "base64");
  offset = 0;
  for (const signature of signatures) {
    const field = signature.finish(bodyHash, head.canonical);
    assert(field.length === signature.length, "A signature field has the length that was laid out for it.");
    bytes.write(field, offset, "latin1");
    offset += field.length;
  }
  return bytes;
}

/** For short strings a loop is faster than the way out of JavaScript. */
const loopCharactersMax = 100;

function writeLatin1(bytes: Buffer, text: string, offset: number): void {
  if (text.length > loopCharactersMax) bytes.write(text, offset, "latin1");
  else for (let index = 0; index < text.length; index += 1) bytes[offset + index] = text.charCodeAt(index);
}

/** Notices have no row that a return path could name; their Message-ID finds them. */
function writeReturnPath(identity: MailIdentity, { envelopeDomain, tokens }: MailSettings): string {
  const localPart = identity.kind === "delivery" ? encodeVerp(identity.id, tokens.verp) : verpPrefix.replace("+", "");
  return `${localPart}@${envelopeDomain}`;
}

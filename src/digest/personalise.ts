import { createHash } from "node:crypto";
import type { FrozenDelivery } from "../domain/delivery.ts";
import type { Digest } from "../domain/digest.ts";
import { formatMailtoUnsubscribe } from "../domain/mailto-unsubscribe.ts";
import { formatMessageId, type MailIdentity } from "../domain/message-id.ts";
import type { Message } from "../domain/message.ts";
import { fillSlots } from "../domain/slotted-text.ts";
import { createToken, formatToken, tokenPaths } from "../domain/token.ts";
import type { TokenPurpose } from "../domain/token-keys.ts";
import { encodeVerp, verpPrefix } from "../domain/verp.ts";
import { toWireAddress } from "./wire-address.ts";
import { assert } from "../lib/assert.ts";
import { UnavailableError } from "../lib/errors.ts";
import { layOutSignature } from "./dkim-field.ts";
import type { Signer } from "./dkim-signer.ts";
import { canonicalField, encodeMailbox, encodeUnstructured, foldField } from "./header-text.ts";
import type { MailSettings } from "./mail-settings.ts";
import { fillBody } from "./prepare-body.ts";
import { prepareMail, type PreparedMail } from "./prepare-mail.ts";
import { findReaderTime } from "./reader-times.ts";
import { chooseValue, escapeForContext, type SlotLink } from "./slot-source.ts";

/** Whom one mail is for. */
export interface MailRecipient {
  readonly identity: MailIdentity;
  /** The list's number, for the reader's token. */
  readonly list: number;
  readonly frozen: FrozenDelivery;
}

/**
 * One recipient's finished mail: the Digest's fixed bytes with the recipient's values between them, under its headers,
 * signed. The same digest, recipient, settings and keys always give the same bytes.
 * @param signers those of `frozen.selectors` must be among them; with none named there the mail is not signed
 * @throws MissingValueError where a slot has neither value nor fallback
 * @throws InputError where the address can't be written
 * @throws UnavailableError `dkim-signer-missing`: a mail is never sent unsigned for want of a key
 */
export function personalise(
  digest: Digest,
  recipient: MailRecipient,
  settings: MailSettings,
  signers: readonly Signer[],
): Message {
  const { identity, frozen } = recipient;
  const mail = prepareMail(digest, frozen.variant, settings);
  const to = toWireAddress(frozen.address);
  const links = createLinks(recipient, settings);
  const messageId = formatMessageId(identity, mail.fromDomain, settings.tokens);
  const values = mail.slots.map(({ slot, source }) => {
    switch (source.type) {
      case "subscriber":
        return escapeForContext(
          chooseValue(slot, frozen.values[source.field] ?? (source.field === "address" ? frozen.address : undefined)),
          slot,
        );
      case "link":
        return escapeForContext(links.url(source.link), {
          ...slot,
          context: slot.context === "url" ? "attribute" : slot.context,
        });
      case "readerTime":
        return escapeForContext(findReaderTime(digest, source.event, frozen.zone), slot);
    }
  });

  const head = writeHead(mail, recipient, to.address, messageId, values, links.leave());
  const body = fillBody(mail.body, values);
  const chosen = chooseSigners(frozen.selectors, signers).slice(0, mail.rules.signaturesMax);
  const timestampSeconds = Math.trunc(frozen.dateMs / 1000);
  const signatures = chosen.map((signer) => layOutSignature(signer, mail.signedNames, timestampSeconds));

  const signaturesLength = signatures.reduce((length, signature) => length + signature.length, 0);
  const needsSmtpUtf8 = to.needsSmtpUtf8 || mail.needsSmtpUtf8;
  const headLength = needsSmtpUtf8 ? Buffer.byteLength(head.text, "utf8") : head.text.length;
  const bodyLength = body.reduce((length, piece) => length + piece.length, 0);
  const bytes = Buffer.allocUnsafe(signaturesLength + headLength + bodyLength);
  if (needsSmtpUtf8) bytes.write(head.text, signaturesLength, "utf8");
  else bytes.write(head.text, signaturesLength, "latin1");
  let offset = signaturesLength + headLength;
  for (const piece of body) {
    if (typeof piece === "string") bytes.write(piece, offset, "latin1");
    else bytes.set(piece, offset);
    offset += piece.length;
  }
  if (signatures.length > 0) {
    // The body is its own relaxed form, so the hash is over the bytes as they stand.
    const bodyHash = createHash("sha256")
      .update(bytes.subarray(signaturesLength + headLength))
      .digest("base64");
    let start = 0;
    for (const signature of signatures) {
      const field = signature.finish(bodyHash, head.canonical);
      assert(field.length === signature.length, "A signature field has the length that was laid out for it.");
      bytes.write(field, start, "latin1");
      start += field.length;
    }
  }
  return {
    envelope: { from: writeReturnPath(identity, settings), to: to.address, needsSmtpUtf8 },
    bytes,
    messageId,
  };
}

/** The header's text up to and with the empty line, and its signed fields in relaxed form. */
function writeHead(
  mail: PreparedMail,
  { identity, frozen }: MailRecipient,
  address: string,
  messageId: string,
  values: readonly string[],
  leave: string | null,
): { readonly text: string; readonly canonical: string } {
  let text = mail.topFields;
  let canonical = mail.canonicalFields;
  const write = (name: string, value: string) => {
    text += foldField(name, value);
    if (!mail.rules.rewrites.includes(name.toLowerCase())) canonical += canonicalField(name, value);
  };
  write("To", encodeMailbox(nameOf(frozen), address, "To".length));
  write("Subject", mail.subject ?? writeSubject(mail, values));
  write("Date", formatDate(frozen.dateMs));
  write("Message-ID", messageId);
  if (leave !== null) write("List-Unsubscribe", leave);
  if (!mail.rules.ownFeedbackId) write("Feedback-ID", writeFeedbackId(mail, identity));
  const delivery =
    identity.kind === "delivery" ? `${identity.id.campaign}.${identity.id.number}` : `notice.${identity.id}`;
  for (const [name, value] of mail.rules.markDelivery(delivery)) text += foldField(name, value);
  text += identity.kind === "delivery" ? bulkFields : noticeFields;
  return { text: `${text}${mail.bottomFields}\r\n`, canonical };
}

/**
 * Asks vacation programs to keep quiet. Not `X-Auto-Response-Suppress: All`: that suppresses the delivery reports, too,
 * which we want.
 */
const bulkFields = "Precedence: bulk\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n";

/** RFC 3834 section 5: a confirmation or a test is made by a program for one person, and is no bulk mail. */
const noticeFields = "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n";

/** The display name in To, where the digest's own slots brought one along. */
function nameOf({ values }: FrozenDelivery): string {
  return values["name"] ?? [values["firstName"], values["lastName"]].filter((name) => name !== undefined).join(" ");
}

function writeSubject(mail: PreparedMail, values: readonly string[]): string {
  let index = 0;
  const subject = fillSlots(mail.variant.subject, () => values[mail.subjectValues[index++] as number] as string);
  return encodeUnstructured(subject, "Subject".length);
}

/** RFC 5322 section 3.3, in UTC. */
function formatDate(dateMs: number): string {
  return new Date(dateMs).toUTCString().replace("GMT", "+0000");
}

/** Up to four parts with no value twice and nothing personal (Google's postmaster tools group complaints by them). */
function writeFeedbackId(mail: PreparedMail, identity: MailIdentity): string {
  const campaign = identity.kind === "delivery" ? `c${identity.id.campaign}` : "notice";
  return `${campaign}:list-${mail.listSlug}:${mail.senderId}`;
}

/** Notices have no row that a return path could name; their Message-ID finds them. */
function writeReturnPath(identity: MailIdentity, { envelopeDomain, tokens }: MailSettings): string {
  const localPart = identity.kind === "delivery" ? encodeVerp(identity.id, tokens.verp) : verpPrefix.replace("+", "");
  return `${localPart}@${envelopeDomain}`;
}

/** In the order in which the delivery names them. */
function chooseSigners(selectors: string, signers: readonly Signer[]): Signer[] {
  if (selectors === "") return [];
  return selectors.split(",").map((selector) => {
    const signer = signers.find((candidate) => candidate.selector === selector.trim());
    if (signer) return signer;
    throw new UnavailableError(
      "dkim-signer-missing",
      `There is no DKIM key with the selector "${selector.trim()}", which this delivery is signed with.`,
    );
  });
}

function createLinks({ identity, list, frozen }: MailRecipient, settings: MailSettings) {
  const payload = {
    list,
    subscriber: frozen.subscriberId,
    delivery: identity.kind === "delivery" ? identity.id : null,
  };
  const tokens: Partial<Record<TokenPurpose, Buffer>> = {};
  const token = (purpose: TokenPurpose) => (tokens[purpose] ??= createToken(payload, settings.tokens, purpose));
  const url = (link: SlotLink) => {
    const purpose = link === "view" || link === "confirm" ? link : "reader";
    return `${settings.publicUrl}${tokenPaths[link]}${formatToken(token(purpose))}`;
  };
  return {
    url,
    /** List-Unsubscribe: https first, as the one to be preferred (RFC 2369 section 2). */
    leave(): string | null {
      const ways: string[] = [];
      if (settings.publicUrl.startsWith("https://")) ways.push(`<${url("unsubscribe")}>`);
      if (settings.mailtoUnsubscribe !== null)
        ways.push(`<${formatMailtoUnsubscribe(settings.mailtoUnsubscribe, token("reader"))}>`);
      return ways.length === 0 ? null : ways.join(", ");
    },
  };
}

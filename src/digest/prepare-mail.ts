import type { Digest, DigestVariant } from "../domain/digest.ts";
import type { Slot, SlotContext } from "../domain/slotted-text.ts";
import { toWireAddress } from "./wire-address.ts";
import { assert } from "../lib/assert.ts";
import { InputError } from "../lib/errors.ts";
import { listSignedNames, type SignedNames } from "./dkim-field.ts";
import { cleanHeaderText } from "./clean-text.ts";
import { canonicalField, encodeMailbox, encodePhrase, encodeUnstructured, foldField } from "./header-text.ts";
import type { MailSettings } from "./mail-settings.ts";
import { prepareBody, type BodyPiece } from "./prepare-body.ts";
import { relayRules, type RelayRules } from "./relay-rules.ts";
import { readSlotSource, type SlotSource } from "./slot-source.ts";

/** All of a mail that its recipients share, worked out once for a variant and a deployment's settings. */
export interface PreparedMail {
  readonly rules: RelayRules;
  /** From's domain as A-label: the right side of Message-IDs. */
  readonly fromDomain: string;
  /** From or Reply-To has a local part that is not ASCII. */
  readonly needsSmtpUtf8: boolean;
  readonly senderId: string;
  readonly listSlug: string;
  /** An https `publicUrl`, else leaving goes by mail only. */
  readonly oneClick: boolean;
  /** From and Reply-To, folded: they stand above the recipient's own fields. */
  readonly topFields: string;
  /** What stands below them. */
  readonly bottomFields: string;
  /** Those of both that are signed, in relaxed form. */
  readonly canonicalFields: string;
  readonly signedNames: SignedNames;
  /** The encoded subject where it has no slots. */
  readonly subject: string | null;
  readonly subjectValues: readonly number[];
  readonly variant: DigestVariant;
  /** What the recipient's values come from, each once. */
  readonly sources: readonly PreparedSource[];
  /** Those values escaped for each kind of place that they stand in; a message's values have the same order. */
  readonly places: readonly PreparedPlace[];
  readonly body: readonly BodyPiece[];
}

export interface PreparedSource {
  /** One of the slots that it fills; all of them have this name and fallback. */
  readonly slot: Slot;
  readonly source: SlotSource;
}

export interface PreparedPlace {
  /** Its place among the sources. */
  readonly source: number;
  /** Our own addresses stand as they are everywhere: they hold nothing that means anything to HTML. */
  readonly context: SlotContext | "as is";
}

/** Recipient's fields that are signed, in the order in which their canonical forms are joined. */
const recipientFields = ["to", "subject", "date", "message-id", "list-unsubscribe", "feedback-id"];

/** With `/u/`, a token and brackets it must fit a line of 998 octets (RFC 5322 section 2.1.1). */
const publicUrlCharactersMax = 500;

/** Google asks for 5 to 15 characters. */
const senderIdCharactersMax = 15;
const senderIdCharactersMin = 5;

type ByVariant = Map<string, PreparedMail>;

const prepared = new WeakMap<MailSettings, WeakMap<Digest, ByVariant>>();

/** The last digest's mails: its deliveries follow each other, and looking it up anew takes 4 us. */
let last: { readonly digest: Digest; readonly settings: MailSettings; readonly byVariant: ByVariant } | null = null;

/** @throws InputError where the sender or the settings can't stand in a mail */
export function prepareMail(digest: Digest, variantKey: string, settings: MailSettings): PreparedMail {
  if (last === null || last.digest !== digest || last.settings !== settings) {
    last = { digest, settings, byVariant: findByVariant(digest, settings) };
  }
  let mail = last.byVariant.get(variantKey);
  if (!mail) {
    const variant = digest.variants.get(variantKey);
    assert(variant, "A delivery's variant is one of its Digest's.");
    last.byVariant.set(variantKey, (mail = prepare(digest, variant, settings)));
  }
  return mail;
}

function findByVariant(digest: Digest, settings: MailSettings): ByVariant {
  let ofSettings = prepared.get(settings);
  if (!ofSettings) prepared.set(settings, (ofSettings = new WeakMap()));
  let byVariant = ofSettings.get(digest);
  if (!byVariant) ofSettings.set(digest, (byVariant = new Map()));
  return byVariant;
}

function prepare(digest: Digest, variant: DigestVariant, settings: MailSettings): PreparedMail {
  const { sender } = digest;
  const rules = relayRules[settings.profile];
  const from = toWireAddress(sender.fromAddress);
  const oneClick = isHttps(settings.publicUrl);
  const top: Field[] = [["From", encodeMailbox(sender.fromName, from.address, "From".length)]];
  const replyTo = sender.replyTo === null ? null : toWireAddress(sender.replyTo);
  if (replyTo) top.push(["Reply-To", replyTo.address]);
  const bottom: Field[] = [["List-Id", writeListId(sender.listName, sender.listId)]];
  if (oneClick) bottom.push(["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"]);
  bottom.push(["MIME-Version", "1.0"], ["Content-Type", `multipart/alternative; boundary="${variant.boundary}"`]);

  const { sources, places, indexOf } = collectSlots();
  const subjectValues = variant.subject.slots.map(indexOf);
  const signedFixed = [...top, ...bottom].filter(([name]) => !rules.rewrites.includes(name.toLowerCase()));
  const canLeave = oneClick || settings.mailtoUnsubscribe !== null;
  const signedOwn = recipientFields.filter(
    (name) =>
      !rules.rewrites.includes(name) &&
      !(name === "feedback-id" && rules.ownFeedbackId) &&
      !(name === "list-unsubscribe" && !canLeave),
  );
  return {
    rules,
    fromDomain: from.domain,
    needsSmtpUtf8: from.needsSmtpUtf8 || replyTo?.needsSmtpUtf8 === true,
    senderId: createSenderId(from.domain),
    listSlug: digest.listSlug,
    oneClick,
    topFields: top.map((field) => foldField(...field)).join(""),
    bottomFields: bottom.map((field) => foldField(...field)).join(""),
    canonicalFields: signedFixed.map((field) => canonicalField(...field)).join(""),
    signedNames: listSignedNames([...signedFixed.map(([name]) => name.toLowerCase()), ...signedOwn]),
    subject:
      variant.subject.slots.length === 0 ? encodeUnstructured(variant.subject.chunks.join(""), "Subject".length) : null,
    subjectValues,
    variant,
    body: prepareBody(variant, indexOf),
    sources,
    places,
  };
}

type Field = readonly [name: string, value: string];

function isHttps(publicUrl: string): boolean {
  if (publicUrl.length > publicUrlCharactersMax || !/^https?:\/\/[\w.:[\]/~%-]*[\w\]~%-]$/.test(publicUrl)) {
    throw new InputError({
      code: "public-url",
      message: `"${publicUrl}" is no public address; write it as https://news.example.com, in ASCII and without a slash at the end.`,
    });
  }
  return publicUrl.startsWith("https://");
}

/** RFC 2919 section 3. */
function writeListId(name: string, id: string): string {
  if (!/^[!-;=?-~]{1,200}$/.test(id)) {
    throw new InputError({
      code: "list-id",
      message: `"${id}" is no List-Id; write it like a host name, such as news.example.com.`,
    });
  }
  const clean = cleanHeaderText(name);
  return clean === "" ? `<${id}>` : `${encodePhrase(clean, "List-Id: ".length)} <${id}>`;
}

/** Feedback-ID's last part: stable, and the same for all mail of the From domain. */
function createSenderId(domain: string): string {
  const id = domain.replace(/[^a-z0-9]/g, "").slice(0, senderIdCharactersMax);
  return id.padEnd(senderIdCharactersMin, "0");
}

function collectSlots() {
  const sources: PreparedSource[] = [];
  const places: PreparedPlace[] = [];
  const sourceOf = (slot: Slot): number => {
    const known = sources.findIndex((item) => item.slot.name === slot.name && item.slot.fallback === slot.fallback);
    return known >= 0 ? known : sources.push({ slot, source: readSlotSource(slot.name) }) - 1;
  };
  const indexOf = (slot: Slot): number => {
    const source = sourceOf(slot);
    const context = slot.name.startsWith("link.") ? "as is" : slot.context;
    const known = places.findIndex((place) => place.source === source && place.context === context);
    return known >= 0 ? known : places.push({ source, context }) - 1;
  };
  return { sources, places, indexOf };
}

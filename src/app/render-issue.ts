import type { Pool } from "pg";
import { findList } from "../adapters/postgres/lists.ts";
import { findSubscriber } from "../adapters/postgres/subscribers.ts";
import { matchesSegment, type SegmentSubject } from "../audience/matches-segment.ts";
import { personalise } from "../digest/personalise.ts";
import { isAddressProblem, parseAddress, type Address } from "../domain/address.ts";
import type { Digest } from "../domain/digest.ts";
import type { FrozenDelivery } from "../domain/delivery.ts";
import type { Message } from "../domain/message.ts";
import type { MailIdentity } from "../domain/message-id.ts";
import type { List, Sender, Subscriber } from "../domain/subscriber.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError } from "../lib/errors.ts";
import { parseSmtpServers } from "../adapters/smtp/smtp-servers.ts";
import { compileIssue, type ChooseVariants, type CompiledIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { createMailSettings } from "./mail-settings.ts";
import { subscriberFields } from "./send-issue.ts";
import { loadTokenKeys } from "./secret.ts";
import { loadSigners, signersFor } from "./signing-keys.ts";

export interface RenderedIssue extends CompiledIssue {
  readonly message: Message;
  readonly html: string;
  readonly text: string;
}

/** Stands in where no list is named: reserved names only, so that nothing can be mistaken for a real sender. */
export const sampleSender: Sender = {
  listSlug: "sample",
  listName: "Sample list",
  fromName: "Sample Sender",
  fromAddress: "news@example.com",
  replyTo: null,
  postalAddress: ["1 Sample Street", "Exampleville EX 12345"],
  listId: "sample.example.com",
};

/** One reader's mail, by the very code that sends it. */
export async function renderIssue(
  pool: Pool,
  config: Config,
  options: { readonly issueFile: string; readonly as: string; readonly list?: string },
): Promise<RenderedIssue> {
  const list = options.list === undefined ? null : await findList(pool, options.list);
  const reader = await findReader(pool, options.as);
  const ownVariant: ChooseVariants = (audiences) => [variantOf(audiences, reader)];
  const compiled = await compileIssue(options.issueFile, list?.sender ?? sampleSender, config, ownVariant);
  const message = composeFor(config, compiled.digest, list, reader, { kind: "notice", id: 1 });
  const { html, text } = await readParts(message);
  return { ...compiled, message, html, text };
}

/** Whom a mail is rendered for, with all that decides its variant. */
export type Reader = Subscriber & SegmentSubject;

/** A subscriber of that address, or an invented one about whom nothing is known. @throws InputError `bad-address` */
export async function findReader(pool: Pool, text: string): Promise<Reader> {
  const known = await findSubscriber(pool, readAddress(text).key);
  return known ? { ...known, joinedAt: known.createdAt } : inventReader(text);
}

/** The finished mail of a digest for one reader. @param variant looked at instead of the reader's own */
export function composeFor(
  config: Config,
  digest: Digest,
  list: List | null,
  reader: Reader,
  identity: MailIdentity,
  variant: string = variantOf(digest.audiences, reader),
): Message {
  const { fromAddress } = digest.sender;
  const signers = signersFor(loadSigners(config), fromAddress);
  const profile = config.smtpUrl ? (parseSmtpServers(config.smtpUrl)[0]?.profile ?? "mta") : "mta";
  const settingsOf = createMailSettings(config, loadTokenKeys(config), profile);
  const frozen: FrozenDelivery = {
    subscriberId: reader.id,
    address: reader.address,
    values: valuesOf(reader, subscriberFields(digest)),
    zone: reader.zone,
    variant,
    dateMs: systemClock.now().getTime(),
    selectors: signers.map((signer) => signer.selector).join(","),
  };
  return personalise(digest, { identity, list: list?.id ?? 0, frozen }, settingsOf(fromAddress), signers);
}

/** The key of the variant that a reader gets. */
export function variantOf(audiences: Digest["audiences"], reader: Reader): string {
  return audiences.map((audience) => (matchesSegment(audience, reader) ? "1" : "0")).join("");
}

/** Somebody about whom only what is given is known. @throws InputError `bad-address` */
export function inventReader(text: string, known: Partial<Pick<Reader, "lang" | "zone" | "attributes">> = {}): Reader {
  const address = readAddress(text);
  return {
    id: 0,
    address: address.address,
    addressKey: address.key,
    domain: address.domain,
    lang: null,
    zone: null,
    topics: [],
    attributes: {},
    joinedAt: systemClock.now(),
    ...known,
  };
}

/** The values that slots name, as the ledger freezes them; what is unknown is absent. */
function valuesOf(reader: Reader, fields: readonly string[]): Record<string, string> {
  const own: Readonly<Record<string, string | null>> = { lang: reader.lang, zone: reader.zone };
  const values: Record<string, string> = {};
  for (const field of fields) {
    const value = field in own ? own[field] : reader.attributes[field];
    if (value != null) values[field] = value;
  }
  return values;
}

/** The parts as a mail program decodes them from the finished bytes. */
export async function readParts(message: Message): Promise<{ html: string; text: string }> {
  const { createMailReader } = await import("../adapters/catcher/mail-reader.ts");
  const content = await createMailReader(async () => message.bytes).content("1");
  return { html: content?.html ?? "", text: content?.text ?? "" };
}

export function readAddress(text: string): Address {
  const address = parseAddress(text);
  if (isAddressProblem(address)) throw new InputError({ code: "bad-address", message: address.problem });
  return address;
}

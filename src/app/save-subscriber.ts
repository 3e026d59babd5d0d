import type { Pool, PoolClient } from "pg";
import { findList } from "../adapters/postgres/lists.ts";
import { findPublicListById } from "../adapters/postgres/public-lists.ts";
import { findReaderById, readStanding, type ReaderRecord } from "../adapters/postgres/readers.ts";
import {
  ensureSubscriber,
  showSubscriber,
  updateSubscriber,
  type SubscriberChanges,
  type SubscriberDetails,
} from "../adapters/postgres/subscribers.ts";
import { subscribe, unsubscribe } from "../adapters/postgres/subscriptions.ts";
import { findSuppression } from "../adapters/postgres/suppressions.ts";
import { attributeNameOf } from "../audience/column-names.ts";
import { isAddressProblem, parseAddress, type Address } from "../domain/address.ts";
import type { Actor } from "../domain/audit.ts";
import { erasedKeysOf } from "../domain/erased-address.ts";
import { canonicalLanguage } from "../domain/language-tag.ts";
import { readZone } from "../domain/time-zone.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError } from "../lib/errors.ts";
import { audited, type AuditConfig } from "./audit/record-audit.ts";
import { loadErasureKeys } from "./secret.ts";
import { requestSignUp } from "./sign-up.ts";

/** How somebody joins a list: with the proof of their consent, or asked by a mail that they confirm. */
export type Joining =
  | { readonly list: string; readonly consent: string }
  | { readonly list: string; readonly ask: true };

export interface GivenSubscriber extends SubscriberChanges {
  readonly address: string;
  readonly join?: readonly Joining[];
}

/**
 * Adds a person, or changes the one who is known by this address.
 * @param place where it was done, kept with a consent
 * @throws InputError `bad-address`, `erased-address`, `bad-language`, `unknown-zone`, `bad-attribute`, `list-unknown`, `left-list`
 */
export async function saveSubscriber(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  place: string,
  given: GivenSubscriber,
): Promise<{ readonly subscriber: SubscriberDetails; readonly isNew: boolean }> {
  const address = parseAddress(given.address.trim());
  if (isAddressProblem(address)) throw new InputError({ code: "bad-address", message: address.problem });
  const changes = checkChanges(given);
  await refuseErased(pool, config, address);
  // In the order of their slugs: two requests for the same person then wait for each other, and never in a circle.
  const joinings = (given.join ?? []).toSorted((a, b) => (a.list < b.list ? -1 : 1));
  const joined = await Promise.all(
    joinings.map(async (joining) => ({ joining, listId: (await findList(pool, joining.list)).id })),
  );
  const { isNew } = await audited(
    pool,
    config,
    async (client) => {
      const person = await ensureSubscriber(client, address);
      if (Object.keys(changes).length > 0) await updateSubscriber(client, person.id, changes);
      for (const { joining, listId } of joined)
        await join(client, { id: person.id, address, lang: changes.lang ?? null }, listId, joining, place);
      return person;
    },
    (person) => ({
      actor,
      action: person.isNew ? "subscriber-added" : "subscriber-changed",
      subject: `subscriber:${person.id}`,
      facts: { fields: Object.keys(changes), lists: joinings.map(({ list }) => list) },
    }),
  );
  return { subscriber: await show(pool, address.key), isNew };
}

/** @throws InputError `unknown-subscriber`, `bad-language`, `unknown-zone`, `bad-attribute` */
export async function changeSubscriber(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  id: number,
  given: SubscriberChanges,
): Promise<SubscriberDetails> {
  const changes = checkChanges(given);
  const isKnown = await audited(
    pool,
    config,
    (client) => updateSubscriber(client, id, changes),
    (done) =>
      done
        ? { actor, action: "subscriber-changed", subject: `subscriber:${id}`, facts: { fields: Object.keys(changes) } }
        : null,
  );
  if (!isKnown) throw unknownSubscriber();
  return showById(pool, id);
}

/**
 * Takes a person off a list, or off every list.
 * @throws InputError `unknown-subscriber`, `list-unknown`
 */
export async function unsubscribePerson(
  pool: Pool,
  config: AuditConfig,
  actor: Actor,
  place: string,
  leaving: { readonly id: number; readonly list: string | undefined },
): Promise<SubscriberDetails> {
  const { id, list } = leaving;
  await requireReader(pool, id);
  const listId = list === undefined ? "all" : (await findList(pool, list)).id;
  await audited(
    pool,
    config,
    (client) => unsubscribe(client, { subscriberId: id, listId, how: { by: place } }),
    (ended) =>
      ended > 0
        ? { actor, action: "subscriber-left", subject: `subscriber:${id}`, facts: { list: list ?? null, ended } }
        : null,
  );
  return showById(pool, id);
}

/** @throws InputError `unknown-subscriber` */
export async function requireReader(pool: Pool, id: number): Promise<ReaderRecord> {
  const reader = await findReaderById(pool, id);
  if (!reader) throw unknownSubscriber();
  return reader;
}

/** All that is held on somebody. @throws InputError `unknown-subscriber` */
export async function showById(pool: Pool, id: number): Promise<SubscriberDetails> {
  return show(pool, (await requireReader(pool, id)).addressKey);
}

async function show(pool: Pool, addressKey: string): Promise<SubscriberDetails> {
  const details = await showSubscriber(pool, addressKey);
  // Erased a moment after.
  if (!details) throw unknownSubscriber();
  return details;
}

function unknownSubscriber(): InputError {
  return new InputError({
    code: "unknown-subscriber",
    message: "Nobody of this number is known, or they were erased.",
  });
}

/** Whoever was erased comes back by their own press alone. */
async function refuseErased(pool: Pool, config: AuditConfig, address: Address): Promise<void> {
  const erasedKeys = erasedKeysOf(address.key, loadErasureKeys(config));
  const standing = await findSuppression(pool, { key: address.key, domain: "" }, erasedKeys);
  if (!standing || !erasedKeys.includes(standing.key)) return;
  throw new InputError({
    code: "erased-address",
    message: "Everything about this address was erased. Only they can come back, by signing up and confirming it.",
  });
}

async function join(
  client: PoolClient,
  person: { readonly id: number; readonly address: Address; readonly lang: string | null },
  listId: number,
  joining: Joining,
  place: string,
): Promise<void> {
  if ("ask" in joining) {
    const lang = person.lang ?? (await findPublicListById(client, listId))?.lang ?? "en";
    const origin = { ip: null, page: place };
    return requestSignUp(client, { listId, address: person.address, lang, wording: "", origin });
  }
  const { status } = await readStanding(client, person.id, listId);
  if (status === "unsubscribed")
    throw new InputError({
      code: "left-list",
      message: `They left the list ${joining.list}. Only they can come back: ask them by a mail that they confirm.`,
    });
  const consent = { source: joining.consent, by: place, at: systemClock.now().toISOString() };
  await subscribe(client, { subscriberId: person.id, listId, status: "confirmed", consent });
}

/** In the form in which they are stored; what isn't given stays absent. */
function checkChanges({ lang, zone, topics, attributes }: SubscriberChanges): SubscriberChanges {
  return {
    ...(lang === undefined ? {} : { lang: lang === null ? null : readLanguage(lang) }),
    ...(zone === undefined ? {} : { zone: zone === null ? null : readZoneName(zone) }),
    ...(topics === undefined ? {} : { topics: [...new Set(topics.map((topic) => topic.trim().normalize("NFC")))] }),
    ...(attributes === undefined ? {} : { attributes: checkAttributes(attributes) }),
  };
}

function readLanguage(text: string): string {
  const lang = canonicalLanguage(text);
  if (lang === null)
    throw new InputError({
      code: "bad-language",
      message: `The language ${JSON.stringify(text)} is not known: write a tag such as "de" or "pt-BR".`,
    });
  return lang;
}

function readZoneName(text: string): string {
  const read = readZone(text);
  if ("problem" in read) throw new InputError({ code: "unknown-zone", message: `The zone: ${read.problem}.` });
  return read.zone;
}

function checkAttributes(attributes: Readonly<Record<string, string | null>>): Record<string, string | null> {
  for (const name of Object.keys(attributes)) {
    if (attributeNameOf(name) !== name)
      throw new InputError({
        code: "bad-attribute",
        message: `An attribute can't be called ${JSON.stringify(name)}: a person has a field of this name already.`,
      });
  }
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value?.normalize("NFC") ?? null]));
}

import type { Pool } from "pg";
import { findPublicListById, type PublicList } from "../adapters/postgres/public-lists.ts";
import { readPause, setPause } from "../adapters/postgres/reader-data.ts";
import { findReaderById, type ReaderRecord } from "../adapters/postgres/readers.ts";
import { showSubscriber, updateSubscriber, type Subscription } from "../adapters/postgres/subscribers.ts";
import { unsubscribe } from "../adapters/postgres/subscriptions.ts";
import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { canonicalLanguage } from "../domain/language-tag.ts";
import { readZone } from "../domain/time-zone.ts";
import { requestSignUp, type PressOrigin } from "./sign-up.ts";

/** How often somebody wants mail; kept as the attribute `mailCadence`, absent for every issue (adapters/postgres/ledger/reader-wishes.ts). */
export const cadences = ["every", "weekly", "monthly"] as const;

/** A pause ends: who wants no mail for longer leaves. */
const pauseMsMax = 366 * 86_400_000;
const topicsMax = 100;

export interface Preferences {
  readonly list: PublicList | null;
  readonly reader: ReaderRecord;
  readonly subscriptions: readonly Subscription[];
  /** What her lists offer, and what she chose once. */
  readonly topics: readonly string[];
  /** `YYYY-MM-DD` where she lives. */
  readonly pausedUntil: string | null;
  readonly cadence: (typeof cadences)[number];
  /** 0 to 23. */
  readonly hour: number | null;
}

/** `null` for one who was erased and for the nobody of a test mail. */
export async function readPreferences(pool: Pool, subscriberId: number, listId: number): Promise<Preferences | null> {
  const [reader, list] = await Promise.all([findReaderById(pool, subscriberId), findPublicListById(pool, listId)]);
  if (!reader) return null;
  const details = await showSubscriber(pool, reader.addressKey);
  const subscriptions = details?.subscriptions ?? [];
  const offered = new Set<string>(reader.topics);
  for (const { listId: id, status } of subscriptions) {
    const settings = status === "unsubscribed" ? undefined : (await findPublicListById(pool, id))?.settings;
    const topics = settings?.["topics"];
    if (Array.isArray(topics)) for (const topic of topics) if (typeof topic === "string") offered.add(topic);
  }
  const hour = Number(reader.attributes["mailHour"]);
  return {
    list,
    reader,
    subscriptions,
    topics: [...offered].slice(0, topicsMax).toSorted(),
    pausedUntil: await readPause(pool, reader.id, zoneOf(reader, list)),
    cadence: cadences.find((known) => known === reader.attributes["mailCadence"]) ?? "every",
    hour: reader.attributes["mailHour"] !== undefined && hour >= 0 && hour <= 23 ? hour : null,
  };
}

export interface PreferenceChoices {
  /** Slugs of the lists that are ticked. */
  readonly lists: readonly string[];
  readonly topics: readonly string[];
  readonly cadence: string;
  readonly hour: string;
  readonly lang: string;
  readonly zone: string;
  readonly pausedUntil: string;
}

export interface SavedPreferences {
  readonly saved: boolean;
  /** She ticked a list that she left: a mail asks for her press, since an old link may be in other hands. */
  readonly rejoins: boolean;
}

/** Writes what she chose, or nothing where a field can't be right. */
export async function savePreferences(
  pool: Pool,
  now: Preferences,
  choices: PreferenceChoices,
  context: { readonly today: Date; readonly origin: PressOrigin; readonly wording: (listName: string) => string },
): Promise<SavedPreferences> {
  const { reader, subscriptions } = now;
  const read = readChoices(now, choices, context.today);
  if (!read) return { saved: false, rejoins: false };
  await updateSubscriber(pool, reader.id, {
    lang: read.lang,
    zone: read.zone,
    topics: now.topics.filter((topic) => choices.topics.includes(topic)),
    attributes: { mailCadence: read.cadence, mailHour: read.hour },
  });
  let rejoins = false;
  for (const { listId, list, listName, status } of subscriptions) {
    const wanted = choices.lists.includes(list);
    if (!wanted && status !== "unsubscribed") {
      await unsubscribe(pool, { subscriberId: reader.id, listId, how: { by: "preferences" } });
    }
    const address = parseAddress(reader.address);
    if (wanted && status === "unsubscribed" && !isAddressProblem(address)) {
      rejoins = true;
      const lang = read.lang ?? now.list?.lang ?? "en";
      await requestSignUp(pool, { listId, address, lang, wording: context.wording(listName), origin: context.origin });
    }
  }
  await setPause(pool, reader.id, read.pausedUntil, zoneOf({ zone: read.zone }, now.list));
  return { saved: true, rejoins };
}

interface ReadChoices {
  readonly lang: string | null;
  readonly zone: string | null;
  readonly cadence: string | null;
  readonly hour: string | null;
  readonly pausedUntil: string | null;
}

function readChoices(now: Preferences, choices: PreferenceChoices, today: Date): ReadChoices | null {
  const lang = choices.lang === "" ? null : canonicalLanguage(choices.lang);
  if (choices.lang !== "" && lang === null) return null;
  const zone = choices.zone === "" ? null : readZone(choices.zone);
  if (zone && "problem" in zone) return null;
  if (!cadences.some((known) => known === choices.cadence)) return null;
  if (choices.hour !== "" && !/^(1?\d|2[0-3])$/.test(choices.hour)) return null;
  const pausedUntil = choices.pausedUntil === "" ? null : choices.pausedUntil;
  if (pausedUntil !== null && pausedUntil !== now.pausedUntil && !isPause(pausedUntil, today)) return null;
  return {
    lang,
    zone: zone?.zone ?? null,
    cadence: choices.cadence === "every" ? null : choices.cadence,
    hour: choices.hour === "" ? null : choices.hour,
    pausedUntil,
  };
}

function isPause(day: string, today: Date): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return at > today.getTime() - 86_400_000 && at < today.getTime() + pauseMsMax;
}

function zoneOf(reader: { readonly zone: string | null }, list: PublicList | null): string {
  return reader.zone ?? list?.zone ?? "UTC";
}

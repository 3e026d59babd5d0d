/**
 * Searches the catch. The language is Mailpit's (https://mailpit.axllent.org/docs/usage/search-filters/), so that its
 * clients find the same mails, with `campaign:` and `header:Name=value` beside it. All words must fit; `-` or `!` before
 * one turns it round.
 */
import { Temporal } from "temporal-polyfill";
import type { CaughtMail, CaughtMailStore, MailAddress } from "../domain/caught-mail.ts";

interface Term {
  readonly isExcluded: boolean;
  /** Fits without reading the mail's body; `undefined` leaves the answer to `deep`. */
  readonly quick: (mail: CaughtMail) => boolean | undefined;
  readonly deep?: (mail: CaughtMail, store: CaughtMailStore) => Promise<boolean>;
}

/** A query longer than this is no query. */
const queryCharactersMax = 1_000;
/** How long a search may hold the process before others get their turn. */
const turnMs = 10;

/** Newest first. An empty query fits every mail. `zone` is for dates without one. */
export async function searchMails(store: CaughtMailStore, query: string, zone?: string): Promise<CaughtMail[]> {
  const terms = parseQuery(query, zone);
  const found: CaughtMail[] = [];
  let turnStart = performance.now();
  for (const mail of store.list()) {
    if (await fitsTerms(mail, terms, store)) found.push(mail);
    if (performance.now() - turnStart < turnMs) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    turnStart = performance.now();
  }
  return found;
}

/** Whether one mail fits, for those who wait for it. */
export async function fitsQuery(
  mail: CaughtMail,
  query: string,
  store: CaughtMailStore,
  zone?: string,
): Promise<boolean> {
  return fitsTerms(mail, parseQuery(query, zone), store);
}

async function fitsTerms(mail: CaughtMail, terms: readonly Term[], store: CaughtMailStore): Promise<boolean> {
  for (const { isExcluded, quick, deep } of terms) {
    const fits = quick(mail) ?? (deep ? await deep(mail, store) : false);
    if (fits === isExcluded) return false;
  }
  return true;
}

function parseQuery(query: string, zone: string | undefined): Term[] {
  const words = query.slice(0, queryCharactersMax).match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
  return words.flatMap((word) => {
    const isExcluded = word.length > 1 && /^[-!]/.test(word);
    const bare = (isExcluded ? word.slice(1) : word).replaceAll('"', "").trim();
    return bare === "" ? [] : [{ isExcluded, ...parseTerm(bare, zone) }];
  });
}

function parseTerm(word: string, zone: string | undefined): Omit<Term, "isExcluded"> {
  const colon = word.indexOf(":");
  const name = word.slice(0, Math.max(0, colon)).toLowerCase();
  const wanted = word
    .slice(colon + 1)
    .toLowerCase()
    .trim();
  const field = fieldTests[name];
  if (field && wanted !== "") return { quick: (mail) => field(mail, wanted) };
  if (name === "header" && wanted !== "") return { quick: (mail) => hasHeader(mail, word.slice(colon + 1)) };
  if ((name === "before" || name === "after") && wanted !== "") return { quick: dateTest(name, wanted, zone) };
  if (name === "larger" || name === "smaller") {
    const bytes = parseSize(wanted);
    if (bytes > 0) return { quick: ({ sizeBytes }) => (name === "larger" ? sizeBytes > bytes : sizeBytes < bytes) };
  }
  if (/^has:(attachment|inline)s?$/i.test(word)) {
    const isInline = /^has:inline/i.test(word);
    return {
      quick: () => undefined,
      deep: async (mail, store) => (await store.glance(mail.id)).files[isInline ? "inline" : "attached"] > 0,
    };
  }
  const text = word.toLowerCase();
  return {
    quick: (mail) => (summaryOf(mail).includes(text) ? true : undefined),
    deep: async (mail, store) => (await store.glance(mail.id)).text.toLowerCase().includes(text),
  };
}

const fieldTests: Readonly<Record<string, (mail: CaughtMail, wanted: string) => boolean>> = {
  from: (mail, wanted) => hasAddress(mail.from, wanted) || mail.envelope.from.toLowerCase().includes(wanted),
  to: (mail, wanted) => hasAddress(mail.to, wanted) || isRecipient(mail, wanted),
  cc: (mail, wanted) => hasAddress(mail.cc, wanted),
  bcc: (mail, wanted) => hasAddress(blindRecipients(mail), wanted),
  "reply-to": (mail, wanted) => hasAddress(mail.replyTo, wanted),
  addressed: (mail, wanted) =>
    hasAddress([...mail.from, ...mail.to, ...mail.cc, ...mail.replyTo], wanted) || isRecipient(mail, wanted),
  subject: (mail, wanted) => mail.subject.toLowerCase().includes(wanted),
  campaign: (mail, wanted) => mail.campaign.toLowerCase().includes(wanted),
  "message-id": (mail, wanted) => mail.messageId.toLowerCase().includes(wanted.replace(/^<|>$/g, "")),
  tag: (mail, wanted) => mail.tags.some((tag) => tag.toLowerCase() === wanted),
  is: (mail, wanted) =>
    (wanted === "read" && mail.read) ||
    (wanted === "unread" && !mail.read) ||
    (wanted === "tagged" && mail.tags.length > 0),
};

/** Recipients of the envelope whom no header names. */
export function blindRecipients(mail: CaughtMail): MailAddress[] {
  const named = new Set([...mail.to, ...mail.cc].map(({ address }) => address.toLowerCase()));
  return mail.envelope.to
    .filter(({ address }) => !named.has(address.toLowerCase()))
    .map(({ address }) => ({ name: "", address }));
}

function hasAddress(addresses: readonly MailAddress[], wanted: string): boolean {
  return addresses.some(({ name, address }) => `${name} <${address}>`.toLowerCase().includes(wanted));
}

function isRecipient(mail: CaughtMail, wanted: string): boolean {
  return mail.envelope.to.some(({ address }) => address.toLowerCase().includes(wanted));
}

function summaryOf(mail: CaughtMail): string {
  const people = [...mail.from, ...mail.to, ...mail.cc].map(({ name, address }) => `${name} ${address}`);
  const recipients = mail.envelope.to.map(({ address }) => address);
  return [mail.subject, mail.campaign, mail.messageId, ...people, ...recipients].join("\n").toLowerCase();
}

/** `Name=value` or `Name` alone; the value anywhere in the field, folded or not. */
function hasHeader(mail: CaughtMail, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  const name = (equals < 0 ? wanted : wanted.slice(0, equals)).trim().toLowerCase();
  const value =
    equals < 0
      ? ""
      : wanted
          .slice(equals + 1)
          .trim()
          .toLowerCase();
  return mail.headerText.split(/\r?\n(?![ \t])/).some((line) => {
    const colon = line.indexOf(":");
    if (colon < 0 || line.slice(0, colon).trim().toLowerCase() !== name) return false;
    return line
      .slice(colon + 1)
      .replace(/\r?\n[ \t]+/g, " ")
      .toLowerCase()
      .includes(value);
  });
}

/** An unreadable date fits everything, as in Mailpit. */
function dateTest(name: "before" | "after", wanted: string, zone: string | undefined): Term["quick"] {
  const at = parseDate(wanted.toUpperCase(), zone);
  if (at === undefined) return () => true;
  return ({ arrivedAt }) => (name === "before" ? arrivedAt.getTime() <= at : arrivedAt.getTime() >= at);
}

function parseDate(text: string, zone: string | undefined): number | undefined {
  try {
    if (/Z$|[+-]\d\d:?\d\d$/.test(text.slice(10))) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone ?? Temporal.Now.timeZoneId()).epochMilliseconds;
  } catch {
    return undefined;
  }
}

function parseSize(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?(kb?|mb?)?$/.exec(text);
  if (!match) return 0;
  const unit = match[2]?.startsWith("m") ? 1024 * 1024 : match[2] ? 1024 : 1;
  return Math.floor(Number(match[1]) * unit);
}

import { isAddressProblem, parseAddress } from "../domain/address.ts";
import { erasedKeysOf } from "../domain/erased-address.ts";
import type { ImportedPerson, StagedRow } from "../domain/import-store.ts";
import { canonicalLanguage } from "../domain/language-tag.ts";
import { readZone } from "../domain/time-zone.ts";
import type { Column } from "./map-columns.ts";
import type { CsvRecord } from "./read-csv.ts";

/** An attribute is a value for a line of a mail, not a text. */
const valueCharactersMax = 1_000;
const topicsMax = 100;
const topicCharactersMax = 100;

/** How other senders and our own export mark people who may be mailed, and people who may not. */
const subscribedWords = new Set(["confirmed", "subscribed", "active", "enabled", "opted in", "opted-in", "opt-in"]);
const leftWords = new Set(
  "unsubscribed, pending, unconfirmed, cleaned, bounced, hard bounced, complained, complaint, spam, blocked, blocklisted, blacklisted, suppressed, inactive, disabled, opted out, opted-out, opt-out, deleted, archived".split(
    ", ",
  ),
);

// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Makes a reader of records. What makes a person unusable or unsafe refuses the row; a language or zone that nobody
 * knows only loses its value: the person still gets the mail, and the rejects file tells.
 * @param erasureKeys empty where nobody was erased
 */
export function createRowReader(
  columns: readonly Column[],
  erasureKeys: readonly Buffer[],
): (record: CsvRecord) => StagedRow {
  const emailIndex = columns.findIndex(({ type }) => type === "email");
  return (record) => {
    const { line, fields } = record;
    // PostgreSQL's text can't hold a NUL; the picture of one shows where it stood.
    const original = record.original.includes("\0") ? record.original.replaceAll("\0", "\u2400") : record.original;
    if (fields.length !== columns.length && !hasOnlyEmptySurplus(fields, columns.length)) {
      return refusal(line, original, `The row has ${fields.length} fields where the header has ${columns.length}.`);
    }
    const address = parseAddress((fields[emailIndex] as string).trim());
    if (isAddressProblem(address)) return refusal(line, original, address.problem);
    const values = readValues(columns, fields);
    if ("refusal" in values) return refusal(line, original, values.refusal);
    const { lang, zone, topics, attributes, notes } = values;
    const erasedKeys = erasureKeys.length > 0 ? erasedKeysOf(address.key, erasureKeys) : noKeys;
    const person: ImportedPerson = {
      key: address.key,
      address: address.address,
      domain: address.domain,
      lang,
      zone,
      topics,
      attributes,
      erasedKeys,
    };
    return { line, original, person, problem: notes.length > 0 ? notes.join(" ") : null };
  };
}

const noKeys: readonly string[] = [];

function refusal(line: number, original: string, problem: string): StagedRow {
  return { line, original, person: null, problem };
}

/** Some programs end every row with a delimiter. */
function hasOnlyEmptySurplus(fields: readonly string[], expected: number): boolean {
  return fields.length > expected && fields.slice(expected).every((field) => field.trim() === "");
}

function readValues(columns: readonly Column[], fields: readonly string[]) {
  let lang: string | null = null;
  let zone: string | null = null;
  let topics: readonly string[] | null = null;
  const attributes: Record<string, string> = {};
  const notes: string[] = [];
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index] as Column;
    if (column.type === "ignored" || column.type === "email") continue;
    const value = (fields[index] as string).trim();
    if (value === "") continue;
    const problem = findProblem(value, column.header);
    if (problem) return { refusal: problem };
    if (column.type === "lang") {
      lang = readLanguage(value);
      if (lang === null)
        notes.push(`The language ${quote(value)} is not known and was left out: write a tag such as "de" or "pt-BR".`);
    } else if (column.type === "zone") {
      const read = readKnownZone(value);
      if ("zone" in read) zone = read.zone;
      else notes.push(`The zone was left out: ${read.problem}.`);
    } else if (column.type === "topics") {
      topics = readTopics(value);
      if (topics.length > topicsMax)
        return { refusal: `The row has ${topics.length} topics; ${topicsMax} are allowed.` };
      if (topics.some((topic) => topic.length > topicCharactersMax)) {
        return { refusal: `A topic has more than ${topicCharactersMax} characters.` };
      }
    } else if (column.type === "status") {
      if (leftWords.has(value.toLowerCase()))
        return { refusal: `The file itself says that this person is not subscribed (${quote(value)}).` };
      if (!subscribedWords.has(value.toLowerCase())) attributes["statusColumn"] = value.normalize("NFC");
    } else if (column.type === "attribute") {
      attributes[column.name] = value.normalize("NFC");
    }
  }
  return { lang, zone, topics, attributes, notes };
}

function findProblem(value: string, header: string): string | null {
  if (value.length > valueCharactersMax)
    return `${quote(header)} has ${value.length} characters; ${valueCharactersMax} are allowed.`;
  if (!control.test(value)) return null;
  const what = value.includes("\0")
    ? "a NUL"
    : /[\r\n\u2028\u2029]/.test(value)
      ? "a line break"
      : "a control character";
  return `${quote(header)} holds ${what}; a value stands on one line. Remove it, or leave the column out.`;
}

function splitTopics(value: string): readonly string[] {
  const topics = value
    .normalize("NFC")
    .split(/[,;|]/)
    .map((topic) => topic.trim());
  return [...new Set(topics.filter((topic) => topic !== ""))];
}

const readTopics = remember(splitTopics);
const readLanguage = remember(canonicalLanguage);
const readKnownZone = remember(readZone);

/** A file asks for the same few values a million times, and Intl takes 50 us each. */
const rememberedMax = 2_000;

function remember<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= rememberedMax) known.clear();
    const fresh = read(text);
    known.set(text, fresh);
    return fresh;
  };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

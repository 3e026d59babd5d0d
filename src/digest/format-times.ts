import type { DigestEvent } from "../domain/digest.ts";
import type { Event } from "../domain/issue.ts";
import { keepNewest } from "../lib/keep-newest.ts";
import { wordsFor } from "./words/words.ts";

/** How an event's time is shown: a block with the date to scan, and a line in words. */
export interface EventTimeText {
  /** "Jun" */
  readonly month: string;
  /** "5" */
  readonly day: string;
  /** "Wed" */
  readonly weekday: string;
  /** "5:00 PM Eastern Time", "5:00 – 7:00 PM Eastern Time", "All day", "June 5 – 7". */
  readonly time: string;
  /** Day and time in one line: "Wednesday, June 5, 5:00 PM Eastern Time", with the year where it is not the edition's. */
  readonly full: string;
}

/** @param editionDate the edition's `YYYY-MM-DD`: an event in another year names its year */
export function formatEventTime(event: Event, lang: string, editionDate: string): EventTimeText {
  const { start, end } = event;
  const at = start.instantMs;
  const day = (options: Intl.DateTimeFormatOptions) => formatter(lang, event.zone, options);
  const otherYear = start.date.slice(0, 4) !== editionDate.slice(0, 4);
  const inWords: Intl.DateTimeFormatOptions = { weekday: "long", month: "long", day: "numeric" };
  const severalDays = end !== undefined && end.date !== start.date;
  const range = severalDays ? formatRange(day({ month: "long", day: "numeric" }), at, end.instantMs, lang) : null;
  const { dateAndTime } = wordsFor(lang);
  const clock = formatClock(event, lang, severalDays);
  const days = range !== null && start.time === undefined ? range : null;
  const date = tidy(day(otherYear ? { ...inWords, year: "numeric" } : inWords).format(at));
  return {
    month: tidy(day({ month: "short" }).format(at)),
    day: part(formatter(lang, event.zone, { day: "numeric" }), at, "day"),
    weekday: tidy(day({ weekday: "short" }).format(at)),
    time: days ?? (range === null ? clock : dateAndTime(range, clock)),
    full: days ?? dateAndTime(range ?? date, clock),
  };
}

function formatClock(event: Event, lang: string, severalDays: boolean): string {
  const { start, end, zone } = event;
  if (start.time === undefined) return wordsFor(lang).allDay;
  const clock: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  const time = formatter(lang, zone, clock);
  const zoneName = nameZone(zone, start.instantMs, lang);
  const { clock: inZone } = wordsFor(lang);
  if (severalDays || end?.time === undefined) return inZone(tidy(time.format(start.instantMs)), zoneName);
  return inZone(formatRange(time, start.instantMs, end.instantMs, lang), zoneName);
}

function formatRange(format: Intl.DateTimeFormat, fromMs: number, toMs: number, lang: string): string {
  const { range } = wordsFor(lang);
  return tidy(range ? range(format.format(fromMs), format.format(toMs)) : format.formatRange(fromMs, toMs));
}

/** The zone in words of the language: "Eastern Time". Falls back to what Intl knows, at worst "GMT+3". */
export function nameZone(zone: string, instantMs: number, lang: string): string {
  const style = zone === "UTC" || zone === "Etc/UTC" ? "long" : "longGeneric";
  return part(formatter(lang, zone, { hour: "numeric", timeZoneName: style }), instantMs, "timeZoneName");
}

/**
 * What fills `event.<n>.readerTime`: the event's time where the reader lives with its separator in front, or "" when the
 * clock there shows the same (or the event lasts whole days, which have no hour to convert).
 */
export function formatReaderTime(
  event: Pick<DigestEvent, "instantMs" | "zone" | "wholeDay">,
  readerZone: string | null,
  lang: string,
): string {
  if (readerZone === null || event.wholeDay) return "";
  const wall: Intl.DateTimeFormatOptions = {
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  };
  const there = formatter("en", event.zone, wall).format(event.instantMs);
  const here = formatter("en", readerZone, wall).format(event.instantMs);
  if (there === here) return "";
  const sameDay = there.split(",")[0] === here.split(",")[0];
  const clock: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
  const options = sameDay
    ? clock
    : { weekday: "short" as const, month: "short" as const, day: "numeric" as const, ...clock };
  return wordsFor(lang).readerTime(tidy(formatter(lang, readerZone, options).format(event.instantMs)));
}

/** An edition's `YYYY-MM-DD` in words: "May 31, 2024". */
export function formatDate(date: string, lang: string): string {
  return tidy(formatter(lang, "UTC", { dateStyle: "long" }).format(new Date(`${date}T00:00:00Z`)));
}

/** Names in a row: "Ada, Grace and Alan". */
export function formatList(items: readonly string[], lang: string): string {
  return new Intl.ListFormat(lang, { type: "conjunction" }).format(items);
}

/** Making one takes longer than all that it formats in a mail: those of a list's zones and of a mail's places are kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const formattersMax = 500;

/** A formatter with an explicit zone, so that the machine's own never shows. */
function formatter(lang: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${zone} ${JSON.stringify(options)}`;
  const known = formatters.get(key) ?? new Intl.DateTimeFormat(lang, { ...options, timeZone: zone });
  keepNewest(formatters, key, known, formattersMax);
  return known;
}

function part(format: Intl.DateTimeFormat, instantMs: number, type: Intl.DateTimeFormatPartTypes): string {
  return format.formatToParts(instantMs).find((item) => item.type === type)?.value ?? "";
}

/**
 * Intl's spaces differ between its versions (an ordinary, a no-break, a narrow one before "PM"), and the narrow ones are
 * boxes in old mail clients. So: ordinary spaces, and no line break between the hour and what belongs to it.
 */
function tidy(text: string): string {
  return text
    .replace(/[\u202f\u2009\u00a0]/g, " ")
    .replace(/(?<=\d) (?=(?:[AP]M|[ap]\. ?m\.|Uhr|h|\u0635|\u0645)(?![\p{L}\p{M}]))/gu, "\u00a0")
    .replace(/\.$/, "");
}

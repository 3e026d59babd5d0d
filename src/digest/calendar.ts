import type { Event, EventTime, Inline, Issue, PlainText, Prose } from "../domain/issue.ts";
import { parseSlots } from "../domain/slots.ts";

/** RFC 5545 section 3.1: a content line has at most 75 octets, its line end not counted. */
const lineOctetsMax = 75;

const dayMs = 86_400_000;

/** Where an event's calendar file is served; the digest's id makes it the file of exactly this edition. */
export function calendarUrl(publicUrl: string, digestId: string, eventIndex: number): string {
  return `${publicUrl.replace(/\/+$/, "")}/calendar/${digestId}/${eventIndex}.ics`;
}

export interface CalendarContext {
  readonly issue: Pick<Issue, "slug" | "lang" | "date">;
  /** The list's RFC 2919 identifier; with the issue's slug it makes the event unique in the world and for ever. */
  readonly listId: string;
}

/**
 * One event as an iCalendar file (RFC 5545): times in UTC, whole days as dates, no method that would ask for an answer.
 * The same event always gives the same text. An event without an end has none here either.
 */
export function formatCalendar(event: Event, { issue, listId }: CalendarContext): string {
  const { start, end, action } = event;
  const details = [
    event.speakers.join(", "),
    ...event.body.map(writeProse),
    action ? `${action.text}: ${writeHref(action.href)}` : "",
  ].filter((line) => line !== "");
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Broadsheet//Broadsheet//EN",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${issue.slug}-${event.index}@${listId}`,
    // When this description was made: the edition's date, so that the file doesn't depend on a clock.
    `DTSTAMP:${issue.date.replaceAll("-", "")}T000000Z`,
    ...(start.time === undefined ? formatDays(start, end) : formatInstants(start, end)),
    `SUMMARY;LANGUAGE=${issue.lang}:${escapeText(writePlain(event.title))}`,
    ...(event.location === undefined ? [] : [`LOCATION;LANGUAGE=${issue.lang}:${escapeText(event.location)}`]),
    ...(details.length === 0 ? [] : [`DESCRIPTION;LANGUAGE=${issue.lang}:${escapeText(details.join("\n\n"))}`]),
    ...(action && /^https?:/.test(action.href) ? [`URL:${writeHref(action.href)}`] : []),
    // A whole day is something to know of, not a time one is busy.
    ...(start.time === undefined ? ["TRANSP:TRANSPARENT"] : []),
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${foldLine(line)}\r\n`).join("");
}

/** Whole days: the end is the first day that is no longer part of it (RFC 5545 section 3.6.1). */
function formatDays(start: EventTime, end: EventTime | undefined): readonly string[] {
  const last = Date.parse(`${end?.date ?? start.date}T00:00:00Z`);
  const after = new Date(last + dayMs).toISOString().slice(0, 10);
  return [`DTSTART;VALUE=DATE:${start.date.replaceAll("-", "")}`, `DTEND;VALUE=DATE:${after.replaceAll("-", "")}`];
}

function formatInstants(start: EventTime, end: EventTime | undefined): readonly string[] {
  const begin = `DTSTART:${formatInstant(start.instantMs)}`;
  return end === undefined ? [begin] : [begin, `DTEND:${formatInstant(end.instantMs)}`];
}

function formatInstant(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** RFC 5545 section 3.3.11; control characters are not allowed in text at all. */
function escapeText(text: string): string {
  return (
    text
      .replace(/[\\;,]/g, "\\$&")
      .replace(/\r\n|\r|\n/g, "\\n")
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
  );
}

/** Breaks a line after at most 75 octets, never inside a character; the rest goes on behind a space. */
function foldLine(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > lineOctetsMax) {
      pieces.push(piece);
      piece = " ";
      octets = 1;
    }
    piece += character;
    octets += size;
  }
  return [...pieces, piece].join("\r\n");
}

/** An address with its slots' fallbacks, encoded for the path or query they stand in. */
function writeHref(href: string): string {
  return parseSlots(href)
    .map((run) => (run.type === "text" ? run.text : encodeURIComponent(run.fallback ?? "")))
    .join("");
}

/** A calendar file is the same for all, so a slot shows its fallback. */
function writePlain(text: PlainText): string {
  return text.map((run) => (run.type === "text" ? run.text : (run.fallback ?? ""))).join("");
}

function writeInline(children: readonly Inline[]): string {
  return children
    .map((inline) => {
      switch (inline.type) {
        case "text":
        case "code":
          return inline.text;
        case "slot":
          return inline.fallback ?? "";
        case "break":
          return "\n";
        case "link":
          return `${writeInline(inline.children)} (${writeHref(inline.href)})`;
        default:
          return writeInline(inline.children);
      }
    })
    .join("");
}

function writeProse(prose: Prose): string {
  switch (prose.type) {
    case "paragraph":
    case "heading":
      return writeInline(prose.children);
    case "list":
      return prose.items.map((item) => `- ${item.map(writeProse).join("\n")}`).join("\n");
    case "quotation":
      return prose.children.map(writeProse).join("\n");
    case "code":
      return prose.text;
    case "picture":
      return prose.picture.alt;
    case "rule":
      return "";
  }
}

import { Temporal } from "temporal-polyfill";
import type { EventTime } from "../domain/issue.ts";

/** A day and a time of day as they are written, without their zone. */
export interface WrittenTime {
  /** `YYYY-MM-DD`, a day that exists. */
  readonly date: string;
  /** `HH:MM`; absent for a whole day. */
  readonly time?: string;
}

/**
 * The instant of a local time. A time that the clocks skip is a problem; of one that comes twice the earlier is meant.
 * A whole day begins with its first instant there.
 * @param zone an IANA name that `readZone` has accepted
 */
export function readEventTime(written: WrittenTime, zone: string): EventTime | { readonly problem: string } {
  const day = Temporal.PlainDate.from(written.date);
  if (written.time === undefined) {
    return { date: written.date, instantMs: day.toZonedDateTime(zone).epochMilliseconds };
  }
  const local = day.toPlainDateTime(Temporal.PlainTime.from(written.time));
  const earlier = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (!earlier.toPlainDateTime().equals(local)) {
    const later = local.toZonedDateTime(zone, { disambiguation: "later" });
    const choices = `${clockTime(earlier)} or ${clockTime(later)}`;
    const message = `${written.time} does not exist on ${written.date} in ${zone}: the clocks skip it`;
    return { problem: `${message}; perhaps ${choices} is meant` };
  }
  return { date: written.date, time: written.time, instantMs: earlier.epochMilliseconds };
}

/** `18:30`, `2024-06-06`, or both with a space or a T between them; a time alone is on the day it began. */
export function splitEnd(written: string, startDate: string): WrittenTime | null {
  const parts = /^(?:(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?|(\d{2}:\d{2}))$/.exec(written);
  if (!parts) return null;
  const time = parts[2] ?? parts[3];
  return { date: parts[1] ?? startDate, ...(time === undefined ? {} : { time }) };
}

/** "5 PM" as "17:00", for a hint; `null` when nothing like a time can be seen. */
export function guessTime(written: string): string | null {
  const parts = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(?:uhr|([ap])\.?m\.?)?$/i.exec(written.trim());
  if (!parts) return null;
  let hour = Number(parts[1]);
  if (parts[3] && hour <= 12) hour = (hour % 12) + (parts[3].toLowerCase() === "p" ? 12 : 0);
  const minute = parts[2] ?? "00";
  return hour < 24 && Number(minute) < 60 ? `${String(hour).padStart(2, "0")}:${minute}` : null;
}

function clockTime(moment: Temporal.ZonedDateTime): string {
  return moment.toPlainTime().toString({ smallestUnit: "minute" });
}

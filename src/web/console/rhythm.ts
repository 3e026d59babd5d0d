/** Weeks, days and times as people choose them, written as the cron line that a recurrence keeps, and read back. */

import { InputError } from "../../lib/errors.ts";

export const weekdays = [
  ["1", "Monday"],
  ["2", "Tuesday"],
  ["3", "Wednesday"],
  ["4", "Thursday"],
  ["5", "Friday"],
  ["6", "Saturday"],
  ["0", "Sunday"],
] as const;

/** What stands behind the weekday in the fifth field. */
export const weeks = [
  ["", "Every week"],
  ["#1", "The first of the month"],
  ["#2", "The second of the month"],
  ["#3", "The third of the month"],
  ["#4", "The fourth of the month"],
  ["L", "The last of the month"],
] as const;

/** A line that was written wins over what was chosen. What stands in the line is judged by `nextOccurrence`. @throws InputError `bad-time` */
export function cronOf(form: URLSearchParams): string {
  const written = form.get("cron")?.trim();
  if (written) return written;
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(form.get("time") ?? "") ?? [];
  if (hour === undefined)
    throw new InputError({ code: "bad-time", message: "Write the time of the day, such as 09:00." });
  return `${Number(minute)} ${Number(hour)} * * ${form.get("weekday") ?? ""}${form.get("week") ?? ""}`;
}

/** "Every week, Tuesday at 09:00", or the line itself where it says something else. */
export function rhythmWords(cron: string): string {
  const match = /^(\d{1,2}) (\d{1,2}) \* \* ([0-6])(#[1-4]|L)?$/.exec(cron.trim());
  if (!match) return cron;
  const [, minute = "", hour = "", day, week = ""] = match;
  const weekday = weekdays.find(([value]) => value === day)?.[1];
  const which = weeks.find(([value]) => value === week)?.[1];
  return `${which}, ${weekday} at ${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
}

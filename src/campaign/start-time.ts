import { Temporal } from "temporal-polyfill";
import { readZone } from "../domain/time-zone.ts";
import { InputError } from "../lib/errors.ts";

/** When a campaign begins: one instant for everyone, or a wall-clock time where each reader lives. */
export type StartTime =
  | { readonly type: "instant"; readonly at: Date }
  | { readonly type: "subscriber"; readonly local: string };

/**
 * Reads `--at` and `--tz`. A time without an offset needs a zone: `2026-12-01 09:00` with `--tz Europe/Berlin`, or with
 * `--tz subscriber` for nine o'clock where each reader lives. Without `--at` it is now.
 * @throws InputError `bad-time`, `unknown-zone`
 */
export function readStartTime(at: string | undefined, tz: string | undefined, now: Date): StartTime {
  if (tz !== undefined && tz !== "subscriber") readZoneOrFail(tz);
  if (at === undefined) {
    if (tz === "subscriber")
      fail(
        "bad-time",
        '--tz subscriber needs --at: the hour where each reader lives, such as --at "2026-12-01 09:00".',
      );
    return { type: "instant", at: now };
  }
  const instant = parseInstant(at);
  if (instant) return { type: "instant", at: instant };
  const local = parseLocal(at);
  if (!local)
    fail(
      "bad-time",
      `"${at}" is not a time: write 2026-12-01 09:00 with --tz, or an instant such as 2026-12-01T08:00:00Z.`,
    );
  if (tz === "subscriber") return { type: "subscriber", local: local.toString() };
  if (tz === undefined)
    fail(
      "bad-time",
      `"${at}" has no zone: add --tz Europe/Berlin (or another), or --tz subscriber for each reader's own.`,
    );
  return { type: "instant", at: toInstant(local, readZoneOrFail(tz)) };
}

/**
 * The instant of a wall-clock time in a zone. A time that a clock change skips is moved on by the length of the gap (02:30
 * becomes 03:30); a time that comes twice is taken the first time (docs/scheduling.md).
 */
export function localInstant(local: string, zone: string): Date {
  return toInstant(Temporal.PlainDateTime.from(local), zone);
}

function toInstant(local: Temporal.PlainDateTime, zone: string): Date {
  return new Date(local.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds);
}

/** The first and the last instant at which a wall-clock time happens anywhere. */
export function spanOf(local: string): { readonly first: Date; readonly last: Date } {
  return { first: localInstant(local, "Pacific/Kiritimati"), last: localInstant(local, "Pacific/Pago_Pago") };
}

function parseInstant(text: string): Date | null {
  if (!/(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text)) return null;
  try {
    return new Date(Temporal.Instant.from(text.replace(" ", "T")).epochMilliseconds);
  } catch {
    return null;
  }
}

function parseLocal(text: string): Temporal.PlainDateTime | null {
  if (!/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?$/.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text.replace(" ", "T"));
  } catch {
    return null;
  }
}

function readZoneOrFail(written: string): string {
  const read = readZone(written);
  if ("problem" in read) fail("unknown-zone", `--tz: ${read.problem}.`);
  return read.zone;
}

function fail(code: string, message: string): never {
  throw new InputError({ code, message });
}

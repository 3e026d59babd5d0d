import { Temporal } from "temporal-polyfill";
import { InputError } from "../lib/errors.ts";
import { localInstant } from "./start-time.ts";

/** The hours of the day in which mail may go, by the reader's clock; may span midnight. */
export interface SendingWindow {
  /** `08:00` */
  readonly opens: string;
  /** `20:00`: the first minute in which nothing goes any more. */
  readonly closes: string;
}

/** Reads `08:00-20:00`. @throws InputError `bad-window` */
export function readSendingWindow(text: string): SendingWindow {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(text.trim());
  const opens = match ? `${match[1]}:${match[2]}` : "";
  const closes = match ? `${match[3]}:${match[4]}` : "";
  if (!match || closes > "24:00" || opens === closes)
    throw new InputError({
      code: "bad-window",
      message: `--window "${text}": write the first and the last time of the day, such as 08:00-20:00 (or 22:00-06:00).`,
    });
  return { opens, closes };
}

export function formatSendingWindow({ opens, closes }: SendingWindow): string {
  return `${opens}-${closes}`;
}

/**
 * When the window opens next in a zone, or `null` when it is open at that instant. A window that opens in the gap of a clock
 * change opens when the gap is over (docs/scheduling.md).
 */
export function nextOpening(window: SendingWindow, zone: string, at: Date): Date | null {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime();
  const time = local.toPlainTime().toString({ smallestUnit: "second" });
  if (isOpen(window, time)) return null;
  const day = time < window.opens ? local.toPlainDate() : local.toPlainDate().add({ days: 1 });
  return localInstant(`${day.toString()}T${window.opens}`, zone);
}

function isOpen({ opens, closes }: SendingWindow, time: string): boolean {
  return opens < closes ? time >= opens && time < closes : time >= opens || time < closes;
}

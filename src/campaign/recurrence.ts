import { CronExpressionParser } from "cron-parser";
import { InputError, messageOf } from "../lib/errors.ts";

/**
 * The next time after an instant. Five fields: minute, hour, day, month, weekday; `2#1` is the first Tuesday of the month.
 * @param zone the clock that the fields speak of
 * @throws InputError `bad-cron`
 */
export function nextOccurrence(cron: string, zone: string, after: Date): Date {
  if (cron.trim().split(/\s+/).length !== cronFields)
    fail(cron, "it has five fields: minute, hour, day, month, weekday");
  try {
    return CronExpressionParser.parse(cron, { tz: zone, currentDate: after }).next().toDate();
  } catch (error) {
    return fail(cron, messageOf(error));
  }
}

/** With a sixth field a newsletter would come each second. */
const cronFields = 5;

function fail(cron: string, why: string): never {
  throw new InputError({
    code: "bad-cron",
    message: `--cron "${cron}": ${why}. The first Tuesday at nine is "0 9 * * 2#1".`,
  });
}

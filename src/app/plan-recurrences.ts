import { basename } from "node:path";
import type { Pool } from "pg";
import { advanceRecurrence, dueRecurrences, type RecurrenceRecord } from "../adapters/postgres/recurrences.ts";
import { nextOccurrence } from "../campaign/recurrence.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { readIssue } from "./compile-issue.ts";
import type { Config } from "./config.ts";
import { listIssueFiles } from "./issue-files.ts";
import type { Logger } from "./log.ts";
import { templatesRoot } from "./project.ts";
import { planSend, prepareSend } from "./send-issue.ts";

/**
 * Plans what comes again. The plan comes before the next time is set: after a kill in between the same issue is found planned
 * already, and nobody is mailed twice. Only the newest issue is ever taken, so that no old one goes out by surprise.
 */
export async function planRecurrences(pool: Pool, config: Config, log: Logger): Promise<void> {
  for (const recurrence of await dueRecurrences(pool)) {
    const said = await planOnce(pool, config, recurrence);
    const next = nextOccurrence(recurrence.cron, recurrence.zone, latest(recurrence.nextAt, systemClock.now()));
    if (await advanceRecurrence(pool, recurrence, next, said)) log.info({ recurrence: recurrence.id, next }, said);
  }
}

async function planOnce(pool: Pool, config: Config, recurrence: RecurrenceRecord): Promise<string> {
  const lateMs = systemClock.now().getTime() - recurrence.nextAt.getTime();
  if (lateMs > config.lateAfterMs)
    return `was ${Math.round(lateMs / 3_600_000)} hours late, so nothing was sent: "broadsheet send" sends it by hand`;
  const { issueFile, unreadable } = await findNewestIssue(recurrence.folder, systemClock.now());
  const leftOut = unreadable.length > 0 ? `; left out: ${unreadable.join(", ")}, which can't be read as issues` : "";
  if (issueFile === null) return `there is no issue in ${recurrence.folder} with a date that has come${leftOut}`;
  try {
    const options = {
      issueFile,
      list: recurrence.list,
      ...(recurrence.segment ? { segment: recurrence.segment } : {}),
    };
    const { campaign, planned } = await planSend(pool, config, "system", await prepareSend(pool, config, options));
    return `planned ${issueFile} as campaign ${campaign} for ${planned} people${leftOut}`;
  } catch (error) {
    // What a person must mend is said where she looks; the world being away is tried again by the next round.
    if (error instanceof InputError) return `nothing was sent: ${messageOf(error)}${leftOut}`;
    throw error;
  }
}

/** The issue with the latest date that has come. A draft that is no issue yet is left out and named. */
async function findNewestIssue(
  folder: string,
  now: Date,
): Promise<{ readonly issueFile: string | null; readonly unreadable: readonly string[] }> {
  let newest: { readonly file: string; readonly date: string } | null = null;
  const unreadable: string[] = [];
  const today = now.toISOString().slice(0, 10);
  const files = (await listIssueFiles(folder, templatesRoot)).filter((one) => one.kind === "issue");
  for (const { file } of files) {
    try {
      const { date } = await readIssue(file);
      if (date <= today && (newest === null || date > newest.date)) newest = { file, date };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.push(basename(file));
    }
  }
  return { issueFile: newest?.file ?? null, unreadable };
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}

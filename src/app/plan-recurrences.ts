import { basename } from "node:path";
import type { Pool } from "pg";
import { listApprovedSends, type Approval } from "../adapters/postgres/approvals.ts";
import { advanceRecurrence, dueRecurrences, type RecurrenceRecord } from "../adapters/postgres/recurrences.ts";
import { nextOccurrence } from "../campaign/recurrence.ts";
import { systemClock } from "../lib/clock.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { startApprovedSend } from "./access/approve-send.ts";
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
  const { list, segment } = recurrence;
  const approved = recurrence.needsApproval ? newestBySlug(await listApprovedSends(pool, list, segment)) : null;
  const { issueFile, slug, unreadable } = await findNewestIssue(recurrence.folder, systemClock.now(), approved);
  const leftOut = unreadable.length > 0 ? `; left out: ${unreadable.join(", ")}, which can't be read as issues` : "";
  if (issueFile === null || slug === null) {
    const which = approved ? "no issue whose send to this list is approved" : "no issue";
    return `there is ${which} in ${recurrence.folder} with a date that has come${leftOut}`;
  }
  try {
    if (approved) return `${await startApproved(pool, config, approved.get(slug) as Approval, issueFile)}${leftOut}`;
    const options = {
      issueFile,
      list,
      ...(segment ? { segment } : {}),
    };
    const { campaign, planned } = await planSend(pool, config, "system", await prepareSend(pool, config, options));
    return `planned ${issueFile} as campaign ${campaign} for ${planned} people${leftOut}`;
  } catch (error) {
    // What a person must mend is said where she looks; the world being away is tried again by the next round.
    if (error instanceof InputError) return `nothing was sent: ${messageOf(error)}${leftOut}`;
    throw error;
  }
}

/** Exactly what was approved: an issue that was changed since is not sent. @throws InputError as `startApprovedSend` */
async function startApproved(pool: Pool, config: Config, approval: Approval, issueFile: string): Promise<string> {
  if (approval.campaignId !== null)
    return `nothing was sent: the newest approved issue, ${approval.issueSlug}, went out as campaign ${approval.campaignId}`;
  const campaign = await startApprovedSend(pool, config, null, approval.id, issueFile);
  return `planned ${issueFile} as campaign ${campaign}, approved by ${approval.approver}`;
}

function newestBySlug(approvals: readonly Approval[]): ReadonlyMap<string, Approval> {
  const newest = new Map<string, Approval>();
  for (const approval of approvals) if (!newest.has(approval.issueSlug)) newest.set(approval.issueSlug, approval);
  return newest;
}

/**
 * The issue with the latest date that has come. A draft that is no issue yet is left out and named.
 * @param among only issues of these slugs; `null` for all
 */
async function findNewestIssue(
  folder: string,
  now: Date,
  among: ReadonlyMap<string, unknown> | null,
): Promise<{
  readonly issueFile: string | null;
  readonly slug: string | null;
  readonly unreadable: readonly string[];
}> {
  let newest: { readonly file: string; readonly date: string; readonly slug: string } | null = null;
  const unreadable: string[] = [];
  const today = now.toISOString().slice(0, 10);
  const files = (await listIssueFiles(folder, templatesRoot)).filter((one) => one.kind === "issue");
  for (const { file } of files) {
    try {
      const { date, slug } = await readIssue(file);
      if (among && !among.has(slug)) continue;
      if (date <= today && (newest === null || date > newest.date)) newest = { file, date, slug };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.push(basename(file));
    }
  }
  return { issueFile: newest?.file ?? null, slug: newest?.slug ?? null, unreadable };
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}

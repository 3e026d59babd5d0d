import type { Pool } from "pg";
import { listCampaignsBetween, listTimedProposals, type CalendarProposal } from "../adapters/postgres/calendar.ts";
import type { CampaignState } from "../adapters/postgres/ledger/campaigns.ts";
import { listRecurrences, type RecurrenceRecord } from "../adapters/postgres/recurrences.ts";
import { nextOccurrence } from "../campaign/recurrence.ts";
import { readStartTime } from "../campaign/start-time.ts";
import { InputError } from "../lib/errors.ts";

/** One thing that goes out, or went, on a day. */
export type CalendarEntry = {
  /** `2026-11-25`, by UTC; by the reader's own clock where she gets it at her hour. */
  readonly day: string;
  /** `09:00` */
  readonly time: string;
  /** Whether the time is each reader's own. */
  readonly isLocal: boolean;
  readonly list: string;
} & (
  | { readonly kind: "campaign"; readonly id: number; readonly issue: string; readonly state: CampaignState }
  | { readonly kind: "proposal"; readonly id: number; readonly issue: string; readonly isApproved: boolean }
  | { readonly kind: "recurrence"; readonly id: number }
);

const hourMs = 3_600_000;
/** A wall-clock time happens up to this much before and after the same time in UTC. */
const zoneMarginMs = 14 * hourMs;
/** Times of one recurrence on a page: one that comes each minute says nothing more by all of them. */
const occurrencesMax = 62;

/** What goes out in a month, in the order of days and times. @param month `2026-11` */
export async function readCalendar(pool: Pool, month: string, now: Date): Promise<readonly CalendarEntry[]> {
  const from = new Date(`${month}-01T00:00:00Z`);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  const campaigns = await listCampaignsBetween(
    pool,
    new Date(from.getTime() - zoneMarginMs),
    new Date(to.getTime() + zoneMarginMs),
  );
  const entries: CalendarEntry[] = campaigns.map(({ id, issueSlug, listSlug, state, startsAt, local }) => ({
    kind: "campaign",
    id,
    issue: issueSlug,
    list: listSlug,
    state,
    ...splitTime(local ?? startsAt.toISOString(), local !== null),
  }));
  for (const proposal of await listTimedProposals(pool)) {
    const time = timeOf(proposal, now);
    if (!time) continue;
    const { id, issueSlug, listSlug, isApproved } = proposal;
    entries.push({ kind: "proposal", id, issue: issueSlug, list: listSlug, isApproved, ...time });
  }
  for (const recurrence of await listRecurrences(pool)) entries.push(...occurrencesOf(recurrence, from, to));
  return entries
    .filter(({ day }) => day.startsWith(month))
    .toSorted((a, b) => `${a.day}${a.time}`.localeCompare(`${b.day}${b.time}`));
}

function splitTime(iso: string, isLocal: boolean): Pick<CalendarEntry, "day" | "time" | "isLocal"> {
  return { day: iso.slice(0, 10), time: iso.slice(11, 16), isLocal };
}

/** Its words were read when it was proposed; a zone that is known no more leaves it out here. */
function timeOf({ at, tz }: CalendarProposal, now: Date): Pick<CalendarEntry, "day" | "time" | "isLocal"> | null {
  try {
    const start = readStartTime(at, tz ?? undefined, now);
    return start.type === "subscriber" ? splitTime(start.local, true) : splitTime(start.at.toISOString(), false);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** From its next time on: what came before are campaigns. */
function occurrencesOf({ id, cron, zone, list, nextAt }: RecurrenceRecord, from: Date, to: Date): CalendarEntry[] {
  const entries: CalendarEntry[] = [];
  let at = nextAt >= from ? nextAt : nextOccurrence(cron, zone, new Date(from.getTime() - 1));
  while (at < to && entries.length < occurrencesMax) {
    entries.push({ kind: "recurrence", id, list, ...splitTime(at.toISOString(), false) });
    at = nextOccurrence(cron, zone, at);
  }
  return entries;
}

import { readCalendar, type CalendarEntry } from "../../app/read-calendar.ts";
import { systemClock } from "../../lib/clock.ts";
import { Badge } from "../../ui/badge.tsx";
import { LinkButton } from "../../ui/button.tsx";
import type { ConsoleHandler, ConsoleRequest } from "./console-request.ts";
import { Empty, renderConsolePage } from "./console-page.tsx";
import { isAllowed, type ClosedRoute } from "./routes.ts";
import { CampaignBadge } from "./state-words.tsx";

const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/** Of one day; a page of more is no calendar. */
const entriesMax = 8;

export const calendarHandlers: Record<Extract<ClosedRoute, "calendar">, ConsoleHandler> = { calendar: renderCalendar };

async function renderCalendar(request: ConsoleRequest): Promise<Response> {
  const { c, pool, session } = request;
  const now = systemClock.now();
  const today = now.toISOString().slice(0, 10);
  const month = readMonth(c.req.query("month")) ?? today.slice(0, 7);
  const entries = await readCalendar(pool, month, now);
  return renderConsolePage(request, {
    title: monthTitle(month),
    section: "sends",
    lead: "What goes out and what went, by UTC. Times with a ring are by each reader's own clock.",
    action: (
      <nav class="row" aria-label="Months">
        <LinkButton href={`?month=${moveMonth(month, -1)}`} label={`Before: ${monthTitle(moveMonth(month, -1))}`}>
          ← Before
        </LinkButton>
        {month === today.slice(0, 7) ? null : <LinkButton href="/console/calendar">This month</LinkButton>}
        <LinkButton href={`?month=${moveMonth(month, 1)}`} label={`Next: ${monthTitle(moveMonth(month, 1))}`}>
          Next →
        </LinkButton>
      </nav>
    ),
    children: (
      <>
        {entries.length > 0 ? null : (
          <Empty>
            <h2>Nothing in {monthTitle(month)}</h2>
            <p>Sends with a time, campaigns and what comes again by itself stand here on their days.</p>
            {isAllowed(session.user.role, "newSend") ? (
              <LinkButton href="/console/sends/new">Prepare a send</LinkButton>
            ) : null}
          </Empty>
        )}
        <div>
          <div class="weekdays" aria-hidden="true">
            {dayNames.map((name) => (
              <span>{name.slice(0, 3)}</span>
            ))}
          </div>
          <ol class="calendar">
            {daysOf(month).map((day) => (
              <Day day={day} today={today} entries={entries.filter((entry) => entry.day === day)} />
            ))}
          </ol>
        </div>
        <p class="muted small">
          What waits for approval does not go out by itself. What comes again sends the newest approved issue.
        </p>
      </>
    ),
  });
}

function Day(props: { readonly day: string; readonly today: string; readonly entries: readonly CalendarEntry[] }) {
  const { day, entries } = props;
  const weekday = weekdayOf(day);
  return (
    <li
      data-weekday={weekday + 1}
      data-empty={entries.length === 0 ? "" : undefined}
      aria-current={day === props.today ? "date" : undefined}
    >
      <time class="day" datetime={day}>
        <span class="day-name">{dayNames[weekday]} </span>
        {Number(day.slice(8))}
      </time>
      {entries.length === 0 ? null : (
        <ul>
          {entries.slice(0, entriesMax).map((entry) => (
            <li>
              <Entry entry={entry} />
            </li>
          ))}
          {entries.length > entriesMax ? <li class="muted">and {entries.length - entriesMax} more</li> : null}
        </ul>
      )}
    </li>
  );
}

function Entry({ entry }: { readonly entry: CalendarEntry }) {
  const time = (
    <span class="numbers muted">
      {entry.time}
      {entry.isLocal ? <ReadersOwn /> : null}
    </span>
  );
  switch (entry.kind) {
    case "campaign":
      return (
        <>
          {time} <a href={`/console/campaigns/${entry.id}`}>{entry.issue}</a> to {entry.list}{" "}
          <CampaignBadge state={entry.state} />
        </>
      );
    case "proposal":
      return (
        <>
          {time} <a href={`/console/sends/${entry.id}`}>{entry.issue}</a> to {entry.list}{" "}
          {entry.isApproved ? <Badge state="accent">approved</Badge> : <Badge state="warn">to approve</Badge>}
        </>
      );
    case "recurrence":
      return (
        <>
          {time} <a href="/console/recurrences">the newest issue</a> to {entry.list} <Badge>comes again</Badge>
        </>
      );
  }
}

function ReadersOwn() {
  return (
    <>
      <span aria-hidden="true">°</span>
      <span class="visually-hidden"> where each reader lives</span>
    </>
  );
}

/** @returns `null` for what names no month that a calendar shows */
function readMonth(text: string | undefined): string | null {
  return text !== undefined && /^20\d\d-(?:0[1-9]|1[0-2])$/.test(text) ? text : null;
}

function monthTitle(month: string): string {
  return `${monthNames[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;
}

function moveMonth(month: string, by: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}

function daysOf(month: string): readonly string[] {
  const count = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, "0")}`);
}

/** 0 is Monday. */
function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

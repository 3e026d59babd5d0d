import { z } from "zod";
import type { Event } from "../domain/issue.ts";
import { isCalendarDate } from "../domain/calendar-date.ts";
import { readEventTime, splitEnd } from "./event-time.ts";
import { action, countMax } from "./schema-parts.ts";
import {
  addProblem,
  audience,
  calendarDate,
  clockTime,
  fields,
  line,
  list,
  prose,
  slotted,
  zone,
} from "./schema-fields.ts";

const eventSchema = fields("an event with its fields", {
  title: slotted("what happens"),
  date: calendarDate("the day it begins there, such as 2024-06-05"),
  time: clockTime('a time there such as "17:00"; leave it out for a whole day').exactOptional(),
  end: line('when it ends: "18:30", "2024-06-06" or "2024-06-06 01:00"').exactOptional(),
  zone: zone("the place's IANA time zone, such as America/New_York; else the group's").exactOptional(),
  location: line("where exactly: a house, a street, a web address in words").exactOptional(),
  speakers: list("the names of those who speak", line("a name"), countMax).exactOptional(),
  text: prose("more about it, in Markdown").exactOptional(),
  action: action.exactOptional(),
});

/** An event knows its instant; its running number is given once all blocks are read. */
type EventDraft = Omit<Event, "index">;

const groupSchema = fields("a group of events: `place` and `events`", {
  place: line("where, as readers know it: New York, Online"),
  note: line("a line below the place's name").exactOptional(),
  zone: zone("the place's IANA time zone, such as America/New_York").exactOptional(),
  events: list("a list of events", eventSchema, countMax),
}).transform(({ zone: groupZone, events, ...group }, context) => ({
  ...group,
  events: events.map((event, index): EventDraft => readEvent(event, groupZone, context, ["events", index])),
}));

export const eventsSchema = fields("a block of events", {
  type: z.literal("events"),
  audience: audience().exactOptional(),
  title: slotted("the heading").exactOptional(),
  intro: prose("a few sentences before the events, in Markdown").exactOptional(),
  groups: list("a list of groups, each with its `place` and `events`", groupSchema, countMax),
}).transform(({ intro = [], ...block }) => ({ ...block, intro }));

function readEvent(
  event: z.output<typeof eventSchema>,
  groupZone: string | undefined,
  context: z.RefinementCtx,
  path: PropertyKey[],
): EventDraft {
  const { date, time, end: writtenEnd, zone: ownZone, text = [], speakers = [], ...rest } = event;
  const eventZone = ownZone ?? groupZone;
  if (eventZone === undefined) {
    const message = "`zone` is missing: write the place's time zone, such as America/New_York, here or at its group";
    addProblem(context, message, {}, path);
  }
  const placed = { zone: eventZone ?? "UTC", body: text, speakers, ...rest };
  const start = readEventTime({ date, ...(time === undefined ? {} : { time }) }, placed.zone);
  if ("problem" in start) {
    addProblem(context, start.problem, {}, [...path, "time"]);
    return { ...placed, start: { date, instantMs: 0 } };
  }
  if (writtenEnd === undefined) return { ...placed, start };
  const fail = (message: string): EventDraft => {
    addProblem(context, message, {}, [...path, "end"]);
    return { ...placed, start };
  };
  const split = splitEnd(writtenEnd, date);
  if (!split || !isCalendarDate(split.date) || (split.time && !/^([01]\d|2[0-3]):[0-5]\d$/.test(split.time))) {
    return fail(`\`end\` must be a time, a day or both: "18:30", "2024-06-06" or "2024-06-06 01:00"`);
  }
  if ((time === undefined) !== (split.time === undefined)) {
    return fail(
      time === undefined
        ? "An event with a time to its end needs a `time` of its beginning"
        : 'Write the end\'s time too, such as "18:30"',
    );
  }
  const end = readEventTime(split, placed.zone);
  if ("problem" in end) return fail(end.problem);
  const early = end.instantMs < start.instantMs || (time !== undefined && end.instantMs === start.instantMs);
  if (early) return fail(`The end is not after the beginning; if it is the next day, write the day too: "${date} .."`);
  return { ...placed, start, end };
}

import { z } from "zod";
import { isCalendarDate } from "../domain/calendar-date.ts";
import type { PlainText } from "../domain/issue.ts";
import { parseSegment, SegmentError } from "../domain/segment-parse.ts";
import { parseSlots } from "../domain/slots.ts";
import { readZone } from "../domain/time-zone.ts";
import { guessTime } from "./event-time.ts";
import { checkHref, hrefLengthMax, normalizeHref } from "./href.ts";
import type { Report } from "./markdown.ts";
import { describeEmptyFallback, readInline } from "./read-inline.ts";
import { readPictureSource } from "./picture-source.ts";
import { readProse } from "./read-prose.ts";
import type { Within } from "./source.ts";

/** A title longer than this is a mistake, such as a text in the wrong field. */
const lineLengthMax = 500;
/** As much as all of a mail that Gmail shows uncut. */
const proseLengthMax = 100_000;

/** What belongs in a field, as the end of "write ..": becomes the message for a missing or wrong value. */
export function expected(what: string) {
  return (issue: { readonly input?: unknown; readonly code?: string; readonly expected?: unknown }) => {
    if (issue.code !== "invalid_type" && issue.code !== "invalid_value") return undefined;
    if (issue.input === undefined) return `is missing: write ${what}`;
    if (issue.input === null) return `is empty: write ${what}, or leave the field out`;
    const number = typeof issue.input === "number" || typeof issue.input === "boolean";
    if (number && issue.expected === "string") return `is ${String(issue.input)}, not a text: put it in quotes`;
    return `is ${describeValue(issue.input)}: write ${what}`;
  };
}

/** An object whose unknown fields are told with the known ones. */
export function fields<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  const known = Object.keys(shape).join(", ");
  const describe = expected(what);
  return z.strictObject(shape, {
    // `describeIssue` makes one problem a key of this one message.
    error: (issue) => (issue.code === "unrecognized_keys" ? known : describe(issue)),
  });
}

export function list<Item extends z.ZodType>(what: string, item: Item, countMax: number) {
  return z
    .array(item, { error: expected(what) })
    .min(1)
    .max(countMax);
}

// Refinements, not patterns: the published schema sees texts before they are trimmed.
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const lineControls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const textControls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** A text without a line break. */
export function line(what: string, lengthMax = lineLengthMax) {
  const text = z
    .string({ error: expected(what) })
    .trim()
    .min(1)
    .max(lengthMax);
  const clean = text.refine((written) => !lineControls.test(written), {
    error: "must be one line without control characters",
  });
  return clean.meta({ description: what });
}

/** A line with recipient slots. */
export function slotted(what: string) {
  return line(what).transform((text, context): PlainText => {
    const runs = parseSlots(text);
    for (const run of runs) {
      if (run.type !== "slot" || run.fallback !== "") continue;
      reportTo(context)(describeEmptyFallback(run.name), `{{${run.name}|`);
    }
    return runs;
  });
}

function markdownText(what: string) {
  const text = z
    .string({ error: expected(what) })
    .min(1)
    .max(proseLengthMax);
  const clean = text.refine((written) => !textControls.test(written), { error: "must not hold control characters" });
  return clean.meta({ description: what });
}

/** Paragraphs, lists, headings .. in Markdown. */
export function prose(what: string) {
  return markdownText(what).transform((text, context) => readProse(text, reportTo(context)));
}

/** One paragraph in Markdown. */
export function inline(what: string) {
  return markdownText(what).transform((text, context) => readInline(text, reportTo(context)));
}

export function href(what: string) {
  return line(what, hrefLengthMax).transform((text, context) => {
    const problem = checkHref(text);
    if (problem) reportTo(context)(problem);
    return normalizeHref(text);
  });
}

export function pictureSource(what: string) {
  return line(what).transform((text, context) => {
    const source = readPictureSource(text);
    if ("src" in source) return source.src;
    reportTo(context)(source.problem);
    return text;
  });
}

export function calendarDate(what: string) {
  const day = z
    .string({ error: expected(what) })
    .regex(/^\d{4}-\d{2}-\d{2}$/, { error: `is not a day: write ${what}`, abort: true });
  return day.refine(isCalendarDate, { error: "is a day that does not exist" }).meta({ description: what });
}

export function clockTime(what: string) {
  return z
    .string({ error: expected(what) })
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
      error: (issue) => {
        const guess = typeof issue.input === "string" ? guessTime(issue.input) : null;
        return guess ? `is not written as HH:MM: write "${guess}"` : `is not a time: write ${what}`;
      },
    })
    .meta({ description: what });
}

export function zone(what: string) {
  return line(what).transform((text, context) => {
    const read = readZone(text);
    if ("zone" in read) return read.zone;
    reportTo(context)(read.problem);
    return "UTC";
  });
}

/** Who gets a block. */
export function audience() {
  const what = 'a segment, such as `topics has "ai"`: only its subscribers get this block';
  return z
    .string({ error: expected(what) })
    .transform((text, context) => {
      try {
        return parseSegment(text);
      } catch (thrown) {
        if (!(thrown instanceof SegmentError)) throw thrown;
        addProblem(context, `The segment is not right: ${thrown.sentence}`, { offset: thrown.column - 1 });
        return z.NEVER;
      }
    })
    .meta({ description: what });
}

/** Adds what a reader of a text found; a whole sentence, unlike the messages that go on after a field's name. */
export function reportTo(context: z.RefinementCtx): Report {
  return (message, near) => addProblem(context, message, near ? { near } : {});
}

export function addProblem(context: z.RefinementCtx, message: string, within: Within, path: PropertyKey[] = []): void {
  context.addIssue({ code: "custom", message, params: { within }, path });
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of fields";
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  return String(value);
}

import {
  numberPattern,
  type Ordering,
  resolveSegment,
  type SegmentMeaning,
  type TextSource,
} from "../domain/segment-meaning.ts";
import type { SegmentExpression } from "../domain/segment.ts";
import type { Subscriber } from "../domain/subscriber.ts";

/** A subscriber as segments see one. */
export interface SegmentSubject extends Pick<Subscriber, "lang" | "zone" | "topics" | "attributes"> {
  /** The address key: lower case, domain as A-label. */
  readonly addressKey: string;
  readonly domain: string;
  readonly joinedAt: Date;
}

/**
 * Whether the subscriber belongs to the segment: the same answer that the database gives (adapters/postgres/segment-sql.ts).
 * @throws InputError `segment-meaning`
 */
export function matchesSegment(expression: SegmentExpression, subject: SegmentSubject): boolean {
  return createSegmentMatcher(expression)(subject);
}

/** `matchesSegment` for many subscribers: the segment is thought through once. */
export function createSegmentMatcher(expression: SegmentExpression): (subject: SegmentSubject) => boolean {
  const meaning = resolveSegment(expression);
  return (subject) => matches(meaning, subject);
}

const numeric = new RegExp(numberPattern);

function matches(meaning: SegmentMeaning, subject: SegmentSubject): boolean {
  switch (meaning.type) {
    case "and":
      return meaning.operands.every((operand) => matches(operand, subject));
    case "or":
      return meaning.operands.some((operand) => matches(operand, subject));
    case "not":
      return !matches(meaning.operand, subject);
    case "text": {
      const text = textOf(meaning.source, subject);
      if (text === null) return false;
      return meaning.operator === "contains"
        ? text.includes(meaning.value)
        : holds(compareText(text, meaning.value), meaning.operator);
    }
    case "oneOf": {
      const text = textOf(meaning.source, subject);
      return text !== null && meaning.values.includes(text);
    }
    case "language":
      return subject.lang !== null && (subject.lang === meaning.tag || subject.lang.startsWith(`${meaning.tag}-`));
    case "number": {
      const text = textOf(meaning, subject);
      return text !== null && numeric.test(text) && holds(Number(text) - meaning.value, meaning.operator);
    }
    case "word": {
      const text = textOf(meaning, subject);
      return text !== null && meaning.words.includes(text.toLowerCase());
    }
    case "day":
      return holds(compareText(subject.joinedAt.toISOString().slice(0, 10), meaning.value), meaning.operator);
    case "topic":
      return meaning.topics.some((topic) => subject.topics.includes(topic));
    case "present":
      return meaning.source === "topics" ? subject.topics.length > 0 : (textOf(meaning.source, subject) ?? "") !== "";
    case "always":
      return true;
    case "never":
      return false;
  }
}

function textOf(source: TextSource, subject: SegmentSubject): string | null {
  switch (source) {
    case "address":
      return subject.addressKey;
    case "domain":
      return subject.domain;
    case "lang":
      return subject.lang;
    case "zone":
      return subject.zone;
    default:
      return Object.hasOwn(subject.attributes, source.attribute)
        ? (subject.attributes[source.attribute] as string)
        : null;
  }
}

/** By code points, as the database compares under its "C" collation; JavaScript's own order differs past U+FFFF. */
function compareText(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function holds(difference: number, operator: Ordering): boolean {
  switch (operator) {
    case "=":
      return difference === 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

import { isCalendarDate } from "./calendar-date.ts";
import type { SegmentOperator, SegmentValue } from "./segment.ts";

/** Fields that every subscriber has; any other name is an attribute from an import or a form. */
export const ownFields = ["address", "domain", "lang", "zone", "joined", "topics"] as const;

/** Names that a person means an own field by. An attribute of that name could never be reached, so it is no loss. */
const misnamed: Readonly<Record<string, string>> = {
  email: "address",
  language: "lang",
  locale: "lang",
  timezone: "zone",
  topic: "topics",
};

/** What is wrong with a field's name, or `null`. Unknown names are attributes and cannot be checked here. */
export function checkField(field: string): string | null {
  const lower = field.toLowerCase();
  // An attribute may be called `constructor`, which every object has.
  const meant = Object.hasOwn(misnamed, lower) ? misnamed[lower] : ownFields.find((own) => own === lower);
  return meant && meant !== field ? `write the field as \`${meant}\`` : null;
}

/** What is wrong with comparing a field with this value, or `null`. */
export function checkComparison(field: string, operator: SegmentOperator | "in", value: SegmentValue): string | null {
  if (operator === "has" && field !== "topics") return "`has` is for `topics`; a text is searched with `contains`";
  if (field === "topics" && operator !== "has" && operator !== "in") {
    return '`topics` is asked with `has`, `in` or `is present`, such as `topics has "ai"`';
  }
  const texts = operator === "contains" || operator === "has" || (ownFields as readonly string[]).includes(field);
  if (texts && typeof value !== "string") return `\`${field}\` is compared with a text: write "${String(value)}"`;
  if (field === "joined" && !isCalendarDate(String(value))) {
    return `\`joined\` is compared with a day such as "2026-01-31", not ${JSON.stringify(value)}`;
  }
  return null;
}

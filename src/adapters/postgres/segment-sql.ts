import {
  numberPattern,
  type Ordering,
  resolveSegment,
  type SegmentMeaning,
  type TextSource,
} from "../../domain/segment-meaning.ts";
import type { SegmentExpression } from "../../domain/segment.ts";

export interface CompiledSegment {
  /** A boolean that is never null, over the alias `s` of `subscribers`. Holds no word of the expression itself. */
  readonly sql: string;
  /** For `$startParameter` and on. */
  readonly values: readonly unknown[];
}

/**
 * Compiles a segment into a condition. Fields and values travel as parameters, never as text of the statement; the same
 * expression gives the same statement.
 * @param startParameter the number of its first parameter
 * @throws InputError `segment-meaning`
 */
export function compileSegment(expression: SegmentExpression, startParameter: number): CompiledSegment {
  const values: unknown[] = [];
  const parameter = (value: unknown): string => `$${startParameter + values.push(value) - 1}`;
  return { sql: conditionOf(resolveSegment(expression), parameter), values };
}

type Parameter = (value: unknown) => string;

function conditionOf(meaning: SegmentMeaning, parameter: Parameter): string {
  switch (meaning.type) {
    case "and":
    case "or":
      return joined(
        meaning.operands.map((operand) => conditionOf(operand, parameter)),
        meaning.type,
      );
    case "not":
      return `(NOT ${conditionOf(meaning.operand, parameter)})`;
    case "text": {
      const text = textOf(meaning.source, parameter);
      const value = `${parameter(meaning.value)}::text`;
      return meaning.operator === "contains"
        ? `coalesce(position(${value} IN ${text}) > 0, false)`
        : `coalesce(${text} COLLATE "C" ${sqlOf(meaning.operator)} ${value}, false)`;
    }
    case "oneOf":
      return `coalesce(${textOf(meaning.source, parameter)} = ANY (${parameter(meaning.values)}::text[]), false)`;
    case "language":
      return `coalesce(s.lang = ${parameter(meaning.tag)}::text OR starts_with(s.lang, ${parameter(`${meaning.tag}-`)}::text), false)`;
    case "number": {
      const text = textOf(meaning, parameter);
      // Only a CASE keeps the cast from texts that are no numbers. As doubles, so that memory and database round alike.
      const comparison = `(${text})::float8 ${sqlOf(meaning.operator)} ${parameter(String(meaning.value))}::float8`;
      return `(CASE WHEN ${text} ~ '${numberPattern}' THEN ${comparison} ELSE false END)`;
    }
    case "word":
      return `coalesce(lower(${textOf(meaning, parameter)} COLLATE "C") = ANY (${parameter(meaning.words)}::text[]), false)`;
    case "day":
      return `((s.created_at AT TIME ZONE 'UTC')::date ${sqlOf(meaning.operator)} ${parameter(meaning.value)}::date)`;
    case "topic":
      return `(s.topics && ${parameter(meaning.topics)}::text[])`;
    case "present":
      return meaning.source === "topics"
        ? "(cardinality(s.topics) > 0)"
        : `(coalesce(${textOf(meaning.source, parameter)}, '') <> '')`;
    case "always":
      return "true";
    case "never":
      return "false";
  }
}

function joined(conditions: readonly string[], word: "and" | "or"): string {
  if (conditions.length === 0) return word === "and" ? "true" : "false";
  return `(${conditions.join(word === "and" ? " AND " : " OR ")})`;
}

function textOf(source: TextSource, parameter: Parameter): string {
  switch (source) {
    case "address":
      return "s.address_key";
    case "domain":
      return "s.domain";
    case "lang":
      return "s.lang";
    case "zone":
      return "s.zone";
    default:
      return `(s.attributes ->> ${parameter(source.attribute)}::text)`;
  }
}

/** A table, so that nothing from outside ever stands in the statement. */
function sqlOf(operator: Ordering): string {
  const operators: Readonly<Record<Ordering, string>> = { "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=" };
  return operators[operator];
}

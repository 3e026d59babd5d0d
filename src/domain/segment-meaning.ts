import { InputError } from "../lib/errors.ts";
import { isAddressProblem, parseAddress } from "./address.ts";
import { asciiDomain } from "./domain-name.ts";
import { canonicalLanguage } from "./language-tag.ts";
import { checkComparison, checkField, ownFields } from "./segment-fields.ts";
import type { SegmentExpression, SegmentField, SegmentOperator, SegmentValue } from "./segment.ts";
import { readZone } from "./time-zone.ts";

/*
 * What a segment says, down to values that need no more thought. The database and the memory both start from here, so that
 * a preview shows the very audience that a plan mails.
 *
 * There are two truth values only: what a subscriber lacks equals nothing, so `plan != "pro"` holds for one without a plan.
 */
export type SegmentMeaning =
  | { readonly type: "and" | "or"; readonly operands: readonly SegmentMeaning[] }
  | { readonly type: "not"; readonly operand: SegmentMeaning }
  | {
      readonly type: "text";
      readonly source: TextSource;
      readonly operator: Ordering | "contains";
      readonly value: string;
    }
  | { readonly type: "oneOf"; readonly source: TextSource; readonly values: readonly string[] }
  /** The tag itself or a more special one: "de" is also "de-AT" (RFC 4647 section 3.3.1). */
  | { readonly type: "language"; readonly tag: string }
  /** False for an attribute that is no number. */
  | { readonly type: "number"; readonly attribute: string; readonly operator: Ordering; readonly value: number }
  /** True for an attribute whose lower-case form is one of these. */
  | { readonly type: "word"; readonly attribute: string; readonly words: readonly string[] }
  /** The day of joining in UTC, `YYYY-MM-DD`. */
  | { readonly type: "day"; readonly operator: Ordering; readonly value: string }
  | { readonly type: "topic"; readonly topics: readonly string[] }
  | { readonly type: "present"; readonly source: TextSource | "topics" }
  | { readonly type: "always" | "never" };

export type Ordering = "=" | "<" | "<=" | ">" | ">=";
export type TextSource = OwnText | { readonly attribute: string };
export type OwnText = "address" | "domain" | "lang" | "zone";

/** Text of an attribute that is compared as a number: plain decimals, in few enough digits for a double to hold them. */
export const numberPattern = "^-?[0-9]{1,15}([.][0-9]{1,15})?$";

/** How files write yes and no; each is a word of ASCII letters and digits. */
const yesWords = ["true", "yes", "y", "on", "1"];
const noWords = ["false", "no", "n", "off", "0"];

/** Beyond what people write; a tree from the API must not reach the end of the stack or of a statement. */
const depthMax = 64;
const conditionsMax = 2_000;
const valueCharactersMax = 1_000;

/**
 * Resolves a segment: fields known, values in the form in which the audience is stored.
 * @throws InputError `segment-meaning` for a field or value that can't be meant so
 */
export function resolveSegment(expression: SegmentExpression): SegmentMeaning {
  let conditions = 0;
  const resolve = (node: SegmentExpression, depth: number): SegmentMeaning => {
    if (depth > depthMax) refuse(`it is nested more than ${depthMax} levels deep`);
    conditions += node.type === "in" ? node.values.length + 1 : 1;
    if (conditions > conditionsMax) refuse(`it has more than ${conditionsMax} conditions and values`);
    switch (node.type) {
      case "and":
      case "or":
        return { type: node.type, operands: node.operands.map((operand) => resolve(operand, depth + 1)) };
      case "not":
        return { type: "not", operand: resolve(node.operand, depth + 1) };
      case "present":
        checked(node.field);
        return resolvePresence(node.field);
      case "comparison":
        checked(node.field, node.operator, node.value);
        return resolveComparison(node.field, node.operator, node.value);
      case "in":
        for (const value of node.values) checked(node.field, "in", value);
        return resolveMembership(node.field, node.values);
    }
  };
  return resolve(expression, 1);
}

function checked(field: SegmentField, operator?: SegmentOperator | "in", value?: SegmentValue): void {
  const problem =
    checkField(field) ?? (operator && value !== undefined ? checkComparison(field, operator, value) : null);
  if (problem) refuse(problem);
  for (const text of [field, value]) {
    if (typeof text === "string" && (text.length > valueCharactersMax || /[\0\p{Surrogate}]/u.test(text))) {
      refuse(`a field or value is longer than ${valueCharactersMax} characters, or no text`);
    }
  }
  if (typeof value === "number" && !Number.isFinite(value)) refuse("a number must be finite");
}

function resolvePresence(field: SegmentField): SegmentMeaning {
  if (field === "topics") return { type: "present", source: "topics" };
  return field === "joined" ? { type: "always" } : { type: "present", source: sourceOf(field) };
}

function resolveComparison(field: SegmentField, operator: SegmentOperator, value: SegmentValue): SegmentMeaning {
  if (operator === "!=") return { type: "not", operand: resolveComparison(field, "=", value) };
  if (operator === "has") return { type: "topic", topics: [topicOf(value)] };
  if (operator === "contains")
    return { type: "text", source: sourceOf(field), operator, value: searchedText(field, value) };
  if (field === "joined") return { type: "day", operator, value: String(value) };
  if (typeof value === "number") return { type: "number", attribute: field, operator, value };
  if (typeof value === "boolean") {
    return operator === "=" ? { type: "word", attribute: field, words: value ? yesWords : noWords } : { type: "never" };
  }
  if (field === "lang" && operator === "=") return { type: "language", tag: storedText(field, value) };
  return { type: "text", source: sourceOf(field), operator, value: storedText(field, value) };
}

function resolveMembership(field: SegmentField, values: readonly SegmentValue[]): SegmentMeaning {
  if (field === "topics") return { type: "topic", topics: values.map(topicOf) };
  const texts = values.filter((value) => typeof value === "string");
  if (field !== "lang" && field !== "joined" && texts.length === values.length) {
    return { type: "oneOf", source: sourceOf(field), values: texts.map((text) => storedText(field, text)) };
  }
  return { type: "or", operands: values.map((value) => resolveComparison(field, "=", value)) };
}

function sourceOf(field: SegmentField): TextSource {
  return (ownFields as readonly string[]).includes(field) ? (field as OwnText) : { attribute: field };
}

/** Topics are kept in NFC, as everything that people type. */
function topicOf(value: SegmentValue): string {
  return String(value).normalize("NFC");
}

/** As the import and the pages store it; what can't be stored so stays itself and matches nobody. */
function storedText(field: SegmentField, value: string): string {
  if (field === "address") {
    const address = parseAddress(value);
    return isAddressProblem(address) ? searchedText(field, value) : address.key;
  }
  if (field === "domain") {
    const domain = asciiDomain(value);
    return typeof domain === "string" ? domain : searchedText(field, value);
  }
  if (field === "lang") return canonicalLanguage(value) ?? value;
  if (field === "zone") {
    const zone = readZone(value);
    return "zone" in zone ? zone.zone : value;
  }
  return value.normalize("NFC");
}

/** A piece of a stored text. */
function searchedText(field: SegmentField, value: SegmentValue): string {
  const text = String(value).normalize("NFC");
  return field === "address" || field === "domain" ? text.toLowerCase() : text;
}

function refuse(why: string): never {
  throw new InputError({ code: "segment-meaning", message: `The segment can't be used: ${why}.` });
}

import Handlebars from "handlebars";
import { InputError } from "../lib/errors.ts";

/**
 * What templates can compute. Nothing here reaches outside its arguments; helpers that need the issue or the recipient's
 * slots are added by the compiler. Handlebars passes its own options as the last argument of each.
 */
export const templateHelpers: Handlebars.HelperDeclareSpec = {
  /** `{{#if (equals type "picture")}}` */
  equals: (left: unknown, right: unknown) => left === right,
  /** `{{#if (both title body)}}` */
  both: (left: unknown, right: unknown) => isPresent(left) && isPresent(right),
  /** `{{#if (either title body)}}` */
  either: (left: unknown, right: unknown) => isPresent(left) || isPresent(right),
  /** `{{> (concat "block-" type)}}` */
  concat: (...parts: unknown[]) => parts.slice(0, -1).join(""),
  /** `{{least width 520}}` */
  least: (left: unknown, right: unknown) => Math.min(readNumber(left, "least"), readNumber(right, "least")),
  /** `{{textWidth theme.space}}`: what the column leaves between its sides. */
  textWidth: (space: Readonly<Record<string, unknown>>) =>
    readNumber(space["column"], "textWidth") - 2 * readNumber(space["side"], "textWidth"),
  /** `{{pixels theme.space.side}}`: a number with its unit. */
  pixels: (value: unknown) => `${readNumber(value, "pixels")}px`,
};

function isPresent(value: unknown): boolean {
  return value !== false && !Handlebars.Utils.isEmpty(value);
}

function readNumber(value: unknown, helper: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InputError({
    code: "template-number",
    message: `{{${helper}}} takes numbers, not ${JSON.stringify(value)}.`,
  });
}

import Handlebars from "handlebars";
import { assert } from "../lib/assert.ts";

/**
 * What templates can compute. Nothing here reaches outside its arguments; a helper that needs the recipient's slots is
 * added by the compiler.
 */
export const templateHelpers: Handlebars.HelperDeclareSpec = {
  /** `{{#if (equals type "picture")}}` */
  equals: (left: unknown, right: unknown) => left === right,
  /** `{{> (concat "block-" type)}}` */
  concat: (...parts: unknown[]) => parts.slice(0, -1).join(""),
  /** `{{#if (either title intro)}}`: the first that isn't empty. */
  either: (...values: unknown[]) => values.slice(0, -1).find((value) => isPresent(value)) ?? "",
  /** `{{#if (both a b)}}` */
  both: (...values: unknown[]) => values.slice(0, -1).every((value) => isPresent(value)),
  not: (value: unknown) => !isPresent(value),
  /** `{{least picture.width 520}}` */
  least: (...values: unknown[]) => Math.min(...values.slice(0, -1).map(Number)),
  /** `{{sum theme.size.text 3}}` */
  sum: (...values: unknown[]) => values.slice(0, -1).reduce((total: number, value) => total + Number(value), 0),
  /** `{{pixels theme.space.side}}`: a number with its unit. */
  pixels: (value: unknown) => {
    assert(typeof value === "number", "A size in a theme is a number.");
    return `${value}px`;
  },
};

function isPresent(value: unknown): boolean {
  return !Handlebars.Utils.isEmpty(value) && value !== false;
}

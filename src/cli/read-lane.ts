import { asciiDomain } from "../domain/domain-name.ts";
import { InputError } from "../lib/errors.ts";

/** A lane's name is also a queue's. @throws InputError `bad-lane` */
export function readLaneName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(text)) return text;
  throw new InputError({
    code: "bad-lane",
    message: `"${text}" can't name a lane: lower-case letters, digits and hyphens, a letter first.`,
  });
}

/** The domain as A-labels in lower case. @throws InputError `bad-lane` */
export function readDomainName(text: string): string {
  const domain = asciiDomain(text.replace(/^@/, ""));
  if (typeof domain === "string") return domain;
  throw new InputError({ code: "bad-lane", message: `"${text}" ${domain.problem}.` });
}

/**
 * A number of an option.
 * @param orNone `none` is `null`
 * @throws InputError `bad-number`
 */
export function readNumber(option: string, text: string, least: number, most: number, orNone = false): number | null {
  if (orNone && text === "none") return null;
  const number = /^\d{1,9}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  const none = orNone ? ', or "none"' : "";
  throw new InputError({
    code: "bad-number",
    message: `${option} "${text}": it must be a number from ${least} to ${most}${none}.`,
  });
}

import { InputError } from "../lib/errors.ts";

/** Reads a positive whole number. @throws InputError `bad-id` */
export function readId(text: string, what: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new InputError({
    code: "bad-id",
    message: `"${text}" is not the number of a ${what}; "broadsheet campaigns" lists them.`,
  });
}

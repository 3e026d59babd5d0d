import { InputError } from "../../lib/errors.ts";

/** A number out of an address. @throws InputError `bad-id` */
export function readNumber(text: string | undefined): number {
  if (!/^[1-9]\d{0,14}$/.test(text ?? ""))
    throw new InputError({ code: "bad-id", message: "This address names no number that we could know." });
  return Number(text);
}

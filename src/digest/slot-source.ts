import type { Slot, SlotContext } from "../domain/slotted-text.ts";
import { assert } from "../lib/assert.ts";
import { InputError } from "../lib/errors.ts";
import { escapeHtml } from "../lib/escape.ts";
import { cleanText } from "./clean-text.ts";

/** Where a slot's value comes from, read from its name once. */
export type SlotSource =
  | { readonly type: "subscriber"; readonly field: string }
  | { readonly type: "link"; readonly link: SlotLink }
  | { readonly type: "readerTime"; readonly event: number };

export type SlotLink = "unsubscribe" | "preferences" | "view" | "confirm";

/** The recipient has no value for a slot that has no fallback: nothing may be sent that says "Hi ,". */
export class MissingValueError extends InputError {
  /** `subscriber.firstName` */
  readonly slotName: string;

  constructor(slotName: string) {
    super({
      code: "slot-value-missing",
      message: `The recipient has no value for {{${slotName}}}, which has no fallback; give the slot one: {{${slotName}|..}}.`,
    });
    this.slotName = slotName;
  }
}

export function readSlotSource(name: string): SlotSource {
  const [kind, rest = "", detail] = name.split(".");
  if (kind === "subscriber" && rest !== "") return { type: "subscriber", field: name.slice(kind.length + 1) };
  if (kind === "link" && isLink(rest)) return { type: "link", link: rest };
  if (kind === "event" && detail === "readerTime" && /^\d+$/.test(rest))
    return { type: "readerTime", event: Number(rest) };
  assert(false, `A Digest's slots have names that are filled; ${name} is none.`);
}

function isLink(text: string): text is SlotLink {
  return text === "unsubscribe" || text === "preferences" || text === "view" || text === "confirm";
}

/**
 * A recipient's value, or its slot's fallback, without line ends and control characters.
 * @throws MissingValueError where there is neither; a blank value counts as none
 */
export function chooseValue(slot: Slot, given: string | undefined): string {
  const value = given === undefined ? "" : cleanText(given);
  if (value !== "") return value;
  if (slot.fallback === null) throw new MissingValueError(slot.name);
  return cleanText(slot.fallback);
}

/** Escapes a value for the place it stands in. Header text is encoded later, with the whole field. */
export function escapeForContext(value: string, context: SlotContext | "as is"): string {
  switch (context) {
    case "html":
    case "attribute":
      return htmlSpecial.test(value) ? escapeHtml(value) : value;
    case "url":
      // The apostrophe is the one character left that could end an attribute.
      return encodeURIComponent(value).replace(/'/g, "%27");
    case "text":
    case "header":
    case "as is":
      return value;
  }
}

const htmlSpecial = /[&<>"']/;

import type Handlebars from "handlebars";
import { InputError } from "../lib/errors.ts";
import type { SlotMarkers } from "./slot-markers.ts";

/** The fields that issues can name too, and the links that every delivery has. */
const slotName = /^(?:subscriber\.[A-Za-z_][A-Za-z0-9_-]{0,63}|link\.(?:view|preferences|unsubscribe))$/;

/**
 * `{{slot "subscriber.plan" fallback="free"}}`: a value that is filled in per recipient, for templates; issues write
 * `{{subscriber.plan|free}}`. Without a fallback a missing value is an error before the send.
 */
export function createSlotHelpers(markers: SlotMarkers): Handlebars.HelperDeclareSpec {
  return {
    slot(name: unknown, options: Handlebars.HelperOptions) {
      const known = typeof name === "string" && slotName.test(name);
      if (!known) {
        const message = `There is no slot "${String(name)}"; slots are subscriber.<field>, link.view, link.preferences and link.unsubscribe.`;
        throw new InputError({ code: "template-slot", message });
      }
      const hash = options.hash as Readonly<Record<string, unknown>>;
      const fallback = hash["fallback"];
      return markers.mark(name, fallback === undefined ? null : String(fallback));
    },
  };
}

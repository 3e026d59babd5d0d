import type { Digest, DigestVariant } from "../domain/digest.ts";
import { fillSlots, type Slot, type SlottedText } from "../domain/slotted-text.ts";
import { assert } from "../lib/assert.ts";
import { neutralKey } from "./block-audiences.ts";
import { escapeForContext, readSlotSource, type SlotLink } from "./slot-source.ts";

/** Stands where a mail would say something of its reader and the author gave nothing to say instead. */
const nobody = "…";

export interface NeutralMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/**
 * An edition as it reads to everybody, for a public archive: only blocks without an audience, slots with their fallbacks, and
 * links that carry no token. Nothing of any recipient can be in it, since none is given.
 * @param linkOf where the links that are personal in a mail lead here
 */
export function fillNeutral(digest: Digest, linkOf: (link: SlotLink) => string): NeutralMail {
  const variant = digest.variants.get(neutralKey(digest.audiences.length)) ?? firstOf(digest);
  const fill = (source: SlottedText): string => fillSlots(source, (slot) => valueOf(slot, linkOf));
  return { subject: fill(variant.subject), html: fill(variant.html.source), text: fill(variant.text.source) };
}

function valueOf(slot: Slot, linkOf: (link: SlotLink) => string): string {
  const source = readSlotSource(slot.name);
  switch (source.type) {
    case "link":
      return escapeForContext(linkOf(source.link), slot.context === "url" ? "attribute" : slot.context);
    case "subscriber":
      return escapeForContext(slot.fallback ?? nobody, slot.context);
    case "readerTime":
      return "";
  }
}

function firstOf(digest: Digest): DigestVariant {
  const [variant] = digest.variants.values();
  assert(variant, "A digest has a variant.");
  return variant;
}

/**
 * Text with holes that are filled per recipient. `chunks` always has one entry more than `slots`:
 * chunk 0, slot 0, chunk 1, slot 1, .., chunk n.
 */
export interface SlottedText {
  readonly chunks: readonly string[];
  readonly slots: readonly Slot[];
}

/** Where a slot stands decides how its value is escaped when it is filled. */
export type SlotContext = "html" | "attribute" | "url" | "text" | "header";

export interface Slot {
  /**
   * What fills it:
   * `subscriber.<field>` a frozen value of the recipient (`subscriber.firstName`, `subscriber.address`, any attribute);
   * `link.unsubscribe`, `link.preferences`, `link.view` made from the delivery's token;
   * `event.<n>.readerTime` the n-th event's time where the reader lives, empty when that is unknown or the same.
   */
  readonly name: string;
  /** Used when the recipient has no value; `null` means that a missing value is an error before the send. */
  readonly fallback: string | null;
  readonly context: SlotContext;
}

/** Text without holes. */
export function plainText(text: string): SlottedText {
  return { chunks: [text], slots: [] };
}

/** Fills every slot by `valueOf`, which does its own escaping. */
export function fillSlots(slotted: SlottedText, valueOf: (slot: Slot) => string): string {
  let filled = slotted.chunks[0] ?? "";
  slotted.slots.forEach((slot, index) => {
    filled += valueOf(slot) + (slotted.chunks[index + 1] ?? "");
  });
  return filled;
}

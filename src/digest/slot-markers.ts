import type { Slot, SlotContext, SlottedText } from "../domain/slotted-text.ts";
import { assert } from "../lib/assert.ts";
import { InputError } from "../lib/errors.ts";

/** Private-use characters: those of the basic plane, then plane 15, in case somebody's text is full of the former. */
const privateUse = [
  [0xe000, 0xf8ff],
  [0xf0000, 0xffffd],
] as const;

/**
 * Stands in for slots while a template runs: a slot is written into the text as a marker, and the finished text is cut at
 * the markers. The marker's character occurs in none of the inputs, so no title can forge a slot.
 */
export interface SlotMarkers {
  /** The marker to write where the slot stands. */
  mark(name: string, fallback: string | null): string;
  /** Finds the markers with their positions. */
  find(text: string): readonly MarkerPosition[];
  /** Cuts a text at its markers. */
  split(text: string, contextAt: (position: MarkerPosition) => SlotContext): SlottedText;
  /** Matches one marker whole; for code that measures or moves text. */
  readonly pattern: RegExp;
}

export interface MarkerPosition {
  readonly name: string;
  readonly fallback: string | null;
  readonly start: number;
  readonly end: number;
}

/** @param inputs every text that may end up in the output; decides which character marks slots */
export function createSlotMarkers(inputs: string): SlotMarkers {
  const character = chooseCharacter(inputs);
  const pattern = new RegExp(`${character}(\\d+)${character}`, "g");
  const slots: { readonly name: string; readonly fallback: string | null }[] = [];

  function slotOf(digits: string) {
    const slot = slots[Number(digits)];
    assert(slot, `The marker ${digits} was made by these markers.`);
    return slot;
  }
  function find(text: string): readonly MarkerPosition[] {
    return [...text.matchAll(pattern)].map((match) => ({
      ...slotOf(match[1] as string),
      start: match.index,
      end: match.index + match[0].length,
    }));
  }
  return {
    pattern,
    find,
    mark(name, fallback) {
      let index = slots.findIndex((slot) => slot.name === name && slot.fallback === fallback);
      if (index < 0) index = slots.push({ name, fallback }) - 1;
      return `${character}${index}${character}`;
    },
    split(text, contextAt) {
      const chunks: string[] = [];
      const found: Slot[] = [];
      let from = 0;
      for (const position of find(text)) {
        chunks.push(text.slice(from, position.start));
        found.push({ name: position.name, fallback: position.fallback, context: contextAt(position) });
        from = position.end;
      }
      chunks.push(text.slice(from));
      assert(
        chunks.every((chunk) => !chunk.includes(character)),
        "No half of a slot's marker is left in the text.",
      );
      return { chunks, slots: found };
    },
  };
}

function chooseCharacter(inputs: string): string {
  const used = new Set(inputs.match(/\p{Co}/gu));
  for (const [first, last] of privateUse) {
    for (let code = first; code <= last; code++) {
      const character = String.fromCodePoint(code);
      if (!used.has(character)) return character;
    }
  }
  const message = "The issue uses all 71,934 private-use characters; leave one of them out.";
  throw new InputError({ code: "issue-characters", message });
}

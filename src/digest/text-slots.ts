import type { SlottedText } from "../domain/slotted-text.ts";
import type { SlotMarkers } from "./slot-markers.ts";

/** The part of an address that stands before a slot; what follows has to be percent-encoded. */
const insideAddress = /(?:https?:\/\/|mailto:)[^\s<>]*$/i;

/** Cuts the plain text at its slots: as they are between words, percent-encoded inside an address. */
export function splitText(text: string, markers: SlotMarkers): SlottedText {
  return markers.split(text, ({ start }) => {
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    return insideAddress.test(text.slice(lineStart, start)) ? "url" : "text";
  });
}

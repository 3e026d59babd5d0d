import { stripControls } from "../lib/escape.ts";

/**
 * Text of a recipient or sender as one line: line ends and control characters become a blank, blanks around it go, and
 * halves of characters become U+FFFD.
 */
export function cleanText(text: string): string {
  return isClean(text) ? text : stripControls(text.replace(/\p{Surrogate}/gu, "\ufffd"));
}

/** The same for a header field, where runs of blanks become one, too (folding could not keep them). */
export function cleanHeaderText(text: string): string {
  return isClean(text) ? text : cleanText(text).replace(/ {2,}/g, " ");
}

/**
 * Nearly all text is clean, and looking is many times faster than replacing. A blank beside another or at an end and
 * every character beyond the basic plane count as not clean: what follows looks closer.
 */
function isClean(text: string): boolean {
  let afterBlank = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x20) {
      if (afterBlank) return false;
      afterBlank = true;
      continue;
    }
    afterBlank = false;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
    if (code >= 0x2028 && (code <= 0x2029 || (code >= 0xd800 && code < 0xe000))) return false;
  }
  return !afterBlank || text === "";
}

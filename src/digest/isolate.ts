/**
 * Wraps a piece of text of unknown direction in Unicode's isolates (FSI .. PDI, UAX 9), so that an English address inside
 * an Arabic mail keeps its own order and doesn't pull the punctuation around it to the wrong side. Mail clients know no
 * `bdi`. In left-to-right mails a piece stays as it is: some old clients draw the isolates as boxes.
 */
export function isolate(text: string, direction: "ltr" | "rtl"): string {
  return direction === "ltr" ? text : `\u2068${text}\u2069`;
}

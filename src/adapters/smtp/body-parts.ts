const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const dot = Buffer.from(".");
const lineEnd = Buffer.from("\r\n");
const dotAfterLineFeed = Buffer.from("\n.");

/**
 * The body as it goes over the wire, up to the line that ends it (RFC 5321 section 4.5.2). Our own encoders never begin
 * a line with a dot, so this is one native search (some microseconds) and no copy; any other bytes get the dot doubled:
 * unstuffed, a line of one dot would end the message and let the rest be read as commands.
 */
export function bodyParts(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  if (bytes[0] === dot[0]) parts.push(dot);
  for (let at = bytes.indexOf(dotAfterLineFeed); at !== -1; at = bytes.indexOf(dotAfterLineFeed, at + 1)) {
    parts.push(bytes.subarray(start, at + 1), dot);
    start = at + 1;
  }
  parts.push(start === 0 ? bytes : bytes.subarray(start));
  const isEnded = bytes.length >= 2 && bytes.at(-1) === lineFeed && bytes.at(-2) === carriageReturn;
  if (!isEnded) parts.push(lineEnd);
  return parts;
}

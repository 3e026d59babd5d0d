/**
 * The tag=value list of signatures and key records (RFC 6376 section 3.2): white space around tags and inside values that
 * are base64 is folding and goes; of a tag given twice the first counts.
 */
export function parseTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    if (equals === -1) continue;
    const name = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (tags.has(name)) continue;
    tags.set(name, ["b", "bh", "p"].includes(name) ? value.replace(/\s+/g, "") : value);
  }
  return tags;
}

const encodedWord = /=\?([^?\s]{1,40})\?([bq])\?([^?]*)\?=/gi;
const betweenEncodedWords = /(=\?[^?\s]{1,40}\?[bq]\?[^?]*\?=)[ \t\r\n]+(?==\?[^?\s]{1,40}\?[bq]\?)/gi;

/** Decodes RFC 2047 encoded words; what is not one, or names an unknown charset, stays as it is. */
export function decodeEncodedWords(text: string): string {
  if (!text.includes("=?")) return text;
  return text
    .replace(betweenEncodedWords, "$1")
    .replace(encodedWord, (whole, charset: string, kind: string, data: string) => {
      const bytes = kind.toLowerCase() === "b" ? Buffer.from(data, "base64") : decodeQ(data);
      return decodeCharset(bytes, charset.split("*")[0] ?? "utf-8") ?? whole;
    });
}

function decodeQ(data: string): Buffer {
  const text = data
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}

/** `undefined` for a charset this platform does not know. */
export function decodeCharset(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return undefined;
  }
}

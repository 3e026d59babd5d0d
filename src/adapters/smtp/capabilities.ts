/** What a server announced after EHLO (RFC 5321 section 4.1.1.1); after STARTTLS, only what it said inside TLS. */
export interface Capabilities {
  /** RFC 6531. */
  readonly smtpUtf8: boolean;
  /** RFC 6152. */
  readonly eightBitMime: boolean;
  /** RFC 2920. */
  readonly pipelining: boolean;
  /** RFC 3461. */
  readonly dsn: boolean;
  /** RFC 3207: offered, not used. */
  readonly startTls: boolean;
  /** RFC 1870: announced at all, and the most bytes it takes; 0 where it states none. */
  readonly size: boolean;
  readonly sizeBytesMax: number;
  /** RFC 4954: the mechanisms, in upper case. */
  readonly auth: readonly string[];
}

/**
 * Reads the reply to EHLO as Nodemailer keeps it: lines joined by a line feed. Keywords count only where they stand as
 * the first word of their line, so that a host called `smtputf8.example` announces nothing. HELO has no such lines.
 */
export function readCapabilities(reply: string): Capabilities {
  const keywords = new Map<string, string[]>();
  for (const line of reply.split(/\r?\n/).slice(1)) {
    const [keyword, ...values] = line
      .slice(4)
      .trim()
      .toUpperCase()
      .split(/[\s=]+/);
    if (keyword) keywords.set(keyword, [...(keywords.get(keyword) ?? []), ...values]);
  }
  const size = Number(keywords.get("SIZE")?.[0] ?? 0);
  return {
    smtpUtf8: keywords.has("SMTPUTF8"),
    eightBitMime: keywords.has("8BITMIME"),
    pipelining: keywords.has("PIPELINING"),
    dsn: keywords.has("DSN"),
    startTls: keywords.has("STARTTLS"),
    size: keywords.has("SIZE"),
    sizeBytesMax: Number.isSafeInteger(size) && size > 0 ? size : 0,
    auth: [...new Set(keywords.get("AUTH") ?? [])],
  };
}

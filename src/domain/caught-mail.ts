/**
 * A mail that the local catcher took instead of delivering it, and the port through which pages and tests look at the
 * catch. The bytes are those that were on the wire, without the dots that SMTP adds.
 */

export interface MailAddress {
  /** The display name, decoded; empty when there is none. */
  readonly name: string;
  readonly address: string;
}

/** One RCPT TO with what RFC 3461 lets a sender ask for. */
export interface CaughtRecipient {
  readonly address: string;
  /** NOTIFY values in upper case (RFC 3461 section 4.1); empty when nothing was asked. */
  readonly notify: readonly string[];
  /** ORCPT as given, `rfc822;xtext`. */
  readonly originalRecipient: string | null;
}

export interface CaughtEnvelope {
  /** MAIL FROM, empty for the null sender. */
  readonly from: string;
  readonly to: readonly CaughtRecipient[];
  readonly smtpUtf8: boolean;
  /** RET (RFC 3461 section 4.3): how much of the mail a report shall return. */
  readonly returnBody: "FULL" | "HDRS" | null;
  readonly envelopeId: string | null;
  /** Where it came from: the client's address, its EHLO name, its user name if it gave one, and whether TLS was on. */
  readonly client: {
    readonly address: string;
    readonly hello: string;
    readonly user: string | null;
    readonly tls: boolean;
  };
}

export interface CaughtMail {
  /** Never used again for another mail, not even after a restart. Safe in URLs and file names. */
  readonly id: string;
  /** Counts up by one with every mail taken. */
  readonly sequence: number;
  readonly arrivedAt: Date;
  readonly sizeBytes: number;
  readonly envelope: CaughtEnvelope;
  /** Without angle brackets; empty when the header has none. */
  readonly messageId: string;
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly subject: string;
  /** X-Broadsheet-Campaign, else the first part of Feedback-ID, else empty. */
  readonly campaign: string;
  /** The header block as received, at most its first 16 KB. */
  readonly headerText: string;
  readonly read: boolean;
  readonly tags: readonly string[];
}

/** One entity of a mail (RFC 2045): a leaf, or a multipart with its parts. */
export interface MailPart {
  /** As IMAP numbers them (RFC 3501 section 6.4.5): `1.2`; a multipart at the top is `0`. */
  readonly id: string;
  /** Lower case `type/subtype`. */
  readonly type: string;
  readonly charset: string | null;
  readonly disposition: "attachment" | "inline" | null;
  readonly fileName: string | null;
  /** Without angle brackets. */
  readonly contentId: string | null;
  /** Lower case; `7bit` where none is named. */
  readonly encoding: string;
  /** Of a leaf, decoded; of a multipart, as it stands. */
  readonly sizeBytes: number;
  readonly parts: readonly MailPart[];
}

/** A mail as a reader meets it. */
export interface MailContent {
  /** In order, unfolded and decoded. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** The Date header; `null` where it is missing or no date. */
  readonly date: Date | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly root: MailPart;
  /** Leaves that are files: those with a name or a Content-ID, and those that no reader shows as text. */
  readonly attachments: readonly MailPart[];
}

/** Shown by the HTML (`cid:`), not a file to take away. */
export function isInlineFile(part: MailPart): boolean {
  return part.contentId !== null && part.disposition !== "attachment";
}

export interface MailGlance {
  /** What a person reads in text, then in HTML, tags and encodings undone: at most the first 64,000 characters. */
  readonly text: string;
  /** How it begins, in one line: at most 250 characters. */
  readonly snippet: string;
  /** Files to take away, and those that the HTML shows by cid. */
  readonly files: { readonly attached: number; readonly inline: number };
}

/** What happened to the catch. `taken` = `kept` + `evicted` + `removed`. */
export interface CaughtCounts {
  /** Mails ever taken since the start. */
  readonly taken: number;
  readonly takenBytes: number;
  readonly kept: number;
  readonly keptBytes: number;
  /** Gone because newer ones needed the room. */
  readonly evicted: number;
  /** Gone because somebody removed them. */
  readonly removed: number;
  readonly unread: number;
  /** Different Message-IDs among all mails ever taken. */
  readonly distinctMessageIds: number;
  /** Mails without a Message-ID; they are not part of the former. */
  readonly withoutMessageId: number;
}

export type CaughtEvent =
  | { readonly type: "taken"; readonly mail: CaughtMail }
  | { readonly type: "changed"; readonly ids: readonly string[] }
  | { readonly type: "removed"; readonly ids: readonly string[] };

/** The catch. Bounded by count and bytes: the oldest go first. */
export interface CaughtMailStore {
  /** Takes a mail that did not come by SMTP. */
  take(envelope: CaughtEnvelope, raw: Buffer): Promise<CaughtMail>;
  /** Newest first. The list is a snapshot. */
  list(): readonly CaughtMail[];
  get(id: string): CaughtMail | undefined;
  /** The bytes exactly as received; `undefined` when the mail is gone. */
  raw(id: string): Promise<Buffer | undefined>;
  /** Parsed when asked for, and kept for a while. `undefined` when the mail is gone. */
  content(id: string): Promise<MailContent | undefined>;
  /** A part's bytes with its transfer encoding undone; `undefined` when there is none of that id. */
  part(id: string, partId: string): Promise<{ readonly part: MailPart; readonly bytes: Buffer } | undefined>;
  /** What lists and searches need of the body, found without parsing all of it. Empty when the mail is gone. */
  glance(id: string): Promise<MailGlance>;
  /** `undefined` removes all. Answers how many were there. */
  remove(ids: readonly string[] | undefined): Promise<number>;
  setRead(ids: readonly string[] | undefined, read: boolean): void;
  setTags(ids: readonly string[], tags: readonly string[]): void;
  counts(): CaughtCounts;
  /** Different Message-IDs among all mails ever taken, not only those kept. */
  distinctMessageIds(): number;
  /** Message-IDs that came more than once, at most the first 1,000. */
  repeatedMessageIds(): readonly string[];
  /** Calls back after each change until the answer is called. */
  watch(listener: (event: CaughtEvent) => void): () => void;
}

/** The catcher's faults as lines, for pages and clients; see docs/catcher.md. */
export interface CatcherFaults {
  lines(): readonly string[];
  /** Replaces all rules. Errors: `InputError` (`catcher-fault`), and nothing is changed. */
  setLines(lines: readonly string[]): void;
  /** How often each kind of fault happened. */
  counts(): Readonly<Record<string, number>>;
}

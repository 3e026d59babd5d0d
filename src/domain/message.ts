/** One recipient's finished mail: the envelope and the exact bytes. */
export interface Message {
  readonly envelope: Envelope;
  /** RFC 5322 with CRLF line ends, signed; no leading dot needs stuffing. */
  readonly bytes: Buffer;
  /** With angle brackets; the same on every try of the same delivery. */
  readonly messageId: string;
}

export interface Envelope {
  /** MAIL FROM: carries the delivery's token, so that a bounce finds its way back. */
  readonly from: string;
  /** RCPT TO: the domain as A-label. */
  readonly to: string;
  /** The local part is not ASCII: only a server that announces SMTPUTF8 may be given it (RFC 6531 section 3.2). */
  readonly needsSmtpUtf8: boolean;
}

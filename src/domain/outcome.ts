/** What the server said, in full: the code, the enhanced code where there is one (RFC 3463), the words. */
export interface SmtpReply {
  readonly code: number;
  readonly enhanced: string | null;
  readonly text: string;
}

/** How far the conversation had come. `body` begins when the body's first byte is asked for. */
export type SmtpPhase = "connect" | "greeting" | "ehlo" | "tls" | "auth" | "mail" | "rcpt" | "data" | "body" | "dot";

/**
 * How one try ended: a value, never an exception.
 * `uncertain` only when no reply came once the body had begun: the server may have taken it.
 */
export type Outcome =
  | { readonly type: "accepted"; readonly reply: SmtpReply; readonly server: string }
  | {
      readonly type: "deferred";
      readonly phase: SmtpPhase;
      readonly reply: SmtpReply | null;
      readonly cause: string;
      readonly server: string;
    }
  | { readonly type: "refused"; readonly phase: SmtpPhase; readonly reply: SmtpReply; readonly server: string }
  | { readonly type: "uncertain"; readonly cause: string; readonly server: string };

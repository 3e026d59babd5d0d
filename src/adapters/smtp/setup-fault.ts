import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { SmtpPhase, SmtpReply } from "../../domain/outcome.ts";
import { parseReplyText } from "./reply.ts";

/** Why a session could not be opened. */
export interface SetupFault {
  readonly phase: SmtpPhase;
  readonly message: string;
  readonly reply: SmtpReply | null;
  /** Our own fault: a wrong password, no TLS where it is required, a certificate that can't be trusted. */
  readonly permanent: boolean;
}

interface SetupState {
  readonly authenticating: boolean;
  readonly implicitTls: boolean;
  readonly connection: Pick<SMTPConnection, "stage" | "upgrading" | "lastServerResponse">;
}

/** What Nodemailer's errors carry; `originalCode` is the system's own (ECONNREFUSED, CERT_HAS_EXPIRED ..). */
interface LibraryError extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  readonly response?: string;
  readonly command?: string;
}

const certificatePattern =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECODE)|ERR_TLS_|ERR_SSL_WRONG_VERSION|^EPROTO$|HOSTNAME_MISMATCH/;

/** Reads phase and guilt out of an error during set-up. The reply decides first, the library's code second. */
export function judgeSetupFault(error: LibraryError, state: SetupState): SetupFault {
  const reply = typeof error.response === "string" ? parseReplyText(error.response) : null;
  const phase = phaseOf(error, state);
  const hint = !reply && hasCertificateFault(error) ? certificateHint : "";
  const message = `${phaseWords[phase] ?? phase} failed${reply ? "" : `: ${wordsOf(error)}`}${hint}`;
  return { phase, message, reply, permanent: isPermanent(phase, reply, error) };
}

const certificateHint = " (for a server of your own: caFile=.., or rejectUnauthorized=false)";

const phaseWords: Partial<Record<SmtpPhase, string>> = {
  connect: "connecting",
  greeting: "the greeting",
  ehlo: "EHLO",
  tls: "TLS",
  auth: "AUTH",
};

function phaseOf(error: LibraryError, state: SetupState): SmtpPhase {
  if (state.authenticating) return "auth";
  if (error.code === "ETLS" || state.connection.upgrading || hasCertificateFault(error)) return "tls";
  if (state.connection.stage === "init") return "connect";
  if (error.command === "EHLO" || error.command === "HELO") return "ehlo";
  const heard = state.connection.lastServerResponse;
  return heard === false || !heard.startsWith("220") ? greetingOr(error, heard) : "ehlo";
}

/** Anything heard before a 220 is the greeting; a 2xx after it was the answer to EHLO. */
function greetingOr(error: LibraryError, heard: string | false): SmtpPhase {
  return heard !== false && heard.startsWith("2") && error.response === undefined ? "ehlo" : "greeting";
}

function hasCertificateFault(error: LibraryError): boolean {
  return certificatePattern.test(error.originalCode ?? error.code ?? "");
}

function isPermanent(phase: SmtpPhase, reply: SmtpReply | null, error: LibraryError): boolean {
  if (reply) return (phase === "auth" || phase === "tls") && reply.code >= 500;
  return phase === "tls" && hasCertificateFault(error);
}

/** Nodemailer puts the reply at the end of its message; with a system error the code says more than the words. */
function wordsOf(error: LibraryError): string {
  const code = error.originalCode ?? "";
  return code !== "" && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}

/** Writes the report that a receiving server sends when it could not deliver after all (RFC 3464 in RFC 6522). */
import type { CaughtMail } from "../../domain/caught-mail.ts";
import { readHeaderText } from "./header-scan.ts";
import { formatMailDate, reporterDomain } from "./report-words.ts";

export interface FailedRecipient {
  readonly recipient: string;
  /** RFC 3463, for example 5.1.1. */
  readonly status: string;
}

/** RET=FULL returns the mail, but not a large one: reports are not for moving attachments. */
const returnedBytesMax = 100_000;

/** What receivers say beside the status. */
const diagnostics: Readonly<Record<string, string>> = {
  "5.1.1": "550 5.1.1 The email account that you tried to reach does not exist",
  "5.2.2": "552 5.2.2 The recipient's mailbox is full",
  "5.7.1": "554 5.7.1 Message rejected for policy reasons",
  "4.4.7": "450 4.4.7 Delivery time expired",
};

/** Those of `failed` who may be reported: nobody for the null sender (RFC 3464 section 2), not after NOTIFY=NEVER. */
export function reportable(mail: CaughtMail, failed: readonly FailedRecipient[]): FailedRecipient[] {
  if (mail.envelope.from === "") return [];
  return failed.filter(({ recipient }) => {
    const notify = mail.envelope.to.find((entry) => entry.address === recipient)?.notify ?? [];
    return notify.length === 0 || notify.includes("FAILURE");
  });
}

/** The report's bytes, CRLF line ends. Deterministic but for `now`. */
export function writeBounceReport(
  mail: CaughtMail,
  raw: Buffer,
  failed: readonly FailedRecipient[],
  now: Date,
): Buffer {
  const boundary = `report-${mail.id}`;
  const isFull = mail.envelope.returnBody === "FULL" && raw.length <= returnedBytesMax;
  const head = [
    `From: Mail Delivery Subsystem <mailer-daemon@${reporterDomain}>`,
    `To: <${mail.envelope.from}>`,
    "Subject: Delivery Status Notification (Failure)",
    `Date: ${formatMailDate(now)}`,
    `Message-ID: <report.${mail.id}@${reporterDomain}>`,
    ...(mail.messageId === "" ? [] : [`In-Reply-To: <${mail.messageId}>`]),
    "Auto-Submitted: auto-replied",
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "Your message could not be delivered to:",
    "",
    ...failed.map(({ recipient, status }) => `  ${recipient} (${diagnosticOf(status)})`),
    "",
    `--${boundary}`,
    "Content-Type: message/delivery-status",
    "",
    `Reporting-MTA: dns; ${reporterDomain}`,
    `Arrival-Date: ${formatMailDate(mail.arrivedAt)}`,
    ...(mail.envelope.envelopeId === null ? [] : [`Original-Envelope-Id: ${mail.envelope.envelopeId}`]),
    "",
    ...failed.flatMap((entry) => [...recipientFields(mail, entry), ""]),
    `--${boundary}`,
    `Content-Type: ${isFull ? "message/rfc822" : "text/rfc822-headers"}`,
    ...(isFull ? ["Content-Transfer-Encoding: 8bit"] : []),
    "",
  ];
  const returned = isFull ? raw : Buffer.from(readHeaderText(raw));
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n`), returned, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function recipientFields(mail: CaughtMail, { recipient, status }: FailedRecipient): string[] {
  const original = mail.envelope.to.find((entry) => entry.address === recipient)?.originalRecipient;
  return [
    ...(original ? [`Original-Recipient: ${original}`] : []),
    `Final-Recipient: rfc822; ${recipient}`,
    "Action: failed",
    `Status: ${status}`,
    `Remote-MTA: dns; ${reporterDomain}`,
    `Diagnostic-Code: smtp; ${diagnosticOf(status)}`,
  ];
}

function diagnosticOf(status: string): string {
  return diagnostics[status] ?? `${status.startsWith("4") ? 450 : 550} ${status} Delivery failed`;
}

/** Writes what a mailbox provider sends when a reader presses "spam" (RFC 5965, the abuse reporting format). */
import type { CaughtMail } from "../../domain/caught-mail.ts";
import { readAddresses, readHeaderFields, readHeaderText } from "./header-scan.ts";
import { formatMailDate, reporterDomain } from "./report-words.ts";

/** Where the sender wants complaints: CFBL-Address (RFC 9477), else the envelope sender; `undefined` for the null sender. */
export function complaintAddress(mail: CaughtMail): string | undefined {
  const field = readHeaderFields(mail.headerText).find(({ name }) => name.toLowerCase() === "cfbl-address");
  const [asked] = readAddresses((field?.value ?? "").split(";")[0] ?? "");
  return asked?.address || mail.envelope.from || undefined;
}

/** The report's bytes, CRLF line ends. It returns the header only, as most providers do. */
export function writeComplaintReport(mail: CaughtMail, raw: Buffer, recipient: string, to: string, now: Date): Buffer {
  const boundary = `complaint-${mail.id}`;
  const lines = [
    `From: Complaints <complaints@${reporterDomain}>`,
    `To: <${to}>`,
    `Subject: Complaint about ${mail.messageId === "" ? "a message" : `message <${mail.messageId}>`}`,
    `Date: ${formatMailDate(now)}`,
    `Message-ID: <complaint.${mail.id}@${reporterDomain}>`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=feedback-report; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "A reader of yours called this message spam.",
    "",
    `--${boundary}`,
    "Content-Type: message/feedback-report",
    "",
    "Feedback-Type: abuse",
    "User-Agent: Broadsheet-Catcher/1.0",
    "Version: 1",
    `Original-Mail-From: <${mail.envelope.from}>`,
    `Original-Rcpt-To: <${recipient}>`,
    `Arrival-Date: ${formatMailDate(mail.arrivedAt)}`,
    `Reporting-MTA: dns; ${reporterDomain}`,
    "",
    `--${boundary}`,
    "Content-Type: text/rfc822-headers",
    "",
  ];
  const end = `\r\n--${boundary}--\r\n`;
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n`), Buffer.from(readHeaderText(raw)), Buffer.from(end)]);
}

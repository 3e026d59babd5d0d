/** Small mails in the form that mail systems give them, for tests of reading. All names are samples. */

export const reader = "reader@example.net";
export const sender = "news@list.example.com";

export interface ReportMail {
  readonly subject: string;
  readonly from?: string;
  readonly returnPath?: string;
  /** More header lines. */
  readonly header?: readonly string[];
  readonly body: string;
}

/** A mail of a mail system, plain text, LF line ends. */
export function writeReportMail(mail: ReportMail): Buffer {
  const header = [
    `Return-Path: ${mail.returnPath ?? "<>"}`,
    `From: ${mail.from ?? "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.org>"}`,
    `To: ${sender}`,
    `Subject: ${mail.subject}`,
    ...(mail.header ?? []),
  ];
  return Buffer.from(`${header.join("\n")}\n\n${mail.body}`, "utf8");
}

/** `multipart/report` with a text, a status part and the header of the returned message. */
export function writeStatusMail(
  status: string,
  options: { text?: string; header?: readonly string[]; returned?: string } = {},
): Buffer {
  return writeReportMail({
    subject: "Undelivered Mail Returned to Sender",
    header: [
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
      ...(options.header ?? []),
    ],
    body: [
      "--b1",
      "Content-Type: text/plain; charset=us-ascii",
      "",
      options.text ?? "I'm sorry to have to inform you that your message could not be delivered.",
      "",
      "--b1",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example.org",
      "",
      status,
      "",
      "--b1",
      "Content-Type: text/rfc822-headers",
      "",
      options.returned ??
        `Return-Path: <${sender}>\nMessage-ID: <1.2@list.example.com>\nFrom: ${sender}\nTo: ${reader}`,
      "",
      "--b1--",
      "",
    ].join("\n"),
  });
}

/** How most systems return the message below their notice. */
export const returnedHeader = `Received: from list.example.com\nReturn-Path: <${sender}>\nMessage-ID: <1.2@list.example.com>\nFrom: ${sender}\nTo: ${reader}\nSubject: Hello\n\nBody\n`;

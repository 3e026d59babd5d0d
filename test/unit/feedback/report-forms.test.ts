import { describe, expect, it, test } from "vitest";
import { readReport } from "../../../src/feedback/read-report.ts";
import type { Report } from "../../../src/feedback/report.ts";
import { reader, sender, writeReportMail } from "./report-mail.ts";

/*
 * One report, written in the many ways in which mail systems and the gateways behind them write it. What it says must not
 * depend on the way.
 */

interface Part {
  readonly type: string;
  readonly encoding?: string;
  readonly body: string;
}

const notice: Part = {
  type: "text/plain; charset=utf-8",
  body: `This is the mail system at host mx.example.org.\n\n<${reader}>: host mx.example.net[192.0.2.1] said: 550 User unknown (in reply to RCPT TO command)\n`,
};
const status: Part = {
  type: "message/delivery-status",
  body: `Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 <${reader}>: User unknown in the table of local recipients of this host\n`,
};
const returned: Part = {
  type: "message/rfc822",
  body: `Return-Path: <${sender}>\nMessage-ID: <1.2@list.example.com>\nFrom: ${sender}\nTo: ${reader}\nSubject: Hello\n\nBody\n`,
};

function writeParts(parts: readonly Part[]): Buffer {
  const written = parts.map(
    ({ type, encoding, body }) =>
      `--b1\nContent-Type: ${type}\n${encoding ? `Content-Transfer-Encoding: ${encoding}\n` : ""}\n${body}\n`,
  );
  return writeReportMail({
    subject: "Undelivered Mail Returned to Sender",
    header: ["MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"'],
    body: `This is a MIME-encapsulated message.\n\n${written.join("")}--b1--\n`,
  });
}

function encodeBase64(part: Part): Part {
  const encoded = Buffer.from(part.body, "utf8").toString("base64");
  return { ...part, encoding: "base64", body: encoded.replace(/.{76}/g, "$&\n") };
}

/** Soft breaks right after white space, where a decoder that trims joins two words. */
function encodeQuotedPrintable(part: Part): Part {
  const escaped = part.body.replace(/=/g, "=3D");
  return { ...part, encoding: "Quoted-Printable", body: escaped.replace(/\S{1,30} \S{1,30} /g, "$&=\n") };
}

function foldFields(part: Part, width: number, indent: string): Part {
  const fold = (line: string) =>
    line.replace(new RegExp(`(.{${width},}?) (?=.)`, "g"), (_whole, before: string) => `${before}\n${indent}`);
  return { ...part, body: part.body.split("\n").map(fold).join("\n") };
}

function summarise(report: Report): unknown[] {
  const { kind, aboutMessageId } = report;
  return [kind, aboutMessageId, ...report.findings.map((finding) => [finding.kind, finding.status, finding.recipient])];
}

const usual = summarise(readReport(writeParts([notice, status, returned])));

describe("a report says the same", () => {
  const forms: Record<string, readonly Part[]> = {
    "with its words in base64": [encodeBase64(notice), status, returned],
    "with its words in quoted-printable": [encodeQuotedPrintable(notice), status, returned],
    "with its status part in base64": [notice, encodeBase64(status), returned],
    "with its status part in quoted-printable": [notice, encodeQuotedPrintable(status), returned],
    "with the returned message in base64": [notice, status, encodeBase64(returned)],
    "with everything in base64": [encodeBase64(notice), encodeBase64(status), encodeBase64(returned)],
    "with its parts in the reverse order": [returned, status, notice],
    "with the returned message first": [returned, notice, status],
    "folded narrowly": [notice, foldFields(status, 20, " "), returned],
    "folded with tabs": [notice, foldFields(status, 40, "\t"), returned],
    "with its fields in capitals": [
      notice,
      { ...status, body: status.body.replace(/^[\w-]+:/gm, (name) => `${name.slice(0, -1).toUpperCase()} :`) },
      returned,
    ],
    "with white space after every line": [
      { ...notice, body: notice.body.replace(/\n/g, " \n") },
      { ...status, body: status.body.replace(/\n/g, "\t\n") },
      returned,
    ],
  };

  test.each(Object.entries(forms))("%s, and with any line ends", (_, parts) => {
    const text = writeParts(parts).toString("utf8");
    expect(usual).toEqual(["bounce", "1.2@list.example.com", ["hard", "5.0.0", reader]]);
    for (const end of ["\n", "\r\n", "\r"]) {
      expect(summarise(readReport(Buffer.from(text.replace(/\n/g, end))))).toEqual(usual);
    }
  });

  test.each([
    ["German", "Diese Nachricht wurde vom Mailsystem erzeugt. Ihre Nachricht konnte nicht zugestellt werden."],
    ["French", "Votre message n'a pas pu être remis à un ou plusieurs destinataires."],
    ["Spanish", "Su mensaje no se pudo entregar a uno o más destinatarios."],
    ["Japanese", "以下の宛先へのメールを配送できませんでした。"],
    ["Russian", "Ваше сообщение не было доставлено."],
  ])("with the words for people in %s", (_, words) => {
    const body = `${words}\n\n<${reader}>: host mx.example.net[192.0.2.1] said: 550 User unknown (in reply to RCPT TO command)\n`;
    expect(summarise(readReport(writeParts([{ ...notice, body }, status, returned])))).toEqual(usual);
  });
});

describe("the code of a report", () => {
  const read = (diagnostic: string, stated: string, text = "") =>
    readReport(
      writeParts([
        { ...notice, body: `<${reader}>: ${text}\n` },
        {
          ...status,
          body: `Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: ${stated}\nDiagnostic-Code: smtp; ${diagnostic}\n`,
        },
      ]),
    ).findings[0];

  it("stands at the reply's end where qmail wrote it", () => {
    expect(read("553 sorry, that is against our rules (#5.7.1)", "5.1.3")).toMatchObject({
      status: "5.7.1",
      kind: "policy",
    });
  });

  it("is not taken from another try that failed otherwise", () => {
    expect(
      read("554 This account has been disabled", "5.0.0", "451 4.4.1 reply: read error from mx2.example.net"),
    ).toMatchObject({ status: "5.0.0", kind: "soft" });
  });

  it("is the Status field's where a host refused to talk at all", () => {
    expect(read("554 no mail from you", "4.0.0", "host mx.example.net refused to talk to me: 554 no")).toMatchObject({
      status: "4.0.0",
      kind: "policy",
    });
  });
});

describe("who a report is about", () => {
  const read = (body: string) =>
    readReport(writeReportMail({ subject: "Undelivered mail", body })).findings.map((finding) => finding.recipient);

  it("is a whole address, not the end of a word", () => {
    expect(read("The mail for userunknown@example.net could not be delivered.\n")).toEqual(["userunknown@example.net"]);
    expect(read("Sorry, it failed: a mail to address@example.net was not delivered.\n")).toEqual([
      "address@example.net",
    ]);
  });

  it("is at the margin; what Postfix wraps is part of what the server said", () => {
    const body = `<${reader}>: host mx.example.net[192.0.2.1] said: 550 5.1.1\n    <bounce@other.example>: unauthorized sender (in reply to RCPT TO\n    command)\n`;
    const report = readReport(writeReportMail({ subject: "Undelivered Mail Returned to Sender", body }));
    expect(report.findings.map((finding) => [finding.kind, finding.recipient])).toEqual([["policy", reader]]);
  });

  it("is what we sent to, even where that is no address", () => {
    const body = "Final-Recipient: rfc822; reader@#example.net\nAction: failed\nStatus: 5.1.2\n";
    expect(readReport(writeParts([notice, { ...status, body }])).findings[0]).toMatchObject({
      kind: "hard",
      recipient: "reader@#example.net",
    });
  });
});

describe("a report that a person forwards", () => {
  const quoted = [
    "From: Mail Delivery Subsystem <MAILER-DAEMON>",
    `To: <${sender}>`,
    "Subject: Returned mail: see transcript for details",
    "",
    "   ----- Transcript of session follows -----",
    ">>> RCPT To:<reader@example.net>",
    "<<< 550 5.1.1 User unknown",
    "Reporting-MTA: dns; mx.example.org",
    "",
    `Final-Recipient: RFC822; ${reader}`,
    "Action: failed",
    "Status: 5.1.1",
    "",
    `Return-Path: <${sender}>`,
    "Message-ID: <1.2@list.example.com>",
    `From: ${sender}`,
    `To: ${reader}`,
    "Subject: Hello",
  ];
  const write = (subject: string) =>
    writeReportMail({
      subject,
      from: "An Editor <editor@example.com>",
      returnPath: "<editor@example.com>",
      body: `What is this?\n\n${quoted.map((line) => `> ${line}`.trimEnd()).join("\n")}\n`,
    });

  it("is read, and her mail stays an answer", () => {
    const report = readReport(write("Fwd: Returned mail: see transcript for details"));
    expect(summarise(report)).toEqual(["reply", "1.2@list.example.com", ["hard", "5.1.1", reader]]);
  });

  it("says nothing where she answers it", () => {
    expect(readReport(write("Re: Returned mail: see transcript for details")).findings).toEqual([]);
  });
});

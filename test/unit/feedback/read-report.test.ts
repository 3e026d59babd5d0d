import { describe, expect, it, test } from "vitest";
import { encodeVerp } from "../../../src/domain/verp.ts";
import { identifyDelivery } from "../../../src/feedback/identify-delivery.ts";
import { readReport } from "../../../src/feedback/read-report.ts";
import { reader, returnedHeader, sender, writeReportMail, writeStatusMail } from "./report-mail.ts";

const key = Buffer.alloc(32, 7);

describe("reports with a status part (RFC 3464)", () => {
  it("say one thing for each recipient, in the report's order", () => {
    const report = readReport(
      writeStatusMail(
        [
          `Final-Recipient: rfc822; ${reader}`,
          "Action: FAILED",
          "Status: 5.1.1 (bad destination mailbox)",
          "Diagnostic-Code: smtp; 550 5.1.1",
          " User unknown",
          "",
          "Original-Recipient: rfc822; full@example.net",
          "Final-Recipient: rfc822; full@mailbox.example.net",
          "Action: failed",
          "Status: 5.2.2",
          "",
          "Final-Recipient: rfc822; slow@example.net",
          "Action: delayed",
          "Status: 4.4.1",
          "Will-Retry-Until: Thu, 1 Jan 2026 00:00:00 +0000",
          "",
          "Final-Recipient: rfc822; fine@example.net",
          "Action: relayed",
          "Status: 2.0.0",
        ].join("\n"),
      ),
    );
    expect(report.findings.map((finding) => [finding.kind, finding.hard, finding.recipient, finding.status])).toEqual([
      ["hard", true, reader, "5.1.1"],
      ["full", false, "full@mailbox.example.net", "5.2.2"],
      ["delayed", false, "slow@example.net", "4.4.1"],
      ["delivered", false, "fine@example.net", "2.0.0"],
    ]);
    expect(report.findings[0]?.diagnostic).toBe("550 5.1.1 User unknown");
    expect(report.findings.map((finding) => finding.action)).toEqual(["failed", "failed", "delayed", "relayed"]);
  });

  it("never call a delayed mailbox hard, whatever the code", () => {
    const report = readReport(writeStatusMail(`Final-Recipient: rfc822; ${reader}\nAction: delayed\nStatus: 5.1.1`));
    expect(report.findings[0]).toMatchObject({ kind: "delayed", hard: false });
  });

  it("may be international (RFC 6533)", () => {
    const raw = writeStatusMail(
      "Final-Recipient: utf-8; d\\x{F8}mi@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no",
    ).toString("utf8");
    const report = readReport(Buffer.from(raw.replace("message/delivery-status", "message/global-delivery-status")));
    expect(report.findings[0]).toMatchObject({ kind: "hard", recipient: "dømi@example.net" });
  });

  it("name the alias that we wrote where the final address is a route or a program", () => {
    const finals = ["@smtp.example.net:reader@server", "|/usr/bin/filter reader", "/var/mail/reader"];
    for (const final of finals) {
      const report = readReport(
        writeStatusMail(
          `Original-Recipient: rfc822;${reader}\nFinal-Recipient: rfc822; ${final}\nAction: failed\nStatus: 5.2.0`,
        ),
      );
      expect(report.findings[0]?.recipient, final).toBe(reader);
    }
  });

  it("prefer the code beside the reply to the Status field", () => {
    const report = readReport(
      writeStatusMail(
        `Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 552 5.2.2 Over quota`,
      ),
    );
    expect(report.findings[0]).toMatchObject({ kind: "full", status: "5.2.2" });
  });

  it("take the phase and the reason from the words beside them", () => {
    const status = `Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 User unknown`;
    const after = (command: string) =>
      writeStatusMail(status, {
        text: `<${reader}>: host mx.example.net[192.0.2.1] said: 550 User unknown (in reply\n    to ${command} command)`,
      });
    expect(readReport(after("RCPT TO")).findings[0]?.kind).toBe("hard");
    expect(readReport(after("end of DATA")).findings[0]?.kind).toBe("soft");
  });

  it("are read where the status part lost its MIME", () => {
    const report = readReport(
      writeReportMail({
        subject: "Undelivered Mail Returned to Sender",
        body: `Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1\n\n${returnedHeader}`,
      }),
    );
    expect(report.findings).toMatchObject([{ kind: "hard", recipient: reader, status: "5.1.1" }]);
  });

  it("call a local program's trouble soft, but its exit code for no such user hard", () => {
    const status = (diagnostic: string) =>
      writeStatusMail(
        `Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: x-unix; ${diagnostic}`,
      );
    expect(readReport(status('procmail: Couldn\'t create "/var/spool/mail/a"')).findings[0]?.kind).toBe("soft");
    expect(readReport(status("67")).findings[0]?.kind).toBe("hard");
  });

  it("end as hard when the server called the mailbox unknown until the mail system gave up", () => {
    const status = (action: string) =>
      writeStatusMail(
        `Final-Recipient: rfc822; ${reader}\nAction: ${action}\nStatus: 4.1.1\nDiagnostic-Code: smtp; 450 4.1.1 <${reader}>: User unknown`,
      );
    expect(readReport(status("failed")).findings[0]).toMatchObject({ kind: "hard", status: "4.1.1" });
    expect(readReport(status("delayed")).findings[0]?.kind).toBe("delayed");
  });

  it("are found inside a gateway's own mail", () => {
    const inner = writeStatusMail(`Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1`).toString("utf8");
    const report = readReport(
      writeReportMail({
        subject: "Returned mail",
        header: ['Content-Type: multipart/mixed; boundary="outer"'],
        body: `--outer\nContent-Type: message/rfc822\n\n${inner}\n--outer--\n`,
      }),
    );
    expect(report.findings).toMatchObject([{ kind: "hard", recipient: reader }]);
    expect(report.aboutMessageId).toBe("1.2@list.example.com");
  });
});

describe("complaints (RFC 5965)", () => {
  const writeComplaint = (
    fields: string,
    returned = `From: ${sender}\nTo: ${reader}\nMessage-ID: <9@list.example.com>`,
  ) =>
    writeReportMail({
      subject: "Abuse report",
      from: "fbl@provider.example",
      returnPath: "<fbl@provider.example>",
      header: ['Content-Type: multipart/report; report-type=feedback-report; boundary="b"'],
      body: `--b\nContent-Type: text/plain\n\nThis is an abuse report.\n\n--b\nContent-Type: message/feedback-report\n\n${fields}\n\n--b\nContent-Type: message/rfc822\n\n${returned}\n\nBody\n--b--\n`,
    });

  it("name the reader and the message", () => {
    const report = readReport(
      writeComplaint(`Feedback-Type: abuse\nUser-Agent: Feeder/1\nVersion: 1\nOriginal-Rcpt-To: <${reader}>`),
    );
    expect(report.kind).toBe("complaint");
    expect(report.aboutMessageId).toBe("9@list.example.com");
    expect(report.findings).toMatchObject([
      { kind: "complaint", hard: false, recipient: reader, status: null, action: "abuse", reason: null },
    ]);
  });

  it("find the reader in the returned message where the provider says no more", () => {
    expect(readReport(writeComplaint("Feedback-Type: abuse\nVersion: 1")).findings[0]?.recipient).toBe(reader);
    expect(readReport(writeComplaint("Feedback-Type: abuse", "REDACTED")).findings).toMatchObject([
      { kind: "complaint", recipient: null },
    ]);
  });

  it("are not made of what is no complaint by a reader", () => {
    expect(readReport(writeComplaint("Feedback-Type: auth-failure\nAuth-Failure: dmarc")).findings[0]?.kind).toBe(
      "policy",
    );
    expect(readReport(writeComplaint("Feedback-Type: not-spam")).findings[0]?.kind).toBe("unknown");
    expect(readReport(writeComplaint("Feedback-Type: opt-out")).findings[0]?.kind).toBe("complaint");
  });

  it("come from Outlook.com in a form of its own", () => {
    const report = readReport(
      writeReportMail({
        subject: "complaint about message from 192.0.2.1",
        from: "staff@hotmail.com",
        returnPath: "<staff@hotmail.com>",
        header: ['Content-Type: multipart/mixed; boundary="b"'],
        body: `--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: reader@hotmail.com\nFrom: ${sender}\nMessage-ID: <9@list.example.com>\n\nBody\n--b--\n`,
      }),
    );
    expect(report.findings).toMatchObject([{ kind: "complaint", recipient: "reader@hotmail.com" }]);
  });
});

describe("answers", () => {
  const person = { from: `A Reader <${reader}>`, returnPath: `<${reader}>` };

  test.each([
    ["Automatic reply: Hello", []],
    ["Abwesenheitsnotiz: Hello", []],
    ["Réponse automatique : Hello", []],
    ["=?utf-8?B?6Ieq5YuV5b+c562U?=: Hello", []],
    ["Re: Hello", ["Auto-Submitted: auto-replied (vacation)"]],
    ["Re: Hello", ["X-Autoreply: yes"]],
    ["Re: Hello", ["Precedence: auto_reply"]],
  ])("of a person's program are no bounce: %s %j", (subject, header) => {
    const body =
      "My mailbox is full of work, user unknown to me: 550 5.1.1 <x@example.net> does not exist. Back on Monday.\n";
    const report = readReport(writeReportMail({ ...person, subject, header, body }));
    expect(report.kind).toBe("auto-reply");
    expect(report.findings).toMatchObject([{ kind: "auto-reply", hard: false, recipient: reader, status: null }]);
  });

  it("of a person's mail program are no bounce either (RFC 8098)", () => {
    const body = `--b\nContent-Type: text/plain\n\nYour message was displayed.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;${reader}\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--\n`;
    const header = ['Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'];
    expect(readReport(writeReportMail({ ...person, subject: "Read: Hello", header, body })).kind).toBe("auto-reply");
  });

  it("by people are told apart, and say nothing about anybody unless they answer us", () => {
    const mail = writeReportMail({
      ...person,
      subject: "Re: Undelivered Mail Returned to Sender",
      header: ["In-Reply-To: <1.2@list.example.com>"],
      body: "Why do I get this? 550 user unknown\n",
    });
    expect(readReport(mail)).toMatchObject({ kind: "reply", findings: [], aboutMessageId: "1.2@list.example.com" });
    const known = readReport(mail, { identify: () => ({ campaign: 3, number: 4, trust: "message-id" }) });
    expect(known.findings).toMatchObject([{ kind: "reply", recipient: reader, campaign: 3, delivery: "3.4" }]);
  });

  it("of programs that say nothing we understand are kept without a finding", () => {
    const report = readReport(
      writeReportMail({
        subject: "Monthly statistics",
        header: ["Auto-Submitted: auto-generated"],
        body: "All is well.\n",
      }),
    );
    expect(report).toMatchObject({ kind: "unknown", findings: [] });
  });

  it("with a whole bounce attached by a person are the person's", () => {
    const inner = writeStatusMail(`Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1`).toString("utf8");
    const report = readReport(
      writeReportMail({
        ...person,
        subject: "look what I got",
        header: ['Content-Type: multipart/mixed; boundary="outer"'],
        body: `--outer\nContent-Type: text/plain\n\nsee below\n--outer\nContent-Type: message/rfc822\n\n${inner}\n--outer--\n`,
      }),
    );
    expect(report).toMatchObject({ kind: "reply", findings: [] });
  });
});

describe("whose delivery it is", () => {
  const delivery = { campaign: 12, number: 345 };
  const status = `Final-Recipient: rfc822; ${reader}\nAction: failed\nStatus: 5.1.1`;
  const readMessageId = (id: string) => (id === "1.2@list.example.com" ? { campaign: 12, number: 345 } : null);
  const context = (...envelopeRecipients: string[]) => ({
    envelopeRecipients,
    identify: (parsed: Parameters<typeof identifyDelivery>[0]) =>
      identifyDelivery(parsed, { verpKeys: [key], readMessageId }),
  });

  it("is told by the token in the address that the report came to, in any case", () => {
    const path = `${encodeVerp(delivery, [key])}@list.example.com`;
    for (const address of [path, path.toUpperCase()]) {
      expect(readReport(writeStatusMail(status), context(address)).findings[0]).toMatchObject({
        campaign: 12,
        delivery: "12.345",
        trust: "token",
      });
    }
  });

  it("is told by the token in the returned message's return path", () => {
    const returned = `Return-Path: <${encodeVerp(delivery, [key])}@list.example.com>\nMessage-ID: <other@list.example.com>`;
    expect(readReport(writeStatusMail(status, { returned }), context()).findings[0]).toMatchObject({ trust: "token" });
  });

  it("is told by the Message-ID where there is no token", () => {
    expect(readReport(writeStatusMail(status), context()).findings[0]).toMatchObject({
      delivery: "12.345",
      trust: "message-id",
    });
  });

  it("is nobody's when a token is forged, whatever else the report names", () => {
    const forged = `${encodeVerp(delivery, [Buffer.alloc(32, 8)])}@list.example.com`;
    expect(readReport(writeStatusMail(status), context(forged)).findings[0]).toMatchObject({
      kind: "hard",
      campaign: null,
      delivery: null,
      trust: null,
    });
  });

  it("is nobody's when only a recipient is named", () => {
    const returned = `From: ${sender}\nTo: ${reader}`;
    expect(readReport(writeStatusMail(status, { returned }), context()).findings[0]).toMatchObject({
      delivery: null,
      trust: null,
    });
  });
});

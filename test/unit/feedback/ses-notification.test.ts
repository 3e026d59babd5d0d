import { describe, expect, it, test } from "vitest";
import { readReport } from "../../../src/feedback/read-report.ts";
import { readSesNotification } from "../../../src/feedback/ses-notification.ts";
import { reader } from "./report-mail.ts";

const mail = {
  source: "bounce+1.2.x@list.example.com",
  messageId: "0100-ses",
  destination: [reader],
  headers: [{ name: "Message-ID", value: "<1.2@list.example.com>" }],
};
const bounce = (bounceType: string, bounceSubType: string, recipient: object) => ({
  notificationType: "Bounce",
  bounce: { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: reader, action: "failed", ...recipient }] },
  mail,
});

describe("notifications of Amazon SES", () => {
  test.each([
    [
      "hard",
      "5.1.1",
      bounce("Permanent", "General", { status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 user unknown" }),
    ],
    ["hard", "5.0.0", bounce("Permanent", "NoEmail", {})],
    ["full", "4.0.0", bounce("Transient", "MailboxFull", {})],
    ["soft", "4.0.0", bounce("Transient", "General", {})],
    [
      "policy",
      "5.7.1",
      bounce("Permanent", "General", {
        status: "5.7.1",
        diagnosticCode: "smtp; 554 5.7.1 blocked using zen.spamhaus.org",
      }),
    ],
    [
      "delivered",
      "2.6.0",
      { eventType: "Delivery", delivery: { recipients: [reader], smtpResponse: "250 2.6.0 Message received" }, mail },
    ],
    [
      "delayed",
      "4.4.1",
      {
        eventType: "DeliveryDelay",
        deliveryDelay: { delayedRecipients: [{ emailAddress: reader, status: "4.4.1" }] },
        mail,
      },
    ],
    [
      "complaint",
      null,
      {
        notificationType: "Complaint",
        complaint: { complainedRecipients: [{ emailAddress: reader }], complaintFeedbackType: "abuse" },
        mail,
      },
    ],
  ])("%s, %s", (kind, status, notification) => {
    const plain = readSesNotification(JSON.stringify(notification));
    expect(plain?.drafts).toMatchObject([{ kind, status, recipient: reader }]);
    expect(plain).toMatchObject({ messageId: "1.2@list.example.com", returnPaths: [mail.source] });
    expect(
      readSesNotification(JSON.stringify({ Type: "Notification", Message: JSON.stringify(notification) })),
    ).toEqual(plain);
  });

  it("come by mail too, with a footer below and lines broken on the way", () => {
    const body = JSON.stringify(bounce("Permanent", "General", { status: "5.1.1" })).replace(/(.{200})/g, "$1\n");
    const raw = `From: no-reply@sns.amazonaws.com\nTo: feedback@list.example.com\nSubject: AWS Notification Message\n\n${body}\n\n--\nIf you wish to stop {"receiving"}\n`;
    const report = readReport(Buffer.from(raw), {
      identify: (parsed) => (parsed.returnPaths[0] === mail.source ? { campaign: 1, number: 2, trust: "token" } : null),
    });
    expect(report).toMatchObject({ kind: "bounce", aboutMessageId: "1.2@list.example.com" });
    expect(report.findings).toMatchObject([{ kind: "hard", recipient: reader, delivery: "1.2" }]);
  });

  test.each([
    "",
    "{",
    "{}",
    '{"Type":"Notification","Message":"x"}',
    '{"notificationType":"Bounce"}',
    '{"notificationType":"Bounce","bounce":{"bouncedRecipients":7}}',
    '{"eventType":"Open","mail":{}}',
    '{"Type":"SubscriptionConfirmation","Message":"{"}',
  ])("%s is none", (text) => {
    expect(readSesNotification(text)).toBeNull();
  });
});

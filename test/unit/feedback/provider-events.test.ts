import { describe, expect, it } from "vitest";
import { readMailgunEvent } from "../../../src/feedback/mailgun-event.ts";
import { readPostmarkEvent } from "../../../src/feedback/postmark-event.ts";
import { readSendgridEvent } from "../../../src/feedback/sendgrid-event.ts";

const kindOf = (event: { draft: { kind: string } } | null) => event?.draft.kind ?? null;

describe("Postmark's events", () => {
  const bounce = (Type: string, Details: string) =>
    kindOf(readPostmarkEvent({ RecordType: "Bounce", ID: 1, Type, Email: "x@example.net", Details }));

  it.each([
    ["HardBounce", "smtp;550 5.1.1 user unknown", "hard"],
    ["HardBounce", "", "hard"],
    // The type is Postmark's guess; what the server said is believed before it.
    ["HardBounce", "smtp;550 5.7.1 blocked because of SPF", "policy"],
    ["HardBounce", "smtp;552 5.2.2 mailbox full", "full"],
    ["SoftBounce", "smtp;552 5.2.2 mailbox full", "full"],
    ["Transient", "smtp;450 4.2.0 try again later", "delayed"],
    ["SpamNotification", "smtp;550 message refused", "policy"],
    ["Blocked", "smtp;550 refused", "policy"],
    ["AutoResponder", "I am away", "auto-reply"],
    ["ManuallyDeactivated", "", "unknown"],
  ])("a %s that says %j is %s", (type, details, kind) => {
    expect(bounce(type, details)).toBe(kind);
  });

  it("names the delivery by our mark, and only by one of its form", () => {
    const event = { RecordType: "SpamComplaint", ID: 7, Email: "x@example.net" };
    expect(readPostmarkEvent({ ...event, Metadata: { delivery: "12.345" } })).toMatchObject({
      mark: "12.345",
      id: "SpamComplaint:7",
      draft: { kind: "complaint", recipient: "x@example.net" },
    });
    for (const delivery of ["12", "0.1", "12.345.6", "a.b", 12, null])
      expect(readPostmarkEvent({ ...event, Metadata: { delivery } })?.mark).toBeNull();
  });
});

describe("SendGrid's events", () => {
  it.each([
    [{ event: "bounce", type: "bounce", status: "5.1.1", reason: "550 5.1.1 User unknown" }, "hard"],
    [{ event: "bounce", type: "blocked", status: "5.1.1", reason: "550 5.1.1 User unknown" }, "soft"],
    [{ event: "bounce", type: "blocked", status: "5.7.1", reason: "550 5.7.1 spam" }, "policy"],
    [{ event: "deferred", response: "450 4.2.0 busy" }, "delayed"],
    [{ event: "delivered", response: "250 ok" }, "delivered"],
    [{ event: "spamreport" }, "complaint"],
    [{ event: "dropped", reason: "Bounced Address" }, "unknown"],
    [{ event: "open" }, null],
  ])("%j is %s", (event, kind) => {
    expect(kindOf(readSendgridEvent({ email: "x@example.net", ...event }))).toBe(kind);
  });
});

describe("Mailgun's events", () => {
  const failed = (status: object, changes: object = {}) =>
    kindOf(
      readMailgunEvent({
        "event-data": {
          event: "failed",
          severity: "permanent",
          recipient: "x@example.net",
          "delivery-status": status,
          ...changes,
        },
      }),
    );

  it("are judged by what the server said", () => {
    expect(failed({ code: 550, message: "5.1.1 no such user" })).toBe("hard");
    expect(failed({ code: 550, message: "5.7.1 rejected as spam" })).toBe("policy");
    expect(failed({ code: 552, message: "5.2.2 mailbox full" })).toBe("full");
    expect(failed({ code: 450, message: "4.2.0 busy" }, { severity: "temporary" })).toBe("delayed");
    // Mailgun did not send it at all.
    expect(
      failed({ code: 605, message: "Not delivering to previously bounced address" }, { reason: "suppress-bounce" }),
    ).toBe("unknown");
    expect(failed({ code: 602, message: "Too old" })).not.toBe("hard");
  });
});

it("makes nothing of whatever else is sent", () => {
  for (const value of [null, undefined, 1, "text", [], {}, { RecordType: [] }, { event: {} }, { "event-data": 3 }]) {
    expect(readPostmarkEvent(value)).toBeNull();
    expect(readSendgridEvent(value)).toBeNull();
    expect(readMailgunEvent(value)).toBeNull();
  }
});

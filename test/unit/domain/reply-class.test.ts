import { describe, expect, it, test } from "vitest";
import { reasonOfEnhanced, splitEnhanced } from "../../../src/domain/enhanced-status.ts";
import { classifyReply } from "../../../src/domain/reply-class.ts";
import { replyReasons } from "../../../src/domain/reply-reason.ts";

/** Splits a reply as a server sends it into what the SMTP client hands over. */
function classify(line: string, phase: Parameters<typeof classifyReply>[3] = "rcpt") {
  const match = /^(\d{3})[ -]#?(\d\.\d{1,3}\.\d{1,3})?/.exec(line);
  return classifyReply(Number(match?.[1]), match?.[2] ?? null, line, phase);
}

describe("replies to RCPT TO that mean the address will never work", () => {
  test.each([
    "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    "550 5.1.1 <x@y.z>: Recipient address rejected: User unknown in local recipient table",
    "550 5.1.1 <x@y.z>: Recipient address rejected: undeliverable address: host mx[1.2.3.4] said: 550 5.1.1 User unknown",
    "550 No Such User Here",
    "550 5.1.1 User unknown",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550 5.4.1 [x@y.z]: Recipient address rejected: Access denied",
    "550 Requested action not taken: mailbox unavailable",
    "550-Requested action not taken: mailbox unavailable 550 For explanation visit https://postmaster.gmx.net/en/error-messages?ip=1.2.3.4&c=unva",
    "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
    "554 delivery error: dd This user doesn't have a yahoo.com account (x@yahoo.com) [0] - mta1234.mail.bf1.yahoo.com",
    "552 1 Requested mail action aborted, mailbox not found",
    "550 Invalid recipient x@y.z (#5.1.1)",
    "550 #5.1.0 Address rejected.",
    "550 5.1.0 Address rejected.",
    "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
    "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
    "550 5.7.1 <x@y.z>: Recipient address rejected: Unknown user",
    "550 unrouteable address",
    "550 Unrouteable address",
    "550 Address unknown",
    "550 Unknown user",
    "550 user not found",
    "550 x@y.z User not found",
    "550 Mailbox not found",
    "550 5.1.1 Mailbox does not exist",
    "550 Recipient not found. <http://x.com/y>",
    "550 5.1.1 <x@y.z> is not a valid mailbox",
    "550 5.1.1 sorry, no mailbox here by that name",
    "550 <x@y.z> No such user here",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos",
    "550 5.2.1 The email account that you tried to reach is inactive",
    "550 5.1.1 inactive email address",
    "550 Account not available",
    "550 unknown user <x@y.z>",
    "553 sorry, that recipient doesn't exist (#5.7.1)",
    "550 5.1.1 RCP-P1 http://postmaster.facebook.com/response_codes?ip=1.2.3.4#rcp Refused due to recipient preferences",
    "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]",
    "550 User x@y.z does not exist at this domain",
    "550 The mail server could not deliver mail to x@y.z.  The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.",
    "550 No such person at this address",
    "550 5.1.1 No such person at this address.",
    "550 This address no longer accepts mail.",
    "550 mailbox is inactive",
    "551 User not local; please try <a@b.c>",
    "550 5.1.6 recipient no longer on server: x@icloud.com",
    "550 Invalid mailbox",
    "550 invalid address",
    "550 Not a valid recipient",
    "550 5.1.1 x@y.z recipient rejected",
    "550 Recipient does not exist here",
    "550 cuenta de usuario no existe",
    "550 Destinatario sconosciuto",
    "550 Benutzer unbekannt",
    "550 Empfänger nicht gefunden",
    "550 5.1.1 Utilisateur inconnu !",
    "550 Mailbox unavailable",
    "550 local user unknown",
    "550 5.1.2 <x@y.z>... Host unknown",
    "550 5.4.4 Invalid domain name",
    "550 Domain not found",
    "556 5.1.10 <x@y.z>: Recipient address rejected: Domain y.z does not accept mail (nullMX)",
    "550 No such domain at this location",
    "550 5.1.1 unknown or illegal alias: x@y.z",
    "550 5.1.1 no such mailbox",
    "550 mailbox x unknown",
    "550 that user does not exist",
    "550 Recipient Rejected: No account by that name here",
    "550 address not present in directory",
    "550 We cannot deliver mail to this recipient: no such account",
    "554 5.1.1 Error: invalid recipients is found from 1.2.3.4",
    "550 Mail is rejected by recipients, no such user [x]",
    "550 RCPT ERROR. Mailbox doesn't exist",
    "550 Permanent Recipient address rejected - Mailbox doesn't exist: x@y.z",
    "550 5.1.1 Invalid/Inactive Email address",
    '550 "The recipient cannot be verified. Please check all recipients of this message to verify they are valid."',
    "550 x@y.z is not an active address at this host",
    "550 There is no such e-mail box here",
  ])("%s", (line) => {
    expect(classify(line)).toMatchObject({ class: "hard", temporary: false });
  });
});

describe("replies that never take a reader away", () => {
  test.each([
    [
      "421 4.7.0 [TSS04] Messages from 1.2.3.4 temporarily deferred due to unexpected volume or user complaints",
      "rate,policy",
    ],
    [
      "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail. To protect our users from spam, mail has been temporarily rate limited",
      "rate",
    ],
    [
      "550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.",
      "policy",
    ],
    [
      "550 5.7.515 Access denied, sending domain example.com doesn't meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements",
      "policy",
    ],
    [
      "550 5.7.1 Unfortunately, messages from [1.2.3.4] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140)",
      "policy",
    ],
    ["550 5.7.606 Access denied, banned sending IP [1.2.3.4]", "policy"],
    ["535 5.7.8 Authentication credentials invalid", "policy"],
    ["530 5.7.0 Authentication Required", "policy"],
    ["554 5.7.1 <x@y.z>: Relay access denied", "policy"],
    ["550 5.7.1 Unable to relay", "policy"],
    ["550 relay not permitted", "policy"],
    ["452 4.2.2 The email account that you tried to reach is over quota and inactive", "full"],
    ["552 5.2.2 The email account that you tried to reach is over quota", "full"],
    ["552 5.2.2 <x@icloud.com>: user is over quota", "full"],
    ["550 5.2.2 <x@y.z>: Recipient address rejected: Mailbox full", "full"],
    [
      "554 5.2.2 mailbox full;STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
      "full",
    ],
    ["552 Requested mail action aborted: exceeded storage allocation", "full"],
    ["422 The recipient's mailbox is over its storage limit", "full"],
    ["452 4.5.3 Too many recipients", "rate"],
    ["552 Too many recipients", "rate"],
    ["452 4.3.1 Insufficient system storage", "soft"],
    [
      "554 5.7.1 Service unavailable; Client host [1.2.3.4] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/1.2.3.4",
      "policy",
    ],
    [
      "554-gmx.net (mxgmx) Nemesis ESMTP Service not available 554-No SMTP service 554 IP address is black listed.",
      "policy",
    ],
    ["550 SPF check failed", "policy"],
    ["550 5.7.1 Your message was rejected due to example.com's DMARC policy", "policy"],
    ["550 5.7.23 SPF validation failed", "policy"],
    ["550 5.7.25 [1.2.3.4] The IP address sending this message does not have a PTR record setup", "policy"],
    ["450 4.7.1 <mail>: Helo command rejected: Host not found", "policy"],
    ["450 4.1.8 <a@b.c>: Sender address rejected: Domain not found", "policy"],
    ["553 5.1.8 <a@b.c>... Domain of sender address a@b.c does not exist", "policy"],
    ["550 5.1.0 <a@b.c>: Sender rejected AUP#CXSNDR", "policy"],
    ["554 5.7.1 [P4] Message blocked due to spam content in the message.", "policy"],
    ["550 High probability of spam", "policy"],
    ["554 Message rejected because of unacceptable content", "policy"],
    ["550 5.7.1 Message rejected due to content restrictions", "policy"],
    ["552 5.3.4 Message size exceeds fixed limit", "policy"],
    ["552 5.2.3 Message exceeds maximum fixed size", "policy"],
    [
      "450 4.2.0 <x@y.z>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/y.z.html",
      "soft",
    ],
    ["451 4.7.1 Greylisting in action, please come back later", "soft"],
    ["450 4.1.1 <x@y.z>: Recipient address rejected: User unknown", "soft"],
    ["451 4.4.1 connection timed out", "soft"],
    ["550 5.2.1 The email account that you tried to reach is disabled. Learn more", "soft"],
    ["550 5.2.1 Mailbox disabled for this recipient", "soft"],
    ["554 5.4.6 Too many hops", "soft"],
    ["550 4.4.7 QUEUE.Expired; message expired", "soft"],
    ["421 4.3.2 Service shutting down", "soft"],
    ["550 Your message was not delivered because of policy violation", "policy"],
    ["550 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes", "policy"],
    ["550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", "policy,soft"],
    ["550 5.7.124 RESOLVER.RST.SenderNotInAllowedSendersList", "policy,soft"],
    ["553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "policy"],
    ["550 Administrative prohibition", "policy"],
    [
      "550 Verification failed for <a@b.c> 550 Called: 1.2.3.4 Sent: RCPT TO 550 Response: 550 No such user 550 Sender verify failed",
      "policy",
    ],
    ["550-Callback setup failed while verifying <a@b.c> 550 Sender verify failed", "policy"],
    ["554 5.7.7 Email not accepted for policy reasons", "policy"],
    ["571 5.7.1 Message refused, DMARC verification Failed", "policy"],
    ["550 5.0.350 Remote server returned an error -> 550 5.7.1 spam", "policy"],
    ["554 5.7.5 Permanent Error Evaluating DMARC policy", "policy"],
    ["550-5.7.1 [1.2.3.4] Our system has detected that this message is likely unsolicited mail", "policy"],
    ["550 Message contains a virus", "policy"],
    ["451 4.7.650 The mail server [1.2.3.4] has been temporarily rate limited due to IP reputation", "rate,policy"],
    ["550 5.7.708 Access denied, traffic not accepted from this IP", "policy"],
    ["550 Rule imposed mailbox access for x@y.z refused", "policy,soft"],
    ["454 4.7.1 Relay access denied", "policy"],
    ["454 TLS not available due to temporary reason", "soft"],
    ["503 5.5.1 Error: need RCPT command", "soft"],
    ["501 Syntax error in parameters", "soft"],
    ["450 4.3.2 try again later", "soft"],
    ["550 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", "policy"],
    ['554 5.7.1 Blacklisted by "abuse"', "policy"],
    ["550 5.7.1 recipient does not accept mail from your domain", "policy,soft"],
  ])("%s is %s", (line, classes) => {
    expect(classes.split(",")).toContain(classify(line).class);
  });
});

describe("how code, words and phase are weighed", () => {
  it("keeps every temporary reply from being hard, and keeps its reason", () => {
    expect(classify("450 4.1.1 <a@example.com>: User unknown")).toEqual({
      class: "soft",
      reason: "bad-mailbox",
      temporary: true,
    });
  });

  it("believes the basic code where the enhanced one has another class digit", () => {
    expect(classifyReply(450, "5.1.1", "try again", "rcpt")).toMatchObject({ class: "soft", temporary: true });
    expect(classifyReply(550, "4.1.1", "rejected", "rcpt").reason).not.toBe("bad-mailbox");
  });

  it("takes a code for a bad mailbox back where the words speak of us, of room, or of a closed account", () => {
    for (const words of ["blocked using zen.spamhaus.org", "mailbox full", "SPF check failed", "account is disabled"]) {
      expect(classifyReply(550, "5.1.1", words).class, words).not.toBe("hard");
    }
  });

  it("calls an unknown user after the message a filter, unless a code names the mailbox", () => {
    expect(classify("550 Unknown user a@example.com", "dot")).toMatchObject({ class: "soft", reason: "filtered" });
    expect(classify("550 Unknown user a@example.com", null)).toMatchObject({ class: "soft", reason: "filtered" });
    expect(classify("550 Unknown user a@example.com", "rcpt")).toMatchObject({ class: "hard" });
    expect(classify("550 5.1.1 Unknown user a@example.com", "dot")).toMatchObject({ class: "hard" });
  });

  it("knows that KDDI names the address only where it is unknown", () => {
    expect(classify("550 <a@ezweb.ne.jp>: User unknown", null).class).toBe("hard");
    expect(classify("550 : User unknown", null).class).toBe("soft");
  });

  it("reads what is unknown after MAIL FROM as the sender, and before it as our host", () => {
    expect(classify("550 Domain does not exist", "mail")).toMatchObject({ class: "policy", reason: "sender" });
    expect(classify("550 Host unknown", "connect")).toMatchObject({ class: "policy", reason: "blocked" });
  });

  it("calls failed logins a fault of ours, whatever they say", () => {
    for (const line of ["535 5.7.8 Error", "530 5.7.0 Must issue a STARTTLS command first", "538 x", "534 x"]) {
      expect(classify(line, "auth").class, line).toBe("policy");
    }
  });

  it("reads the enhanced codes of both classes alike, without leading zeros, and nothing else", () => {
    expect(reasonOfEnhanced("5.1.1")).toBe("bad-mailbox");
    expect(reasonOfEnhanced("4.2.2")).toBe("mailbox-full");
    expect(reasonOfEnhanced("5.7.640")).toBe("reputation");
    expect(reasonOfEnhanced("5.7.999")).toBe("policy");
    expect(reasonOfEnhanced("5.0.0")).toBeNull();
    expect(splitEnhanced("5.01.001")).toEqual({ class: 5, detail: "1.1" });
    for (const text of ["", "5.1", "5.1.1.1", "3.1.1", "5.1.1234", "x5.1.1"])
      expect(splitEnhanced(text), text).toBeNull();
  });

  it("gives each reason a sentence for people", () => {
    for (const [reason, { sentence }] of Object.entries(replyReasons)) expect(sentence, reason).toMatch(/^[A-Z].+\.$/);
  });

  it("takes linear time for the longest and strangest reply", () => {
    const words = "user not not is was has domain host address unknown a@b.example ".repeat(40_000);
    const started = performance.now();
    classifyReply(550, null, words);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

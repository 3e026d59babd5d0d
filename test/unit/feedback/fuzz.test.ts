import { readFileSync, readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { recipientsMax } from "../../../src/feedback/read-delivery-status.ts";
import { readReport } from "../../../src/feedback/read-report.ts";
import type { Report } from "../../../src/feedback/report.ts";
import { splitMbox } from "../../../src/feedback/split-mbox.ts";

const folder = new URL("../../fixtures/reports/", import.meta.url);
const samples = readdirSync(folder)
  .filter((name) => name.endsWith(".eml"))
  .map((name) => readFileSync(new URL(name, folder)));

/** What every report must be, whatever it was made from. */
function expectSound(report: Report): void {
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(report.findings.length).toBeLessThanOrEqual(recipientsMax);
  for (const finding of report.findings) {
    expect(finding.hard).toBe(finding.kind === "hard");
    expect(finding.diagnostic.length).toBeLessThanOrEqual(500);
    expect(finding.diagnostic).not.toMatch(/[\r\n]/);
    expect(finding.status ?? "5.0.0").toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
    expect([finding.campaign, finding.delivery, finding.trust]).toEqual([null, null, null]);
  }
}

describe("no mail breaks the reader", () => {
  it("neither random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => expectSound(readReport(Buffer.from(bytes)))),
      { numRuns: 150 },
    );
  });

  it("nor random bytes under a report's header", () => {
    const header =
      "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: news@list.example.com\nSubject: Undelivered mail\n";
    const types = [
      "text/plain",
      "text/html",
      "multipart/report; boundary=x",
      "message/delivery-status",
      "message/feedback-report",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.string({ unit: "binary", maxLength: 2000 }), (type, body) =>
        expectSound(readReport(Buffer.from(`${header}Content-Type: ${type}\n\n${body}`))),
      ),
      { numRuns: 300 },
    );
  });

  it("nor real reports cut, doubled, and with bytes changed", () => {
    const change = fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(change, { maxLength: 40 }),
        fc.nat(),
        fc.nat(),
        (sample, changes, start, end) => {
          const bytes = Buffer.concat([sample, sample.subarray(start % sample.length)]).subarray(
            0,
            200 + (end % (sample.length * 2)),
          );
          for (const { at, to } of changes) bytes[at % bytes.length] = to;
          expectSound(readReport(bytes));
          for (const mail of splitMbox(bytes)) expectSound(readReport(mail));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("no mail takes long", () => {
  const daemon =
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: news@list.example.com\nSubject: Undelivered mail\n";
  const fill = (text: string, length = 2_000_000) => text.repeat(Math.ceil(length / text.length));
  const hostile: Record<string, string> = {
    "a line of one letter": `${daemon}\n${fill("a")}`,
    "a line of at signs": `${daemon}\n${fill("a@")}`,
    "addresses without end": `${daemon}\n${Array.from({ length: 60_000 }, (_, at) => `<u${at}@example.net>: 550 5.1.1 no`).join("\n")}`,
    "status groups without end": `${daemon}Content-Type: message/delivery-status\n\n${fill("Final-Recipient: rfc822; a@example.net\nAction: failed\nDiagnostic-Code: smtp; 550 x\n\n")}`,
    "open tags": `${daemon}Content-Type: text/html\n\n${fill('<div a="b')}`,
    "nested multiparts": `${daemon}${fill("Content-Type: multipart/mixed; boundary=x\n\n--x\n")}`,
    "boundaries without end": `${daemon}Content-Type: multipart/mixed; boundary=x\n\n${fill("--x\n")}`,
    "a folded field": `Subject: x\n${fill(" =?utf-8?q?=41?=\n")}\n\nx`,
    "parameters without end": `Content-Type: multipart/mixed${fill("; a=b")}\n\nx`,
    braces: `${daemon}\n${fill('{"Type":')}`,
    "a session without end": `${daemon}\n${fill(">>> RCPT To:<a@b.example>\n<<< 550 5.1.1 x\n")}`,
    "mbox lines": fill("From a@b.example Thu Jan  1 00:00:00 2026\nA: b\n\n"),
  };

  test.each(Object.entries(hostile))("%s", (_, mail) => {
    const raw = Buffer.from(mail);
    const before = process.cpuUsage();
    expectSound(readReport(raw));
    const used = process.cpuUsage(before);
    // CPU time, not wall time: other processes may have the machine. Ten times what was measured.
    expect((used.user + used.system) / 1000).toBeLessThan(4000);
  });
});

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readReport } from "../../../src/feedback/read-report.ts";
import type { Finding } from "../../../src/feedback/report.ts";
import { splitMbox } from "../../../src/feedback/split-mbox.ts";

/*
 * 289 real bounces, complaints and vacation replies with answers (Sisimai's set of emails, BSD-2-Clause), read from beside the
 * checkout. The aims: hard with precision 0.98 and recall 0.95, class of the status 0.93, recipient 0.95.
 */

const folder = new URL("../../../../shared/corpora/bounces/", import.meta.url);
const isPresent = existsSync(new URL("expected.tsv", folder));
if (!isPresent) console.log("corpus.test.ts skipped: ../shared/corpora/bounces is not beside this checkout");

interface Answer {
  readonly status: string;
  readonly reason: string;
  readonly hard: boolean;
}

const readTable = (name: string) =>
  readFileSync(new URL(name, folder), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
const readMail = (path: string) =>
  splitMbox(readFileSync(new URL(path, folder))).flatMap((mail) => readReport(mail).findings);

/** Reasons of the answers that are a policy's, a full mailbox's, a delay's or an answer's: never a reader's end. */
const neverHard =
  /^(?:mailboxfull|expired|vacation|feedback|delivered|authfailure|badreputation|blocked|policyviolation|spamdetected|virusdetected|securityerror|requireptr|rejected|norelaying|speeding|toomanyconn|contenterror|notcompliantrfc|exceedlimit|mesgtoobig)$/;

describe.skipIf(!isPresent)("real reports", () => {
  it("are read as their answers say", () => {
    const answers = new Map<string, string[][]>();
    for (const row of readTable("expected.tsv"))
      answers.set(row[0] as string, [...(answers.get(row[0] as string) ?? []), row]);
    const recipients = new Map(
      readTable("recipients.tsv").map((row) => [row[0], (row[1] ?? "").split(",").filter(Boolean)]),
    );
    const score = {
      hardRight: 0,
      hardWrong: 0,
      hardMissed: 0,
      classRight: 0,
      classes: 0,
      recipientRight: 0,
      recipients: 0,
    };
    const violations: string[] = [];
    for (const [file, rows] of answers) {
      const findings: readonly (Finding | undefined)[] = readMail(`mail/${file}`);
      for (const [index, row] of rows.entries()) {
        const answer: Answer = { status: row[2] ?? "", reason: row[4] ?? "", hard: row[5] === "True" };
        const finding = findings[index];
        const hard = finding?.hard ?? false;
        if (hard && answer.hard) score.hardRight += 1;
        else if (hard) score.hardWrong += 1;
        else if (answer.hard) score.hardMissed += 1;
        if (hard && neverHard.test(answer.reason)) violations.push(`${file}: ${answer.reason}`);
        if (answer.status !== "") {
          score.classes += 1;
          if (finding?.status?.[0] === answer.status[0]) score.classRight += 1;
        }
        const recipient = recipients.get(file)?.[index];
        if (recipient === undefined) continue;
        score.recipients += 1;
        if (finding?.recipient?.toLowerCase() === recipient.toLowerCase()) score.recipientRight += 1;
      }
    }
    const figures = {
      precision: score.hardRight / (score.hardRight + score.hardWrong),
      recall: score.hardRight / (score.hardRight + score.hardMissed),
      statusClass: score.classRight / score.classes,
      recipient: score.recipientRight / score.recipients,
    };
    console.log(
      `real reports: ${Object.entries(figures)
        .map(([name, value]) => `${name} ${value.toFixed(4)}`)
        .join(", ")} (${answers.size} mails, ${score.hardRight + score.hardMissed} hard)`,
    );
    expect(violations).toEqual([]);
    expect(figures.precision).toBeGreaterThanOrEqual(0.98);
    expect(figures.recall).toBeGreaterThanOrEqual(0.95);
    expect(figures.statusClass).toBeGreaterThanOrEqual(0.93);
    expect(figures.recipient).toBeGreaterThanOrEqual(0.95);
  });

  it("that are none stay silent", () => {
    for (const name of readdirSync(new URL("not/", folder))) expect(readMail(`not/${name}`), name).toEqual([]);
  });

  it("say the same with LF, CRLF and CR", () => {
    for (const name of readdirSync(new URL("mail/", folder))) {
      const text = readFileSync(new URL(`mail/${name}`, folder), "latin1").replace(/\r\n?/g, "\n");
      const read = (end: string) => readReport(Buffer.from(text.replace(/\n/g, end), "latin1"));
      const report = read("\n");
      expect(read("\r\n"), name).toEqual(report);
      expect(read("\r"), name).toEqual(report);
    }
  });

  it("are read at more than 500 a second on one core", () => {
    const mails = readdirSync(new URL("mail/", folder)).map((name) => readFileSync(new URL(`mail/${name}`, folder)));
    for (const mail of mails) readReport(mail);
    const before = process.cpuUsage();
    for (let round = 0; round < 4; round += 1) for (const mail of mails) readReport(mail);
    const used = process.cpuUsage(before);
    const rate = (mails.length * 4) / ((used.user + used.system) / 1_000_000);
    console.log(`real reports: ${Math.round(rate)} mails per second of CPU`);
    expect(rate).toBeGreaterThan(500);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readReport } from "../../../src/feedback/read-report.ts";

/*
 * How each mail system words its notices, as its source or its manual gives them: with our own sample addresses, in
 * test/fixtures/reports. The recipient is always found, and the kind is what the words say.
 */

interface Sample {
  readonly file: string;
  readonly system: string;
  readonly kind: string;
  readonly recipient: string;
}

const folder = new URL("../../fixtures/reports/", import.meta.url);
const samples = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")) as readonly Sample[];

describe("notices of mail systems, with and without a status part", () => {
  test.each(samples)("$system: $kind", ({ file, kind, recipient }) => {
    const report = readReport(readFileSync(new URL(file, folder)));
    expect(report.kind).toBe("bounce");
    expect(report.findings.map((finding) => [finding.kind, finding.recipient])).toEqual([[kind, recipient]]);
    expect(report.findings[0]?.hard).toBe(kind === "hard");
    expect(report.findings[0]?.status).toMatch(/^[245]\.\d{1,3}\.\d{1,3}$/);
  });

  test.each(samples)("$system: the same with CRLF and with CR", ({ file }) => {
    const text = readFileSync(new URL(file, folder), "utf8");
    const report = readReport(Buffer.from(text));
    for (const end of ["\r\n", "\r"]) expect(readReport(Buffer.from(text.replace(/\n/g, end)))).toEqual(report);
  });
});

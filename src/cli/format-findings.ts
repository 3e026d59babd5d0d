import type { Finding } from "../check/finding.ts";

export type FindingFormat = "text" | "json" | "github";

/** Findings for people, for programs, or as annotations of a GitHub workflow. */
export function formatFindings(findings: readonly Finding[], format: FindingFormat, fileCount: number): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(
        findings.map(({ place, ...finding }) => ({ ...finding, ...place, docs: `docs/checks.md#${finding.rule}` })),
        null,
        2,
      )}\n`;
    case "github":
      return findings.map((finding) => `${githubLine(finding)}\n`).join("");
    case "text":
      return `${[...findings.map(textLine), summary(findings, fileCount)].join("\n")}\n`;
  }
}

function textLine({ place, severity, rule, message, mend }: Finding): string {
  const where = [place.file, place.line, place.column].filter((part) => part !== undefined).join(":");
  return `${where}: ${message}${mend === "" ? "" : ` ${mend}`} (${severity}, ${rule})`;
}

function githubLine({ place, severity, rule, message, mend }: Finding): string {
  const level = severity === "note" ? "notice" : severity;
  const position = [
    `file=${place.file}`,
    ...(place.line ? [`line=${place.line}`] : []),
    ...(place.column ? [`col=${place.column}`] : []),
  ];
  return `::${level} ${position.join(",")},title=${rule}::${escapeData(`${message} ${mend}`.trim())}`;
}

/** GitHub's workflow commands end at a line's end. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function summary(findings: readonly Finding[], fileCount: number): string {
  const files = fileCount === 1 ? "1 file" : `${fileCount} files`;
  if (findings.length === 0) return `${files}: nothing to say.`;
  const count = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return `${files}: ${count("error")} errors, ${count("warning")} warnings, ${count("note")} notes.`;
}

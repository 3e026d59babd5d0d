import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import { checkDigest } from "./check-digest.ts";
import { checkLinks } from "./check-links.ts";
import { checkPictures } from "./check-pictures.ts";
import { checkWords } from "./check-words.ts";
import type { Finding } from "./finding.ts";
import { walkIssue } from "./walk-issue.ts";

/** Everything that can be said of an issue without a network or a browser, in the order of the file. Pure. */
export function checkIssue(issue: Issue, pictures: Pictures, digest: Digest): readonly Finding[] {
  const parts = walkIssue(issue);
  const findings = [
    ...checkWords(issue, parts),
    ...checkLinks(parts),
    ...checkPictures(parts, pictures),
    ...checkDigest(issue, digest),
  ];
  const silenced = new Set(issue.silenced.map(({ rule }) => rule));
  return findings
    .filter(({ rule }) => !silenced.has(rule))
    .toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0));
}

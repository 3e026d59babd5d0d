import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import type { Pictures } from "../domain/pictures.ts";
import type { Template } from "../domain/template.ts";
import { checkContrast } from "./check-contrast.ts";
import { checkDigest } from "./check-digest.ts";
import { checkLinks } from "./check-links.ts";
import { checkPictures } from "./check-pictures.ts";
import { checkWords } from "./check-words.ts";
import { createLocator, locateBlock } from "./locate.ts";
import type { Finding } from "./finding.ts";
import { walkIssue } from "./walk-issue.ts";

/** What else is known of an issue, for exact places and for the rules about its template. */
export interface CheckDetails {
  /** The file as it stands. */
  readonly text?: string;
  readonly template?: Template;
}

/** Everything that can be said of an issue without a network or a browser, in the order of the file. Pure. */
export function checkIssue(
  issue: Issue,
  pictures: Pictures,
  digest: Digest,
  { text, template }: CheckDetails = {},
): readonly Finding[] {
  const starts = issue.blocks.map(({ place }) => place);
  const locate = text === undefined ? locateBlock : createLocator(text, starts);
  const parts = walkIssue(issue, locate);
  const findings = [
    ...checkWords(issue, parts, text, locate),
    ...checkLinks(parts),
    ...checkPictures(parts, pictures),
    ...checkDigest(issue, digest, parts.links),
    ...(template ? checkContrast(template) : []),
  ];
  const silenced = new Set(issue.silenced.map(({ rule }) => rule));
  return findings
    .filter(({ rule }) => !silenced.has(rule))
    .toSorted((a, b) => (a.place.line ?? 0) - (b.place.line ?? 0) || (a.place.column ?? 0) - (b.place.column ?? 0));
}

import type { Digest } from "../domain/digest.ts";
import type { Issue } from "../domain/issue.ts";
import { fillSlots, type SlottedText } from "../domain/slotted-text.ts";
import type { Place } from "../lib/errors.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";
import type { IssueParts } from "./walk-issue.ts";

/** Gmail cuts a message near 102 KB and hides the rest behind a link; the HTML is counted before its transfer encoding. */
export const clipBytes = 102_400;
const nearClipBytes = 92_160;

/** What a slot may take: a long name, or a link with its token. */
const slotBytes = 120;

/**
 * Size and parity of every variant, for the heaviest recipient.
 * @param links of the issue, for the places of those that a text part lacks
 */
export function checkDigest(issue: Issue, digest: Digest, links: IssueParts["links"] = []): readonly Finding[] {
  const place: Place = { file: issue.file, line: 1, column: 1 };
  return [...digest.variants.values()].flatMap((variant) => {
    const findings: Finding[] = [];
    const name = variant.key === "" ? "The HTML" : `The HTML of variant ${variant.key}`;
    const bytes = heaviestBytes(variant.html.source);
    const kilobytes = `${Math.round(bytes / 1024)} KB`;
    if (bytes > clipBytes)
      findings.push(
        createFinding(
          "size-clip",
          place,
          `${name} has ${kilobytes}; Gmail cuts it at ${clipBytes / 1024} KB.`,
          "Shorten the issue: the end of it, with the link to leave, would be hidden.",
        ),
      );
    else if (bytes > nearClipBytes)
      findings.push(
        createFinding(
          "size-near-clip",
          place,
          `${name} has ${kilobytes}; Gmail cuts at ${clipBytes / 1024} KB.`,
          "Leave some room for what is added on the way.",
        ),
      );

    const text = flat(variant.text.source);
    const missing = linksOf(flat(variant.html.source)).filter((href) => !text.includes(href));
    if (missing.length > 0)
      findings.push(
        createFinding(
          "text-part",
          links.find(({ href }) => href === missing[0])?.place ?? place,
          `The text part lacks ${missing.length} of the HTML's links, such as ${missing[0]}.`,
          "A template's text.hbs must show every link.",
        ),
      );
    return findings;
  });
}

function heaviestBytes(source: SlottedText): number {
  return source.chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0) + source.slots.length * slotBytes;
}

function flat(source: SlottedText): string {
  return fillSlots(source, (slot) => `{{${slot.name}}}`);
}

/** Addresses that the HTML links to, without those made per recipient. */
function linksOf(html: string): readonly string[] {
  const found = [...html.matchAll(/<a\s[^>]*?href="(https?:[^"]+)"/gi)].map((match) => decode(match[1] as string));
  return [...new Set(found)].filter((href) => !href.includes("{{"));
}

function decode(attribute: string): string {
  return attribute
    .replaceAll("&amp;", "&")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#x3D;", "=");
}

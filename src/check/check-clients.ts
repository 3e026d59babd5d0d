import type { Digest } from "../domain/digest.ts";
import type { Template } from "../domain/template.ts";
import { messageOf, type Place } from "../lib/errors.ts";
import { clientNames } from "./client-names.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";

/** The programs in which a mail must read well: what nearly every list is read in. */
export const clientMatrix = ["gmail.*", "apple-mail.*", "outlook.*", "yahoo.*", "samsung-email.android"] as const;

/**
 * What plain MJML writes and what the built-in templates add, each of which reads as well where it is dropped: selectors
 * and queries for phones and the dark, hints for screen readers, ornaments. A test holds the list and the templates together.
 */
const baseline: ReadonlySet<string> = new Set([
  "Descendant combinator",
  "ID selector",
  "Type selector",
  "Universal selector *",
  "@media",
  "@media (prefers-color-scheme)",
  "Chaining selectors",
  "Class selector",
  "Attribute selector",
  "Child combinator",
  "<style> element",
  "<link> element",
  "display:none",
  "display",
  "transform",
  "cursor",
  "target attribute",
  "height property",
  "word-break",
  "word-wrap",
  "white-space",
  "aria-label attribute",
  "aria-hidden attribute",
  "aria-roledescription attribute",
  "aria-labelledby attribute",
  "<body> element",
  "outline",
  "word-spacing",
  "overflow",
  "border-radius",
  "caption-side",
  "role attribute",
  "table-layout",
]);

/** A second look after each client that the data says nothing about; there are no more of them than this. */
const looksMax = 12;

/**
 * What the template uses beyond the baseline that some of the clients do not show (data: caniemail.com, as its package
 * carries it). Looks at the variant with the most in it.
 */
export async function checkClients(digest: Digest, template: Template): Promise<readonly Finding[]> {
  const html = [...digest.variants.values()]
    .map((variant) => variant.html.source.chunks.join(""))
    .toSorted((a, b) => b.length - a.length)[0];
  if (html === undefined) return [];
  const dropped = await findDropped(distinctElements(html));
  if (typeof dropped === "string")
    return [
      createFinding(
        "client-support",
        placeOf("<style", template),
        `A style can't be read, so it is unknown what mail programs make of this mail: ${dropped}.`,
        "Correct the CSS; mail programs may drop all of it.",
      ),
    ];
  return [...dropped]
    .filter(([title]) => !baseline.has(title))
    .map(([title, clients]) =>
      createFinding(
        "client-support",
        placeOf(title, template),
        `${title} is dropped by ${[...clients].toSorted().join(", ")}.`,
        "See that the mail reads without it, or leave it out.",
      ),
    );
}

/** The styles and one of each kind of element: a tenth of the mail, with every feature that is in it. */
function distinctElements(html: string): string {
  // The package's parser stumbles over a semicolon in an address, as the fonts of Google have them.
  const styles = (html.match(/<style\b[\s\S]*?<\/style>/gi) ?? []).map((style) =>
    style.replace(/@import\s+url\([^)]*\)/gi, '@import url("x")'),
  );
  const tags = new Set<string>();
  for (const [, name = "", attributes = ""] of html
    .replace(/<!--[\s\S]*?-->|<style\b[\s\S]*?<\/style>/gi, "")
    .matchAll(/<([a-z][a-z0-9]*)\b([^>]*)>/gi)) {
    const kept = attributes.replace(/\s(href|src|alt|title|id|class|width|height)="[^"]*"/gi, ' $1="1"');
    tags.add(`<${name}${kept.replace(/\/$/, "")}></${name}>`);
  }
  return `<!doctype html><html lang="en"><head>${styles.join("")}</head><body>${[...tags].join("")}</body></html>`;
}

/** By feature, who drops it; or the words of a parser that can't read the styles. */
async function findDropped(html: string): Promise<Map<string, Set<string>> | string> {
  // 100 ms to load: only where a template is judged.
  const { caniemail } = await import("caniemail");
  let clients = clientNames(clientMatrix);
  for (let look = 0; look < looksMax && clients.length > 0; look += 1)
    try {
      const { issues } = caniemail({ clients, html });
      const dropped = new Map<string, Set<string>>();
      for (const [client, found] of issues.errors)
        for (const { title } of found) dropped.set(title, (dropped.get(title) ?? new Set()).add(client));
      return dropped;
    } catch (error) {
      // The package gives up where its data has no word on a feature for a client: the others can still be asked.
      const said = messageOf(error);
      const silent = /not found on "([^"]+)"/.exec(said)?.[1];
      if (silent === undefined) return said.replace(/^:\d+:\d+: /, "");
      clients = clients.filter((client) => client !== silent);
    }
  return new Map();
}

/** The first line of the template that names it; the layout's beginning where MJML wrote it. */
function placeOf(title: string, template: Template): Place {
  const word = title.replace(/ (?:property|element|attribute)$/, "").replace(/^<|>$/g, "");
  for (const { file, text } of [template.layout, ...template.partials.values()]) {
    const index = text.split("\n").findIndex((line) => line.includes(word));
    if (index >= 0) return { file: `templates/${file}`, line: index + 1, column: 1 };
  }
  return { file: `templates/${template.layout.file}`, line: 1, column: 1 };
}

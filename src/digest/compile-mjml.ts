import type { Problem } from "../lib/errors.ts";
import { InputError, messageOf } from "../lib/errors.ts";

/** A finding of MJML's strict validation, by the line of its input. */
export interface MjmlFinding {
  readonly line: number;
  readonly message: string;
}

/** Either the HTML or what is wrong with the MJML; the caller knows which template a line came from. */
export type MjmlResult =
  | { readonly html: string; readonly findings: readonly [] }
  | { readonly html: null; readonly findings: readonly MjmlFinding[] };

/** Turns MJML into HTML with strict validation, without reading any file and without minifying. */
export async function compileMjml(mjml: string): Promise<MjmlResult> {
  const misplaced = findMisplaced(mjml);
  if (misplaced.length > 0) return { html: null, findings: misplaced };
  // 750 ms and 63 MB to load: only where something is compiled.
  const { default: mjml2html } = await import("mjml");
  try {
    const { html } = await mjml2html(mjml, {
      validationLevel: "strict",
      ignoreIncludes: true,
      keepComments: false,
      // No web fonts: a mail that has to fetch its letters is empty without them.
      fonts: {},
      minify: false,
      beautify: false,
    });
    const leftOver = findLeftOver(html, mjml);
    return leftOver.length > 0 ? { html: null, findings: leftOver } : { html: dropLabel(html), findings: [] };
  } catch (error) {
    return { html: null, findings: findingsOf(error) };
  }
}

/**
 * MJML repeats the title as the label of the element around everything, where screen readers would say it twice and axe
 * counts it as content outside of the main landmark.
 */
function dropLabel(html: string): string {
  return html.replace(/<div\s+aria-label="[^"]*"(?=\s+aria-roledescription="email")/, "<div");
}

/** What MJML would drop without a word. */
function findMisplaced(mjml: string): readonly MjmlFinding[] {
  const message = "mj-include reads files while a mail is compiled; use a Handlebars partial: {{> name}}.";
  return [...mjml.matchAll(/<mj-include\b/g)].map((match) => ({ line: lineAt(mjml, match.index), message }));
}

/** An unclosed mj-text swallows the tags that follow, and mail clients would get them as they are. */
function findLeftOver(html: string, mjml: string): readonly MjmlFinding[] {
  const found = /<(mj-[a-z-]+|mjml)\b[^]{0,12}/.exec(html);
  if (!found) return [];
  const [excerpt, tag] = found;
  const message = `<${tag}> stands where MJML takes text; is a tag before it not closed?`;
  // What MJML took for text is copied as it is, so that it can be found again with what follows it.
  return [{ line: lineAt(mjml, Math.max(mjml.indexOf(excerpt), mjml.indexOf(`<${tag}`))), message }];
}

function findingsOf(error: unknown): readonly MjmlFinding[] {
  const { errors } = error as { errors?: readonly { line: number; message: string; tagName: string }[] };
  if (!Array.isArray(errors)) return [{ line: 1, message: messageOf(error) }];
  return errors.map(({ line, message, tagName }) => ({ line, message: `<${tagName}>: ${message}` }));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, Math.max(0, index)).split("\n").length;
}

/** @throws InputError always, with one problem a finding */
export function refuseMjml(findings: readonly MjmlFinding[], placeOf: (line: number) => Problem["place"]): never {
  throw new InputError(
    findings.map(({ line, message }) => {
      const place = placeOf(line);
      return { code: "template-mjml", message, ...(place ? { place } : {}) };
    }),
  );
}

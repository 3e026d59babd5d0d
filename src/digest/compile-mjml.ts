import type { Problem } from "../lib/errors.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import { findUnbalanced, type MjmlFinding } from "./mjml-balance.ts";

/** Either the HTML or what is wrong with the MJML; the caller knows which template a line came from. */
export type MjmlResult =
  | { readonly html: string; readonly findings: readonly [] }
  | { readonly html: null; readonly findings: readonly MjmlFinding[] };

/** 750 ms and 63 MB: only where something is compiled. Who knows early that it will be can call this meanwhile. */
export async function loadMjml() {
  const { default: compile } = await import("mjml");
  return compile;
}

/** Turns MJML into HTML with strict validation, without reading any file and without minifying. */
export async function compileMjml(mjml: string): Promise<MjmlResult> {
  const unbalanced = findUnbalanced(mjml);
  if (unbalanced.length > 0) return { html: null, findings: unbalanced };
  const mjml2html = await loadMjml();
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
    return { html: dropLabel(html), findings: [] };
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

function findingsOf(error: unknown): readonly MjmlFinding[] {
  const { errors } = error as { errors?: readonly { line: number; message: string; tagName: string }[] };
  if (!Array.isArray(errors)) return [{ line: 1, message: messageOf(error) }];
  return errors.map(({ line, message, tagName }) => ({ line, message: `<${tagName}>: ${message}` }));
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

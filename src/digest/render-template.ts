import Handlebars from "handlebars";
import type { Template, TemplateSource } from "../domain/template.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import type { DigestView } from "./digest-view.ts";
import type { LineTrace } from "./line-trace.ts";
import { templateHelpers } from "./template-helpers.ts";

/** Partials inside partials: a list within a quotation within a list goes this deep, a partial that calls itself deeper. */
const partialDepthMax = 60;

export interface RenderOptions {
  readonly part: "layout" | "text";
  /** Notes for every line of the output the template line it came from; only when a finding has to be placed. */
  readonly trace?: LineTrace;
}

/**
 * Runs one of a template's two sources over the view, once. The layout escapes what it inserts for HTML, the text does not.
 * @throws InputError with the template's file and line: syntax, unknown names, unknown partials or helpers
 */
export function renderTemplate(
  template: Template,
  view: DigestView,
  helpers: Handlebars.HelperDeclareSpec,
  options: RenderOptions,
): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper({ ...templateHelpers, ...helpers });
  let depth = 0;

  function compile(source: TemplateSource): Handlebars.TemplateDelegate {
    const program = parse(source);
    const marked = options.trace ? options.trace.mark(program, source.file) : program;
    const run = handlebars.compile(marked, {
      strict: true,
      // Indenting a partial's lines would change preformatted text.
      preventIndent: true,
      noEscape: options.part === "text",
    });
    return (context: unknown, runtime?: Handlebars.RuntimeOptions) => {
      if (depth >= partialDepthMax) {
        const message = `partials are nested more than ${partialDepthMax} deep here; does one of them call itself?`;
        throw new InputError({ code: "template-depth", message, place: { file: source.file } });
      }
      depth++;
      try {
        return run(context, runtime);
      } catch (error) {
        throw placed(error, source);
      } finally {
        depth--;
      }
    };
  }

  for (const [name, source] of template.partials) {
    let compiled: Handlebars.TemplateDelegate | null = null;
    handlebars.registerPartial(name, (context: unknown, runtime?: Handlebars.RuntimeOptions) => {
      compiled ??= compile(source);
      return compiled(context, runtime);
    });
  }
  return compile(template[options.part])(view);
}

/** @throws InputError where Handlebars can't read the source */
function parse(source: TemplateSource): hbs.AST.Program {
  try {
    return Handlebars.parse(source.text);
  } catch (error) {
    throw placed(error, source);
  }
}

/** Gives an error of Handlebars its template's file and line. The innermost template that saw it names it. */
function placed(error: unknown, source: TemplateSource): unknown {
  if (error instanceof InputError) return withFile(error, source);
  if (!(error instanceof Error)) return error;
  const { lineNumber, column, hash } = error as HandlebarsError;
  const said = messageOf(error);
  const line = lineNumber ?? hash?.loc?.first_line ?? Number(/on line (\d+)/.exec(said)?.[1] ?? 0);
  const place = {
    file: source.file,
    ...(line > 0 ? { line, ...(column === undefined ? {} : { column: column + 1 }) } : {}),
  };
  return new InputError({ code: "template-handlebars", message: explain(said), place }, { cause: error });
}

/** Helpers know what is wrong, but not where they stand. */
function withFile(error: InputError, source: TemplateSource): InputError {
  if (error.problems.every((problem) => problem.place)) return error;
  const place = { file: source.file };
  return new InputError(
    error.problems.map((problem) => (problem.place ? problem : { ...problem, place })),
    { cause: error },
  );
}

interface HandlebarsError extends Error {
  readonly lineNumber?: number;
  readonly column?: number;
  readonly hash?: { readonly loc?: { readonly first_line?: number } };
}

/** Handlebars' words for what people meet, in theirs. */
function explain(said: string): string {
  const unknown = /^"(.+)" not defined in/.exec(said);
  if (unknown) return `"${unknown[1]}" is not known here; docs/templates.md lists what a template can use.`;
  const partial = /partial (\S+) could not be found/i.exec(said);
  if (partial) return `there is no partial "${partial[1]}" in the template's folder or in shared/.`;
  const syntax = /^Parse error on line \d+:\n(.*)\n-*\^\n[^]*got '(.*)'/.exec(said);
  if (syntax) return `Handlebars can't read on at ${syntax[2]}, near: ${(syntax[1] as string).slice(-40)}`;
  return said.replaceAll("\n", " ").replace(/ - \d+:\d+$/, "");
}

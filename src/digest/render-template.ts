import Handlebars from "handlebars";
import type { Template, TemplateSource } from "../domain/template.ts";
import { InputError, messageOf } from "../lib/errors.ts";
import type { DigestView } from "./digest-view.ts";
import type { LineTrace } from "./line-trace.ts";
import { argumentHelpers, checkArguments, checkEveryStep } from "./strict-arguments.ts";
import { templateHelpers } from "./template-helpers.ts";

/** Partials inside partials: a list within a quotation within a list goes this deep, a partial that calls itself deeper. */
const partialDepthMax = 60;

export type TemplatePart = "layout" | "text";

/**
 * A template whose sources are compiled as they are needed and then kept, for all variants of a digest.
 */
export interface TemplateRenderer {
  /**
   * Runs one of the two sources over the view. The layout escapes what it inserts for HTML, the text does not.
   * @throws InputError with the template's file and line: syntax, unknown names, unknown partials or helpers
   */
  render(part: TemplatePart, view: DigestView, helpers: Handlebars.HelperDeclareSpec): string;
}

/** @param trace notes for every line of the output where it came from; only when a finding has to be placed */
export function createTemplateRenderer(template: Template, trace?: LineTrace): TemplateRenderer {
  const runs = { layout: createRun(template, "layout", trace), text: createRun(template, "text", trace) };
  return { render: (part, view, helpers) => runs[part](view, { helpers }) };
}

function createRun(template: Template, part: TemplatePart, trace: LineTrace | undefined): Handlebars.TemplateDelegate {
  const handlebars = Handlebars.create();
  handlebars.registerHelper({ ...templateHelpers, ...argumentHelpers });
  let depth = 0;

  function prepare(source: TemplateSource): Handlebars.TemplateDelegate {
    let compiled: Handlebars.TemplateDelegate | null = null;
    return (context: unknown, runtime?: Handlebars.RuntimeOptions) => {
      if (depth >= partialDepthMax) {
        const message = `partials are nested more than ${partialDepthMax} deep here; does one of them call itself?`;
        throw new InputError({ code: "template-depth", message, place: { file: source.file } });
      }
      depth++;
      try {
        compiled ??= compile(source);
        return compiled(context, runtime);
      } catch (error) {
        const isUnplaced = error instanceof TypeError;
        throw placed(isUnplaced ? runSlowly(source, context, runtime, error) : error, source);
      } finally {
        depth--;
      }
    };
  }

  /** What Handlebars says of the same source when it looks at every step of a name; else the error as it was. */
  function runSlowly(
    source: TemplateSource,
    context: unknown,
    runtime: Handlebars.RuntimeOptions | undefined,
    met: TypeError,
  ): unknown {
    try {
      compile(source, checkEveryStep)(context, runtime);
      return met;
    } catch (error) {
      return error;
    }
  }

  function compile(source: TemplateSource, check = checkArguments): Handlebars.TemplateDelegate {
    const program = check(parse(source));
    return handlebars.compile(trace ? trace.mark(program, source.file) : program, {
      strict: true,
      // Indenting a partial's lines would change preformatted text.
      preventIndent: true,
      noEscape: part === "text",
    });
  }

  for (const [name, source] of template.partials) handlebars.registerPartial(name, prepare(source));
  return prepare(template[part]);
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
  const line =
    lineNumber ?? hash?.loc?.first_line ?? Number(/on line (\d+)/.exec(said)?.[1] ?? lineOfPartial(said, source));
  const place = {
    file: source.file,
    ...(line > 0 ? { line, ...(column === undefined ? {} : { column: column + 1 }) } : {}),
  };
  return new InputError({ code: "template-handlebars", message: explain(said), place }, { cause: error });
}

/** Handlebars names a missing partial and not its line; where the name is made of parts, the first that is. 0 is for none. */
function lineOfPartial(said: string, { text }: TemplateSource): number {
  const name = /partial (\S+) could not be found/i.exec(said)?.[1];
  if (name === undefined) return 0;
  const calls = text
    .split("\n")
    .map((line) => [...line.matchAll(/\{\{~?#?>\s*["']?([^\s"'}]+)/g)].map((call) => call[1]));
  const exact = calls.findIndex((names) => names.includes(name));
  return 1 + (exact >= 0 ? exact : calls.findIndex((names) => names.some((found) => found?.startsWith("("))));
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

import Handlebars from "handlebars";
import type { Template } from "../domain/template.ts";

/**
 * The values of the theme that a template's sources name, such as "light.ink"; "light" where the whole of it is handed on,
 * and "" where the theme itself is.
 * @throws Error of Handlebars where a source can't be read, which compiling has told before
 */
export function findThemeNames(template: Template): ReadonlySet<string> {
  const names = new Set<string>();
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ parts }) => {
    const start = parts.findIndex((part) => (part as unknown) === "theme");
    if (start >= 0) names.add(parts.slice(start + 1).join("."));
  };
  for (const { text } of [template.layout, template.text, ...template.partials.values()])
    visitor.accept(Handlebars.parse(text));
  return names;
}

/** What is written and never read: fields of an issue that its template does not show, values of a theme that no source names. */
import { isMap, isScalar, LineCounter, parseDocument, type YAMLMap } from "yaml";
import type { CompileInputs } from "../digest/compile-digest.ts";
import { findUnshown } from "../digest/find-unshown.ts";
import { findThemeNames } from "../digest/theme-names.ts";
import type { Template, TemplateSource } from "../domain/template.ts";
import { createFinding } from "./create-finding.ts";
import type { Finding } from "./finding.ts";
import { createLocator, locateField } from "./locate.ts";

/** @param text the issue file as it stands */
export function checkUnshown(inputs: CompileInputs, text: string): readonly Finding[] {
  const { issue, template } = inputs;
  const locate = createLocator(
    text,
    issue.blocks.map(({ place }) => place),
  );
  return findUnshown(inputs).map(({ block, field, words }) => {
    const place = block ? locate(words, block.place) : locateField(text, field, issue.file);
    const where = block ? `this ${block.type} block's ${field}` : field;
    return createFinding(
      "field-unused",
      place,
      `The template "${template.name}" never shows ${where}.`,
      "Take it out, write it where it is shown, or show it in the template's partial.",
    );
  });
}

/** @param settings the template's own template.yaml */
export function checkTheme(template: Template, settings: TemplateSource): readonly Finding[] {
  const lines = new LineCounter();
  const theme = parseDocument(settings.text, { lineCounter: lines }).get("theme");
  if (!isMap(theme)) return [];
  const names = [...findThemeNames(template)];
  const isNamed = (path: string): boolean =>
    names.some((name) => name === "" || path === name || path.startsWith(`${name}.`));
  return leavesOf(theme, []).flatMap(({ path, offset }) => {
    if (isNamed(path)) return [];
    const { line, col } = lines.linePos(offset);
    const place = { file: `templates/${settings.file}`, line, column: col };
    const message = `No source of the template "${template.name}" uses the theme's value ${path}.`;
    return [createFinding("theme-unused", place, message, "Correct its name, or take it out.")];
  });
}

function leavesOf(map: YAMLMap, path: readonly string[]): readonly { path: string; offset: number }[] {
  return map.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const here = [...path, String(key.value)];
    return isMap(value) ? leavesOf(value, here) : [{ path: here.join("."), offset: key.range?.[0] ?? 0 }];
  });
}

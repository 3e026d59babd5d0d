/** Something wrong with MJML, by the line of its text. */
export interface MjmlFinding {
  readonly line: number;
  readonly message: string;
}

/** Tags that take text or HTML: MJML copies whatever stands in them, other tags of its own included. */
const textTags = new Set([
  "mj-text",
  "mj-button",
  "mj-table",
  "mj-raw",
  "mj-style",
  "mj-title",
  "mj-preview",
  "mj-navbar-link",
  "mj-accordion-title",
  "mj-accordion-text",
  "mj-social-element",
]);

/**
 * What MJML's parser passes over: it is one for HTML and closes by itself what stays open, so that an unclosed mj-text
 * swallows the tags that follow, or drops its own text, without a word.
 */
export function findUnbalanced(mjml: string): readonly MjmlFinding[] {
  // A comment keeps its length, so that places after it stay right.
  const text = mjml.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, " "));
  const open: { readonly name: string; readonly line: number }[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/<(\/?)(mj-[a-z-]+|mjml)\b(?:"[^"]*"|'[^']*'|[^"'>])*?(\/?)>/g)) {
    const [, closes, name = "", empty] = match;
    for (; counted < match.index; counted += 1) if (text.charCodeAt(counted) === 10) line += 1;
    const around = open.at(-1);
    if (closes) {
      if (around?.name !== name) return [{ line, message: describeClosing(name, around) }];
      open.pop();
    } else if (name === "mj-include") {
      return [{ line, message: "mj-include would read a file while a mail is compiled; use a partial: {{> name}}." }];
    } else if (around && textTags.has(around.name)) {
      const message = `<${name}> stands in an <${around.name}>, which takes text; is that one not closed?`;
      return [{ line, message }];
    } else if (!empty) open.push({ name, line });
  }
  return open.map(({ name, line }) => ({ line, message: `<${name}> is never closed.` }));
}

function describeClosing(name: string, around: { readonly name: string } | undefined): string {
  return around ? `</${name}> closes nothing: <${around.name}> is open here.` : `</${name}> closes nothing.`;
}

/*
 * PostgreSQL's COPY text format: fields parted by tabs, rows by line feeds, `\N` for null.
 */

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** One row, with its line feed. A field must hold no NUL. */
export function copyRow(fields: readonly (string | null)[]): string {
  return `${fields.map(copyField).join("\t")}\n`;
}

function copyField(field: string | null): string {
  if (field === null) return "\\N";
  return special.test(field) ? field.replace(/[\\\t\n\r]/g, (character) => escapes[character] as string) : field;
}

/** A text[] in PostgreSQL's own notation. */
export function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/[\\"]/g, "\\$&")}"`).join(",")}}`;
}

/**
 * One line of CSV (RFC 4180) with its CRLF. A field is quoted only where it must be.
 * @param delimiter the one the rest of the file uses
 */
export function csvLine(fields: readonly string[], delimiter = ","): string {
  return `${fields.map((field) => csvField(field, delimiter)).join(delimiter)}\r\n`;
}

function csvField(field: string, delimiter: string): string {
  const needsQuotes = field.includes(delimiter) || /["\r\n]/.test(field) || field !== field.trim();
  return needsQuotes ? `"${field.replaceAll('"', '""')}"` : field;
}

/**
 * A text of strangers as a cell that no spreadsheet takes for a formula: where it begins like one, an apostrophe stands before
 * it (OWASP, CSV injection). For files that people open; programs read the text as it is.
 */
export function spreadsheetCell(text: string): string {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

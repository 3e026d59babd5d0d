/**
 * What a text template's own line breaks left over: white space at line ends, more than one blank line in a row, blank
 * lines at the beginning and the end. The text ends with one line break.
 */
export function tidyText(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+|\n+$/g, "")}\n`;
}

import { displayWidth, padText } from "./display-width.ts";
import type { TableView } from "./view-table.ts";
import { textColumns } from "./wrap-text.ts";

/** Two spaces hold columns apart without drawing lines. */
const gap = "  ";

/**
 * A data block's numbers in columns: names to the left, numbers to the right. A table that is wider than the mail's lines
 * becomes a list, one row a paragraph, because clients would break its lines anywhere.
 */
export function writeTable(table: TableView, columns: number = textColumns): string {
  const lines = [table.head, ...table.rows.map((row) => [row.name, ...row.cells])];
  const widths = table.head.map((_, column) => Math.max(...lines.map((line) => displayWidth(line[column] ?? ""))));
  const total = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  if (total > columns) return writeList(table);
  const write = (cells: readonly string[]) =>
    cells
      .map((cell, column) => padText(cell, widths[column] as number, column === 0 ? "end" : "start"))
      .join(gap)
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join(gap);
  return [write(table.head), rule, ...table.rows.map((row) => write([row.name, ...row.cells]))].join("\n");
}

function writeList(table: TableView): string {
  const heads = table.head.slice(1);
  const labelWidth = Math.max(...heads.map(displayWidth)) + 1;
  const valueWidth = Math.max(...table.rows.flatMap((row) => row.cells.map(displayWidth)));
  return table.rows
    .map(({ name, cells }) => {
      const values = cells.map(
        (cell, column) => `  ${padText(`${heads[column]}:`, labelWidth, "end")} ${padText(cell, valueWidth, "start")}`,
      );
      return [name, ...values].join("\n");
    })
    .join("\n\n");
}

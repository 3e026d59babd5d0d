import type { DataBlock } from "../domain/issue.ts";
import { assert } from "../lib/assert.ts";

/** A data block's numbers as they are read: grouped, and with the same decimals down a column. */
export interface TableView {
  /** Heads of all columns; the first one names the rows. */
  readonly head: readonly string[];
  readonly isWide: boolean;
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

/** More columns than this have to be set smaller to be read on a phone. */
const columnsBesideMax = 4;

/** More decimals than this are noise in a mail. */
const decimalsMax = 4;

export function viewTable(block: DataBlock, lang: string): TableView {
  const formats = block.columns.slice(1).map((_, column) => {
    const decimals = Math.max(0, ...block.rows.map((row) => countDecimals(row.values[column] ?? 0)));
    return new Intl.NumberFormat(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  });
  const rows = block.rows.map(({ name, values }) => {
    assert(values.length === formats.length, "Every row of a data block has a value for each column.");
    return { name, cells: values.map((value, column) => (formats[column] as Intl.NumberFormat).format(value)) };
  });
  return { head: block.columns, isWide: block.columns.length > columnsBesideMax, rows };
}

function countDecimals(value: number): number {
  const [, fraction = ""] = value.toFixed(decimalsMax).split(".");
  return fraction.replace(/0+$/, "").length;
}

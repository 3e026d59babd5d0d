/** What commands print: answers on stdout, one JSON value where `--json` asks for it, everything else on stderr. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number;
  readonly align?: "right";
}

/** A table of plain text: columns as wide as their widest cell, numbers on the right. */
export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const cells = rows.map((row) => columns.map((column) => formatCell(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => (line[index] as string).length)),
  );
  const line = (parts: readonly string[]): string =>
    parts
      .map((part, index) =>
        columns[index]?.align === "right"
          ? part.padStart(widths[index] as number)
          : part.padEnd(widths[index] as number),
      )
      .join("  ")
      .trimEnd();
  print(line(columns.map((column) => column.title)));
  for (const row of cells) print(line(row));
}

function formatCell(value: string | number): string {
  return typeof value === "number" ? formatCount(value) : value;
}

/** `48,211` */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}

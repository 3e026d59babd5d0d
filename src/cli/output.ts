import { pipeline } from "node:stream/promises";

/** What commands print: answers on stdout, one JSON value where `--json` asks for it, everything else on stderr. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Prints what a generator gives, no faster than whoever reads it takes it. A reader that has seen enough (`| head`) ends it.
 */
export async function printPieces(pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(pieces, process.stdout, { end: false });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EPIPE") throw thrown;
  }
}

/** The same value that `printJson` would print of an array, for one that is too long to be held. */
export async function* jsonArrayPieces(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const batch of batches) {
    for (const value of batch) {
      yield `${separator}${JSON.stringify(value, null, 2).replace(/^/gm, "  ")}`;
      separator = ",\n";
    }
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
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

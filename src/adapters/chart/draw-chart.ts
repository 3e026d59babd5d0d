import { assert } from "../../lib/assert.ts";
import type { DataBlock } from "../../domain/issue.ts";
import { drawBars } from "./draw-bars.ts";
import { drawLines } from "./draw-lines.ts";
import { prepareFonts } from "./fonts.ts";

/**
 * Draws a data block's numbers as a PNG of 1200 pixels' width, to be shown 600 wide or less; it can be read at 320. The
 * title is not in it, it stands above in the mail. The same block gives the same bytes.
 */
export function drawChart(
  block: DataBlock,
  options: { readonly lang: string; readonly direction: "ltr" | "rtl" },
): Buffer {
  const { columns, rows, unit = "" } = block;
  assert(
    rows.length > 0 && rows.every((row) => row.values.length === columns.length - 1),
    "Every row has a number a column.",
  );
  prepareFonts([...columns, ...rows.map((row) => row.name), unit]);
  const draw = block.chart === "line" ? drawLines : drawBars;
  return draw(block, options.lang, options.direction).toBuffer("image/png");
}

import { createCanvas, type Canvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { DataBlock } from "../../domain/issue.ts";
import {
  axisSteps,
  baselineOf,
  chartWidth,
  colours,
  createNumberFormat,
  density,
  fitText,
  seriesColour,
  setType,
  sizes,
} from "./chart-style.ts";

const plotHeight = 280;
const legendLine = 34;
const axisHeight = 32;
const labelGap = 10;
const markSize = 18;
/** Numbers at the lines' ends keep this distance from each other. */
const endLine = 26;

/**
 * Lines over the rows as points from the reading side on: a legend above, round steps beside, each line's last number at its
 * end, and a mark of its own shape for those who can't tell the colours apart.
 */
export function drawLines(block: DataBlock, lang: string, direction: "ltr" | "rtl"): Canvas {
  const measure = createCanvas(1, 1).getContext("2d");
  const legend = layLegend(measure, block);
  const height = sizes.padding * 2 + legend.lines * legendLine + 18 + plotHeight + axisHeight;
  const canvas = createCanvas(chartWidth * density, Math.ceil(height * density));
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, chartWidth, height);
  pen.direction = direction;

  const mirror = direction === "rtl";
  const across = (x: number): number => (mirror ? chartWidth - x : x);
  const write = (text: string, x: number, y: number, align: "left" | "right" | "center", widthMax: number): void => {
    const mirrored = align === "center" ? align : mirror === (align === "left") ? "right" : "left";
    pen.textAlign = mirrored;
    pen.fillText(fitText(pen, text, widthMax), across(x), baselineOf(y));
  };

  for (const entry of legend.entries) {
    const y = sizes.padding + entry.line * legendLine + legendLine / 2;
    mark(pen, entry.index, across(sizes.padding + entry.x + markSize / 2), y);
    setType(pen, 450);
    pen.fillStyle = colours.text;
    write(entry.name, sizes.padding + entry.x + markSize + labelGap, y, "left", entry.width);
  }

  const format = createNumberFormat(lang);
  const values = block.rows.flatMap((row) => row.values);
  const steps = axisSteps(Math.min(0, ...values), Math.max(...values, 0));
  setType(pen, 450);
  const axisWidth = Math.max(...steps.map((step) => pen.measureText(format(step)).width)) + labelGap;
  const lastRow = block.rows.at(-1)?.values ?? [];
  setType(pen, 600);
  const endWidth = Math.max(...lastRow.map((value) => pen.measureText(format(value)).width)) + labelGap + 6;
  const left = sizes.padding + axisWidth;
  const right = chartWidth - sizes.padding - endWidth;
  const top = sizes.padding + legend.lines * legendLine + 18;
  const [low, high] = [steps[0] as number, steps.at(-1) as number];
  const xOf = (index: number): number => left + ((right - left) * index) / Math.max(1, block.rows.length - 1);
  const yOf = (value: number): number => top + plotHeight * (1 - (value - low) / (high - low));

  for (const step of steps) {
    pen.fillStyle = step === 0 ? colours.mute : colours.line;
    pen.fillRect(Math.min(across(left), across(right)), yOf(step) - 0.75, right - left, 1.5);
    setType(pen, 450);
    pen.fillStyle = colours.mute;
    write(format(step), left - labelGap, yOf(step), "right", axisWidth);
  }
  writePoints(pen, block, xOf, top + plotHeight + axisHeight / 2 + 6, write);

  const ends: { y: number; text: string; index: number }[] = [];
  for (let index = 0; index < block.columns.length - 1; index++) {
    pen.strokeStyle = seriesColour(index);
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.lineCap = "round";
    pen.beginPath();
    block.rows.forEach((row, at) => pen.lineTo(across(xOf(at)), yOf(row.values[index] as number)));
    pen.stroke();
    block.rows.forEach((row, at) => {
      const few = block.rows.length <= 12;
      if (few || at === block.rows.length - 1) mark(pen, index, across(xOf(at)), yOf(row.values[index] as number));
    });
    const last = lastRow[index] as number;
    ends.push({ y: yOf(last), text: format(last), index });
  }
  for (const end of spread(ends, top, top + plotHeight)) {
    setType(pen, 600);
    pen.fillStyle = seriesColour(end.index);
    write(end.text, right + labelGap + 6, end.y, "left", endWidth);
  }
  return canvas;
}

/** Names flow in lines, as wide as they are. */
function layLegend(pen: SKRSContext2D, { columns, unit }: DataBlock) {
  setType(pen, 450);
  const widthMax = chartWidth - sizes.padding * 2;
  let [x, line] = [0, 0];
  const names = columns.slice(1);
  const entries = names.map((column, index) => {
    // With one line only, what it counts is the better name.
    const name = names.length === 1 && unit !== undefined ? `${column} (${unit})` : column;
    const width = Math.min(pen.measureText(name).width + 1, widthMax - markSize - labelGap);
    const whole = markSize + labelGap + width;
    if (x > 0 && x + whole > widthMax) [x, line] = [0, line + 1];
    const entry = { name, index, x, line, width };
    x += whole + 26;
    return entry;
  });
  return { entries, lines: line + 1 };
}

/** Shapes beside colours: round, square, diamond, triangle, by turns. */
function mark(pen: SKRSContext2D, index: number, x: number, y: number): void {
  const half = markSize / 2 - 1;
  pen.beginPath();
  switch (index % 4) {
    case 0:
      pen.arc(x, y, half, 0, Math.PI * 2);
      break;
    case 1:
      pen.rect(x - half + 1, y - half + 1, half * 2 - 2, half * 2 - 2);
      break;
    case 2:
      for (const [dx, dy] of [
        [0, -1],
        [1, 0],
        [0, 1],
        [-1, 0],
      ] as const)
        pen.lineTo(x + dx * half * 1.2, y + dy * half * 1.2);
      break;
    default:
      for (const [dx, dy] of [
        [0, -1],
        [1, 0.8],
        [-1, 0.8],
      ] as const)
        pen.lineTo(x + dx * half * 1.1, y + dy * half * 1.1);
  }
  pen.closePath();
  pen.fillStyle = seriesColour(index);
  pen.fill();
  pen.strokeStyle = colours.ground;
  pen.lineWidth = 2;
  pen.stroke();
}

/** The first and the last name always, as many between as have room. */
function writePoints(
  pen: SKRSContext2D,
  { rows }: DataBlock,
  xOf: (index: number) => number,
  y: number,
  write: (text: string, x: number, y: number, align: "left" | "right" | "center", widthMax: number) => void,
): void {
  setType(pen, 450);
  pen.fillStyle = colours.mute;
  const widest = Math.max(...rows.map((row) => pen.measureText(row.name).width)) + 24;
  const every = Math.max(1, Math.ceil(widest / Math.max(1, xOf(1) - xOf(0))));
  const last = rows.length - 1;
  rows.forEach((row, index) => {
    if (index !== last && (index % every !== 0 || last - index < every)) return;
    const x = Math.min(
      Math.max(xOf(index), sizes.padding + widest / 2 - 12),
      chartWidth - sizes.padding - widest / 2 + 12,
    );
    write(row.name, x, y, "center", chartWidth / 2);
  });
}

/** Moves labels apart that would cover each other, within the plot. */
function spread<Label extends { y: number }>(labels: Label[], top: number, bottom: number): Label[] {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  let floor = top;
  for (const label of sorted) {
    label.y = Math.max(label.y, floor);
    floor = label.y + endLine;
  }
  let ceiling = bottom;
  for (const label of sorted.toReversed()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - endLine;
  }
  return sorted;
}

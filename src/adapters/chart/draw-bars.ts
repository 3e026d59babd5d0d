import { createCanvas, type Canvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { DataBlock } from "../../domain/issue.ts";
import {
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

const barHeight = 36;
const barGap = 6;
const groupGap = 26;
const headHeight = 36;
/** Between a bar and what is written in it or beside it. */
const labelGap = 10;
/** A bar of nothing is still to be seen. */
const barWidthMin = 3;

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly colour: string;
}

interface Group {
  /** Absent where each row is one bar. */
  readonly head?: string;
  readonly bars: readonly Bar[];
}

/**
 * Bars that lie, one below another: their names fit in or beside them however narrow the screen, so no legend has to be
 * matched by colour, and the numbers stand at their ends.
 */
export function drawBars(block: DataBlock, lang: string, direction: "ltr" | "rtl"): Canvas {
  const groups = groupBars(block);
  // The unit shares the first head's line; where there is no head it has one of its own.
  const unitHeight = block.unit !== undefined && groups[0]?.head === undefined ? headHeight : 0;
  const groupsHeight = groups.reduce((sum, group) => sum + heightOf(group), groupGap * (groups.length - 1));
  const height = sizes.padding * 2 + unitHeight + groupsHeight;
  const canvas = createCanvas(chartWidth * density, Math.ceil(height * density));
  const pen = canvas.getContext("2d");
  pen.scale(density, density);
  pen.fillStyle = colours.ground;
  pen.fillRect(0, 0, chartWidth, height);
  pen.direction = direction;
  const scale = createScale(pen, groups, lang, direction);

  let top = sizes.padding;
  let unitWidth = 0;
  if (block.unit !== undefined) {
    setType(pen, 450);
    const unit = fitText(pen, block.unit, scale.length / 2);
    unitWidth = pen.measureText(unit).width + labelGap * 2;
    const far = scale.start + scale.forward * scale.length;
    const [x, away] = unitHeight > 0 ? [scale.start, scale.forward] : [far, -scale.forward as 1 | -1];
    write(pen, unit, x, top + headHeight / 2 - 5, colours.mute, away, scale.length);
    top += unitHeight;
  }
  for (const group of groups) {
    if (group.head !== undefined) {
      setType(pen, 600);
      write(
        pen,
        group.head,
        scale.start,
        top + headHeight / 2 - 5,
        colours.text,
        scale.forward,
        scale.length - unitWidth,
      );
      top += headHeight;
      unitWidth = 0;
    }
    for (const bar of group.bars) {
      drawBar(pen, bar, top, scale);
      top += barHeight + barGap;
    }
    top += groupGap - barGap;
  }
  return canvas;
}

function groupBars({ columns, rows }: DataBlock): Group[] {
  if (columns.length === 2) {
    const bars = rows.map(({ name, values }) => ({ label: name, value: values[0] as number, colour: seriesColour(0) }));
    return [{ bars }];
  }
  return rows.map(({ name, values }) => ({
    head: name,
    bars: values.map((value, index) => ({ label: columns[index + 1] as string, value, colour: seriesColour(index) })),
  }));
}

function heightOf({ head, bars }: Group): number {
  return (head === undefined ? 0 : headHeight) + bars.length * (barHeight + barGap) - barGap;
}

interface Scale {
  readonly start: number;
  readonly length: number;
  /** 1 from left to right, -1 from right to left. */
  readonly forward: 1 | -1;
  readonly zero: number;
  /** Pixels of a value, without sign. */
  lengthOf(value: number): number;
  format(value: number): string;
}

/** Leaves room for the widest number behind the longest bar, on either side of zero. */
function createScale(pen: SKRSContext2D, groups: readonly Group[], lang: string, direction: "ltr" | "rtl"): Scale {
  const values = groups.flatMap((group) => group.bars.map((bar) => bar.value));
  const format = createNumberFormat(lang);
  setType(pen, 600);
  const widest = (some: readonly number[]): number =>
    some.length === 0 ? 0 : Math.max(...some.map((value) => pen.measureText(format(value)).width)) + labelGap;
  const negative = values.filter((value) => value < 0);
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const length = chartWidth - sizes.padding * 2;
  const before = widest(negative);
  const room = length - before - widest(values.filter((value) => value >= 0));
  const unit = room / (high - low || 1);
  const forward = direction === "rtl" ? -1 : 1;
  const start = direction === "rtl" ? chartWidth - sizes.padding : sizes.padding;
  const lengthOf = (value: number): number => Math.max(barWidthMin, Math.abs(value) * unit);
  return { start, length, forward, zero: start + forward * (before - low * unit), lengthOf, format };
}

function drawBar(pen: SKRSContext2D, { label, value, colour }: Bar, top: number, scale: Scale): void {
  const away = value < 0 ? (-scale.forward as 1 | -1) : scale.forward;
  const length = scale.lengthOf(value);
  const end = scale.zero + away * length;
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(Math.min(scale.zero, end), top, length, barHeight, Math.min(6, length / 2));
  pen.fill();
  const middle = top + barHeight / 2;
  const number = scale.format(value);
  setType(pen, 600);
  const numberWidth = pen.measureText(number).width;
  write(pen, number, end + away * labelGap, middle, colours.text, away, numberWidth + 1);
  setType(pen, 450);
  if (pen.measureText(label).width + labelGap * 2 <= length) {
    write(pen, label, scale.zero + away * labelGap, middle, colours.onSeries, away, length);
    return;
  }
  // A short bar has its name behind the number, or across zero where it is negative; a long name in a long bar is cut.
  const across = value < 0;
  const outside = across ? scale.zero - away * labelGap : end + away * (labelGap * 2 + numberWidth);
  const outwards = across ? (-away as 1 | -1) : away;
  const room = outwards > 0 ? chartWidth - sizes.padding - outside : outside - sizes.padding;
  const inside = length - labelGap * 2;
  if (inside > room) write(pen, label, scale.zero + away * labelGap, middle, colours.onSeries, away, inside);
  else write(pen, label, outside, middle, colours.mute, outwards, room);
}

/** Writes from `x` onwards: to the right for 1, to the left for -1. */
function write(
  pen: SKRSContext2D,
  text: string,
  x: number,
  middle: number,
  colour: string,
  forward: 1 | -1,
  widthMax: number,
): void {
  pen.textAlign = forward > 0 ? "left" : "right";
  pen.fillStyle = colour;
  pen.fillText(fitText(pen, text, widthMax), x, baselineOf(middle));
}

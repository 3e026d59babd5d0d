import type { SKRSContext2D } from "@napi-rs/canvas";
import { fontFamilies } from "./fonts.ts";

/** CSS pixels; a chart is shown this wide at most, and on a phone at little more than half. */
export const chartWidth = 600;
/** Canvas pixels a CSS pixel. */
export const density = 2;

/**
 * A dark ground of its own: it stands as a panel in a light mail, doesn't glare in a dark one, and no mail program inverts
 * it. Every colour of a series has a contrast of at least 4.5:1 to it, texts 7:1.
 */
export const colours = {
  ground: "#272d36",
  text: "#f1e8da",
  mute: "#c3bcb1",
  line: "#464e5a",
  onSeries: "#1d2129",
  series: ["#8fb4d0", "#93bda8", "#e6bb63", "#e58a66", "#c59bb4", "#c9c3ab", "#7fc4c4", "#f0b7a0"],
} as const;

export const sizes = {
  /** 12 pixels high where the chart is shown 330 wide, on a phone. */
  text: 22,
  padding: 26,
} as const;

export function seriesColour(index: number): string {
  return colours.series[index % colours.series.length] as string;
}

export function setType(pen: SKRSContext2D, weight: 450 | 600): void {
  pen.font = `${weight} ${sizes.text}px ${fontFamilies}`;
}

/** The baseline of a line of text whose capitals stand around `middle`. */
export function baselineOf(middle: number): number {
  return middle + sizes.text * 0.36;
}

/** Cuts a text that is too wide, with an ellipsis; nothing is left where not one letter fits. */
export function fitText(pen: SKRSContext2D, text: string, widthMax: number): string {
  if (pen.measureText(text).width <= widthMax) return text;
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const short = `${characters.slice(0, middle).join("")}…`;
    if (pen.measureText(short).width <= widthMax) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${characters.slice(0, low).join("").trimEnd()}…`;
}

/** Numbers as readers of the language write them. */
export function createNumberFormat(lang: string): (value: number) => string {
  // Two decimals, but never fewer than three digits that mean something: 1,412.5 and 0.00123.
  const digits = { maximumFractionDigits: 2, maximumSignificantDigits: 3, roundingPriority: "morePrecision" } as const;
  const format = new Intl.NumberFormat(lang, digits);
  return (value) => format.format(value);
}

/** Round steps of an axis from `low` to `high`: 1, 2 or 5 times a power of ten, at most seven of them. */
export function axisSteps(low: number, high: number): readonly number[] {
  // Nothing but zeros still needs a height.
  const top = high > low ? high : low + 1;
  const power = 10 ** Math.floor(Math.log10((top - low) / 4));
  const step = power * ([1, 2, 5, 10].find((factor) => (top - low) / (power * factor) <= 5) as number);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(top / step - 1e-9);
  // Multiplied, not added up, so that 0.3 is not 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

import { createCanvas, loadImage } from "@napi-rs/canvas";
import { describe, expect, test } from "vitest";
import { axisSteps, colours, createNumberFormat } from "../../../../src/adapters/chart/chart-style.ts";
import { drawChart } from "../../../../src/adapters/chart/draw-chart.ts";
import type { DataBlock } from "../../../../src/domain/issue.ts";

function makeBlock(fields: Partial<DataBlock>): DataBlock {
  return {
    type: "data",
    title: [],
    body: [],
    columns: ["Sample", "First", "Second"],
    rows: [
      { name: "One", values: [100, 50] },
      { name: "Two", values: [25, 0] },
    ],
    chart: "bar",
    summary: "s",
    place: { file: "x.yaml", line: 1, column: 1 },
    ...fields,
  };
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

async function pixelsOf(png: Buffer): Promise<Pixels> {
  const image = await loadImage(png);
  const canvas = createCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return { width: image.width, height: image.height, data: pen.getImageData(0, 0, image.width, image.height).data };
}

/** Where a colour occurs, as the smallest box around its pixels. */
function boxOf({ width, data }: Pixels, colour: string): { left: number; right: number; count: number } {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  let [left, right, count] = [Infinity, -1, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (!wanted.every((part, index) => data[at + index] === part)) continue;
    const x = (at / 4) % width;
    [left, right, count] = [Math.min(left, x), Math.max(right, x), count + 1];
  }
  return { left, right, count };
}

const english = { lang: "en", direction: "ltr" } as const;
const [first, second] = colours.series;

/** WCAG 2.2, relative luminance. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe("a chart", () => {
  test.each(["bar", "line"] as const)(
    "of type %s has 1200 pixels, an opaque ground to its edges, and the same bytes again",
    async (chart) => {
      const block = makeBlock({ chart, unit: "tokens" });
      const png = drawChart(block, english);
      expect(drawChart(block, english).equals(png)).toBe(true);
      const pixels = await pixelsOf(png);
      expect(pixels.width).toBe(1200);
      expect(pixels.data.every((part, at) => at % 4 !== 3 || part === 255)).toBe(true);
      expect(png.length).toBeLessThan(150_000);
    },
  );

  test("bars are as long as their numbers", async () => {
    const pixels = await pixelsOf(
      drawChart(makeBlock({ columns: ["Sample", "First"], rows: [{ name: "One", values: [100] }] }), english),
    );
    const whole = boxOf(pixels, first);
    const half = boxOf(await pixelsOf(drawChart(makeBlock({}), english)), second);
    expect(whole.left).toBe(half.left);
    expect((half.right - half.left) / (whole.right - whole.left)).toBeCloseTo(0.5, 1);
  });

  test("a number below zero goes the other way", async () => {
    const rows = [
      { name: "One", values: [100, -100] },
      { name: "Two", values: [100, -100] },
    ];
    const pixels = await pixelsOf(drawChart(makeBlock({ rows }), english));
    expect(boxOf(pixels, second).right).toBeLessThan(boxOf(pixels, first).left + 4);
  });

  test("read from the right, everything begins at the right", async () => {
    const pixels = await pixelsOf(drawChart(makeBlock({}), { lang: "ar", direction: "rtl" }));
    const { left, right } = boxOf(pixels, first);
    expect(1200 - right).toBeLessThan(left);
  });

  test.each(["bar", "line"] as const)("every text is drawn, whatever its script: %s", async (chart) => {
    for (const name of ["Größe", "Łódź", "مقالة", "記事の一覧", "Ελλάδα", "Україна"]) {
      const block = (word: string): DataBlock => makeBlock({ chart, columns: ["a", word, "b"] });
      const withName = drawChart(block(name), english);
      // A font without the characters would draw the same boxes for any of them.
      const other = drawChart(block(Array.from(name).toReversed().join("")), english);
      expect(withName.equals(other)).toBe(false);
    }
  });

  test.each<[string, Partial<DataBlock>]>([
    ["one number", { columns: ["a", "b"], rows: [{ name: "x", values: [0] }] }],
    [
      "only zeros",
      {
        rows: [
          { name: "x", values: [0, 0] },
          { name: "y", values: [0, 0] },
        ],
      },
    ],
    [
      "only negative numbers",
      {
        rows: [
          { name: "x", values: [-1, -2] },
          { name: "y", values: [-3, -4] },
        ],
      },
    ],
    [
      "the largest numbers",
      {
        rows: [
          { name: "x", values: [1e15, -1e15] },
          { name: "y", values: [1, 1e-9] },
        ],
      },
    ],
    [
      "names too long",
      {
        columns: ["a", "b".repeat(400), "c".repeat(400)],
        rows: [
          { name: "d".repeat(400), values: [1, 2] },
          { name: "e".repeat(400), values: [3, 4] },
        ],
        unit: "f".repeat(400),
      },
    ],
    [
      "eight series",
      {
        columns: Array.from({ length: 9 }, (_, index) => `Series ${index}`),
        rows: Array.from({ length: 5 }, (_, row) => ({
          name: `Row ${row}`,
          values: Array.from({ length: 8 }, (_, column) => row * column),
        })),
      },
    ],
    [
      "many points",
      {
        columns: ["a", "b"],
        rows: Array.from({ length: 120 }, (_, row) => ({ name: `Week ${row}`, values: [row % 7] })),
      },
    ],
  ])("%s can be drawn", async (_, fields) => {
    for (const chart of ["bar", "line"] as const) {
      for (const direction of ["ltr", "rtl"] as const) {
        const { width, height } = await pixelsOf(drawChart(makeBlock({ ...fields, chart }), { lang: "en", direction }));
        expect(width).toBe(1200);
        expect(height).toBeGreaterThan(100);
      }
    }
  });

  test("a row that lacks a number is a bug of who built it", () => {
    expect(() => drawChart(makeBlock({ rows: [{ name: "x", values: [1] }] }), english)).toThrow(/number a column/);
  });
});

describe("colours, numbers and steps", () => {
  test("texts have a contrast of 7:1, series and what is written on them 4.5:1", () => {
    expect(contrast(colours.text, colours.ground)).toBeGreaterThan(7);
    expect(contrast(colours.mute, colours.ground)).toBeGreaterThan(7);
    for (const colour of colours.series) {
      expect(contrast(colour, colours.ground)).toBeGreaterThan(4.5);
      expect(contrast(colours.onSeries, colour)).toBeGreaterThan(4.5);
    }
  });

  test.each([
    ["en", 1412, "1,412"],
    ["de", 1412.5, "1.412,5"],
    ["en", 0.00123, "0.00123"],
    ["en", 12345.678, "12,345.68"],
    ["ja", -3, "-3"],
  ])("in %s %d is written %s", (lang, value, text) => {
    expect(createNumberFormat(lang)(value)).toBe(text);
  });

  test.each([
    [0, 100, [0, 20, 40, 60, 80, 100]],
    [0, 1986, [0, 500, 1000, 1500, 2000]],
    [0, 0.3, [0, 0.1, 0.2, 0.3]],
    [-5, 5, [-6, -4, -2, 0, 2, 4, 6]],
    [0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  ])("from %d to %d", (low, high, steps) => {
    const found = axisSteps(low, high);
    expect(found[0]).toBeLessThanOrEqual(low);
    expect(found.at(-1)).toBeGreaterThanOrEqual(high);
    expect(found).toEqual(steps);
  });
});

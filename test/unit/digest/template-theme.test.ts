import { describe, expect, it } from "vitest";
import { loadTemplate } from "../../../src/adapters/files/template-files.ts";
import type { Theme } from "../../../src/domain/template.ts";
import { templateNames } from "../../support/compile-file.ts";

/** WCAG 2.1, 1.4.3: text on the ground it stands on. */
const textContrastMin = 4.5;

const pairs = [
  ["ink", "card"],
  ["ink", "surface"],
  ["ink", "tint"],
  ["ink", "ground"],
  ["mute", "card"],
  ["mute", "ground"],
  ["mute", "surface"],
  ["mute", "tint"],
  ["accent", "card"],
  ["accent", "surface"],
  ["accent", "tint"],
  ["onAccent", "accent"],
] as const;

describe.each(templateNames)("the colours of %s", (name) => {
  it.each(["light", "dark"])("can be read in the %s", async (mode) => {
    const { theme } = await loadTemplate(`templates/${name}`);
    const colours = theme[mode] as Theme;
    const weak = pairs
      .map(([text, ground]) => ({ text, ground, contrast: contrast(String(colours[text]), String(colours[ground])) }))
      .filter((pair) => !(pair.contrast >= textContrastMin));
    expect(weak).toEqual([]);
  });
});

/** WCAG 2.1's contrast ratio of two `#rrggbb`. */
function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((left, right) => right - left) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255);
  const [red, green, blue] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

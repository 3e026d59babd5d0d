import { describe, expect, it } from "vitest";
import { BarChart, LineChart } from "../../../src/ui/chart.tsx";
import { formatPercent } from "../../../src/ui/format.ts";

describe("a percentage", () => {
  it("is 100 % of all and 0 % of none alone", () => {
    expect(formatPercent(1_000_000, 1_000_000)).toBe("100 %");
    expect(formatPercent(999_999, 1_000_000)).toBe("> 99.9 %");
    expect(formatPercent(0, 1_000_000)).toBe("0 %");
    expect(formatPercent(1, 1_000_000)).toBe("< 0.1 %");
    expect(formatPercent(1, 3)).toBe("33.3 %");
    expect(formatPercent(1, 2)).toBe("50 %");
    expect(formatPercent(0, 0)).toBe("–");
  });
});

describe("a chart", () => {
  const look = { id: "c", title: "A <title>", description: "What it shows" };

  it("is one picture with a name and a description, whatever the data holds", () => {
    for (const drawn of [
      BarChart({ ...look, bars: [] }).toString(),
      LineChart({ ...look, points: [], axis: { from: "a", to: "b", highest: "0" } }).toString(),
    ]) {
      expect(drawn).toContain('role="img"');
      expect(drawn).toContain('aria-labelledby="c-title c-words"');
      expect(drawn).toContain("A &lt;title&gt;");
      expect(drawn).not.toContain("NaN");
    }
  });

  it("draws bars on the ground of their wholes, to the scale of the largest, and none for nothing", () => {
    const bars = [8, 2, 0].map((value) => ({ label: `b${value}`, value, whole: 16, words: String(value) }));
    const drawn = BarChart({ ...look, bars }).toString();
    expect([...drawn.matchAll(/class="chart-bar"[^>]* width="([^"]+)"/g)].map((match) => match[1])).toEqual([
      "50%",
      "12.5%",
    ]);
  });

  it("draws a line from left to right and from the ground up", () => {
    const points = [10, 20, 30].map((at, index) => ({ at, value: index * 5 }));
    const drawn = LineChart({ ...look, points, axis: { from: "a", to: "b", highest: "10" } }).toString();
    expect(drawn).toMatch(/<polyline [^>]*points="0,100.00 50,50.00 100,0.00"/);
  });
});

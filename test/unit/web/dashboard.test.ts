import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("the dashboard asks for figures that /metrics has, and the documentation names each of them", () => {
  const source = readFileSync("src/app/read-figures.ts", "utf8");
  const known = [...source.matchAll(/name: "([a-z_]+)",/g)].map((match) => `broadsheet_${match[1]}`);
  const dashboard = JSON.parse(readFileSync("ops/grafana-dashboard.json", "utf8")) as {
    panels: { targets: { expr: string }[] }[];
  };
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/broadsheet_[a-z_]+/g) ?? []),
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => !known.includes(name))).toEqual([]);
  const page = readFileSync("docs/monitoring.md", "utf8");
  expect(known.filter((name) => !page.includes(`\`${name}{`))).toEqual([]);
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rules } from "../../../src/check/rules.ts";

describe("the page on checks", () => {
  const page = readFileSync("docs/checks.md", "utf8");
  const sections = [...page.matchAll(/^### ([a-z-]+)$/gm)].map((match) => match[1] as string);

  it("has a section for every rule, and none for others", () => {
    expect(sections.toSorted()).toEqual(Object.keys(rules).toSorted());
  });

  it("says how grave each is", () => {
    for (const [rule, { severity }] of Object.entries(rules))
      expect(page, rule).toMatch(new RegExp(`^### ${rule}\\n\\n${severity}\\.`, "im"));
  });
});

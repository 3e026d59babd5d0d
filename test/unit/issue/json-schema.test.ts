import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { describeIssueSchema } from "../../../src/issue/json-schema.ts";
import { issueSchema } from "../../../src/issue/schema.ts";

const published = JSON.parse(readFileSync("docs/issue.schema.json", "utf8")) as Record<string, unknown>;
const samples = ["issues/2024-05-new-in-may.yaml", "issues/2026-W47-weekly-links.yaml"];

describe("the published JSON Schema", () => {
  test("is that of the code; if not: node --import tsx tools/write-issue-schema.mjs", () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(describeIssueSchema())));
  });

  test.each(samples)("accepts %s, which names it for editors", (file) => {
    const text = readFileSync(file, "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=../docs/issue.schema.json");
    const validator = z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]);
    expect(validator.safeParse(parseYaml(text)).success).toBe(true);
  });

  test("refuses a misspelt field", () => {
    const validator = z.fromJSONSchema(published as Parameters<typeof z.fromJSONSchema>[0]);
    const issue = parseYaml(readFileSync(samples[0] as string, "utf8")) as Record<string, unknown>;
    expect(validator.safeParse({ ...issue, titel: "x" }).success).toBe(false);
    expect(validator.safeParse({ ...issue, blocks: [{ type: "text" }] }).success).toBe(false);
  });

  test("docs/issues.md names every field", () => {
    const reference = readFileSync("docs/issues.md", "utf8");
    for (const field of Object.keys(issueSchema.shape)) expect(reference).toContain(field);
    for (const type of JSON.stringify(published).matchAll(/"const":"(\w+)"/g))
      expect(reference).toContain(`**${type[1]}**`);
  });
});
